/** Entry point of the language server's process. The transport comes from the command line: --stdio or --node-ipc. */
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { version } from './cli/version.ts';
import { startServer } from './lsp/server.ts';

const connection = createConnection(ProposedFeatures.all);

// A fault nobody caught must not end the session of an editor: it is logged, and the next request is answered.
process.on('unhandledRejection', (reason) => connection.console.error(`unhandled rejection: ${String(reason)}`));
process.on('uncaughtException', (error) => connection.console.error(`uncaught exception: ${error.stack ?? error.message}`));

startServer(connection, { wasmFolder: __dirname, docsBase: pathToFileURL(`${__dirname}/../docs/rules/`).href, version });
