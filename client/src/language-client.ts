/** The connection to the server, which VS Code forks as a Node process of its own. */
import * as vscode from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';

/** Languages the server reads. Files named `*.sbatch` and `*.slurm` are shell scripts whatever language they are given. */
const languages = ['shellscript', 'json', 'jsonc', 'yaml'];
const schedulerScripts = '**/*.{sbatch,slurm}';

/** Files whose change on disk can change an answer: configurations and what they link to. */
const watched = '**/*.{json,jsonc,yaml,yml,sh,bash,sbatch,slurm}';

export function createClient(context: vscode.ExtensionContext): LanguageClient {
  const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server.js').fsPath;
  const server = { module, transport: TransportKind.ipc };
  const selector = ['file', 'untitled'].flatMap((scheme) => languages.map((language) => ({ scheme, language })));
  const watcher = vscode.workspace.createFileSystemWatcher(watched);
  context.subscriptions.push(watcher);
  return new LanguageClient(
    'rooflint',
    'Rooflint',
    { run: server, debug: { ...server, options: { execArgv: ['--nolazy', '--inspect=6009'] } } },
    {
      documentSelector: [...selector, { scheme: 'file', pattern: schedulerScripts }],
      synchronize: { configurationSection: 'rooflint', fileEvents: watcher },
      initializationOptions: { docsBase: vscode.Uri.joinPath(context.extensionUri, 'docs', 'rules').toString() },
    },
  );
}
