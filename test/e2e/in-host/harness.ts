/** A test list, waiting, and short names for what the tests do with VS Code. Runs inside the extension host. */
import * as vscode from 'vscode';

interface Test {
  readonly name: string;
  readonly run: () => Promise<void>;
}

const tests: Test[] = [];

export function test(name: string, run: () => Promise<void>): void {
  tests.push({ name, run });
}

/** Runs every test, even after a failure; throws when one failed, which becomes the exit code. */
export async function runTests(): Promise<void> {
  let failed = 0;
  for (const { name, run } of tests) {
    try {
      await run();
      console.log(`ok   ${name}`);
    } catch (error) {
      failed++;
      console.log(`FAIL ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    await closeAll();
  }
  if (failed > 0) throw new Error(`${failed} of ${tests.length} tests failed`);
}

/** Waits for a state that VS Code reports no single event for. The limit only ends a test that would hang. */
export async function until<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

export function workspaceFile(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('no folder is open');
  return vscode.Uri.joinPath(folder.uri, path);
}

export async function open(path: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(workspaceFile(path));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The first place of a text in a document. */
export function rangeOf(document: vscode.TextDocument, text: string): vscode.Range {
  const start = document.getText().indexOf(text);
  if (start < 0) throw new Error(`"${text}" is not in ${document.fileName}`);
  return new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
}

export async function replace(document: vscode.TextDocument, before: string, after: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, rangeOf(document, before), after);
  if (!(await vscode.workspace.applyEdit(edit))) throw new Error(`"${before}" could not be replaced`);
}

/** The id of a diagnostic's rule. */
export function ruleOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

export function findingsOf(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'rooflint');
}

export function finding(document: vscode.TextDocument, rule: string): Promise<vscode.Diagnostic> {
  return until(`a finding of ${rule}`, () => findingsOf(document).find((diagnostic) => ruleOf(diagnostic) === rule));
}

export async function noFinding(document: vscode.TextDocument, rule: string): Promise<void> {
  await until(`the finding of ${rule} to go away`, () => (findingsOf(document).some((one) => ruleOf(one) === rule) ? undefined : true));
}

export function hoverText(hovers: readonly vscode.Hover[]): string {
  return hovers.flatMap(({ contents }) => contents.map((part) => (typeof part === 'string' ? part : part.value))).join('\n');
}

/** Puts every document back as it is on disk, so that no test sees the edits of another. */
async function closeAll(): Promise<void> {
  const folder = workspaceFile('').path;
  for (const document of vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.path.startsWith(folder))) {
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('workbench.action.files.revert');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
