/** Picks a configuration file: open documents first, then files of the workspace that could be one. */
import * as vscode from 'vscode';

const candidates = '**/*.{sh,bash,sbatch,slurm,json,yaml,yml}';
const excluded = '**/{node_modules,.git,.venv,__pycache__}/**';
/** Enough to scroll through; a longer list is found by "Browse". */
const limit = 500;

interface DocumentItem extends vscode.QuickPickItem {
  readonly uri?: vscode.Uri;
}

export async function pickDocument(title: string): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showQuickPick(listItems(), {
    title,
    placeHolder: 'A launch script or configuration file',
    matchOnDescription: true,
  });
  if (!picked) return undefined;
  if (picked.uri) return picked.uri;
  return (await vscode.window.showOpenDialog({ title, canSelectMany: false }))?.[0];
}

async function listItems(): Promise<DocumentItem[]> {
  const active = vscode.window.activeTextEditor?.document.uri;
  const open = vscode.workspace.textDocuments
    .map((document) => document.uri)
    .filter((uri) => uri.scheme === 'file' || uri.scheme === 'untitled');
  const found = await vscode.workspace.findFiles(candidates, excluded, limit);
  const unique = new Map([...(active ? [active] : []), ...open, ...found].map((uri) => [uri.toString(), uri]));
  const items = [...unique.values()].filter((uri) => isCandidate(uri)).map(toItem);
  return [...items, { label: '$(folder-opened) Browse...', alwaysShow: true }];
}

function isCandidate(uri: vscode.Uri): boolean {
  return uri.scheme === 'untitled' || /\.(sh|bash|sbatch|slurm|json|ya?ml)$/.test(uri.path);
}

function toItem(uri: vscode.Uri): DocumentItem {
  const path = vscode.workspace.asRelativePath(uri);
  const slash = path.lastIndexOf('/');
  return { label: path.slice(slash + 1), description: path.slice(0, Math.max(slash, 0)), uri };
}
