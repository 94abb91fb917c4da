/**
 * Texts of files as they were at the last commit, from VS Code's own Git extension. Rooflint itself runs no program: where that extension
 * is off, as in a workspace that is not trusted, there is a sentence instead.
 */
import * as vscode from 'vscode';

/** What is used of the API of `vscode.git`, version 1 (extensions/git/src/api/git.d.ts of VS Code). */
interface GitApi {
  readonly state: 'uninitialized' | 'initialized';
  readonly onDidChangeState: vscode.Event<unknown>;
  readonly getRepository: (uri: vscode.Uri) => Repository | null;
}

interface Repository {
  readonly state: { readonly HEAD: { readonly commit?: string } | undefined };
  readonly show: (ref: string, path: string) => Promise<string>;
}

/** The commit, and the text of each file that it has. */
export interface LastCommit {
  readonly commit: string;
  readonly textOf: (uri: vscode.Uri) => Promise<string | undefined>;
}

const digits = 8;

/** The last commit of the repository a file lies in, or why there is none. */
export async function lastCommitOf(uri: vscode.Uri): Promise<LastCommit | { readonly why: string }> {
  if (!vscode.workspace.isTrusted) return { why: 'this workspace is not trusted, and Git is not run in it' };
  const api = await gitApi();
  if (!api) return { why: "VS Code's Git extension is not active here" };
  if (api.state === 'uninitialized') await new Promise<void>((resolve) => once(api.onDidChangeState, resolve));
  const repository = api.getRepository(uri);
  if (!repository) return { why: 'the file lies in no Git repository that is open in VS Code' };
  const commit = repository.state.HEAD?.commit;
  if (commit === undefined) return { why: 'the repository has no commit yet' };
  return { commit: commit.slice(0, digits), textOf: (file) => repository.show('HEAD', file.fsPath).catch(() => undefined) };
}

async function gitApi(): Promise<GitApi | undefined> {
  const extension = vscode.extensions.getExtension<{ readonly getAPI: (version: 1) => GitApi }>('vscode.git');
  try {
    return (await extension?.activate())?.getAPI(1);
  } catch {
    // Git is not installed, or switched off by the setting git.enabled.
    return undefined;
  }
}

function once(event: vscode.Event<unknown>, listener: () => void): void {
  const subscription = event(() => {
    subscription.dispose();
    listener();
  });
}
