/**
 * The connection to the server, which VS Code forks as a Node process of its own. The server itself asks to be told of
 * changed settings and files, so that every editor serves it alike.
 */
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

/**
 * Languages the server reads. Files named `*.sbatch` and `*.slurm` are shell scripts whatever language they are given, and
 * tables are plain text without an extension for them.
 */
const languages = [
  'shellscript',
  'json',
  'jsonc',
  'yaml',
  'toml',
  'python',
  'dockerfile',
  'pbtxt',
  'modelfile',
  'csv',
  'cuda-cpp',
  'hip',
  'cpp',
];
const byName = '**/*.{sbatch,slurm,csv}';

export function createClient(context: vscode.ExtensionContext): LanguageClient {
  const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
  const server = { module, transport: TransportKind.ipc };
  const selector = ['file', 'untitled'].flatMap((scheme) => languages.map((language) => ({ scheme, language })));
  return new LanguageClient(
    'rooflint',
    'Rooflint',
    { run: server, debug: { ...server, options: { execArgv: ['--nolazy', '--inspect=6009'] } } },
    {
      documentSelector: [...selector, { scheme: 'file', pattern: byName }],
      initializationOptions: {
        docsBase: vscode.Uri.joinPath(context.extensionUri, 'docs', 'rules').toString(),
        clientCommands: true,
        trusted: vscode.workspace.isTrusted,
        storage: vscode.Uri.joinPath(context.globalStorageUri, 'compiled').fsPath,
      },
    },
  );
}
