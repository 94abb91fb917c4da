/** `rooflint lsp`: the language server on standard input and output, for any editor. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from '../../lsp/server.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { version } from '../version.ts';

export function lspCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  program
    .command('lsp')
    .description('Run the language server for an editor.')
    .option('--stdio', 'talk over standard input and output')
    .option('--node-ipc', 'talk over the channel of a Node.js parent process')
    // Editors add arguments of their own, such as --clientProcessId.
    .allowUnknownOption()
    .allowExcessArguments()
    .action((options: { stdio?: boolean; nodeIpc?: boolean }) => {
      if (options.stdio !== true && options.nodeIpc !== true)
        throw new UsageError('say how to talk: "rooflint lsp --stdio" or "rooflint lsp --node-ipc".');
      if (options.nodeIpc === true && process.send === undefined)
        throw new UsageError('--node-ipc needs a Node.js parent process; use --stdio.');
      // The library takes the transport from the arguments of the process.
      const connection = createConnection(ProposedFeatures.all);
      process.on('unhandledRejection', (reason) => connection.console.error(`unhandled rejection: ${String(reason)}`));
      process.on('uncaughtException', (error) => connection.console.error(`uncaught exception: ${error.stack ?? error.message}`));
      startServer(connection, {
        wasmFolder: io.parsers.runtime,
        grammarFolder: io.parsers.grammars,
        docsBase: pathToFileURL(join(io.dist, '..', 'docs', 'rules', '/')).href,
        version,
      });
      done(exitCodes.clean);
    });
}
