/** The commands, called as a lens or the palette calls them. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { finding, findingsOf, noFinding, open, test, until, workspaceFile } from './harness.ts';

/** What a command that opens a Markdown view returns. */
async function viewOf(command: string, ...args: unknown[]): Promise<vscode.TextDocument> {
  const document = await vscode.commands.executeCommand<vscode.TextDocument | undefined>(command, ...args);
  assert.ok(document, `${command} opened nothing`);
  assert.equal(document.languageId, 'markdown');
  return document;
}

test('the report of a file is Markdown with the memory and the findings', async () => {
  const document = await open('train.sh');
  const view = await viewOf('rooflint.report', document.uri.toString(), 0);
  assert.match(view.getText(), /^# /m);
  assert.match(view.getText(), /GiB/);
});

test('an open report follows the text', async () => {
  const document = await open('train.sh');
  const view = await viewOf('rooflint.report', document.uri.toString(), 0);
  const before = view.getText();
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(1, 0), 'unused=1\n');
  edit.replace(document.uri, document.lineAt(8).range, 'PP=2');
  assert.ok(document.lineAt(8).text === 'PP=4', document.lineAt(8).text);
  await vscode.workspace.applyEdit(edit);
  await until('another report', () => (view.getText() === before ? undefined : true));
});

test('the report is exported as one HTML file that needs no network', async () => {
  const document = await open('train.sh');
  const target = workspaceFile('report.html');
  await vscode.commands.executeCommand('rooflint.exportHtml', document.uri.toString(), 0, target.toString());
  const html = new TextDecoder().decode(await vscode.workspace.fs.readFile(target));
  assert.match(html, /<html/i);
  assert.doesNotMatch(html, /(src|href)="https?:/i, 'the page loads something');
  await vscode.workspace.fs.delete(target);
});

test('two configurations are compared', async () => {
  const view = await viewOf('rooflint.compare', workspaceFile('train.sh').toString(), workspaceFile('other/train.sh').toString());
  assert.match(view.getText(), /\|/, 'no table');
});

test('a number is explained with its formula and its inputs', async () => {
  const document = await open('train.sh');
  const view = await viewOf('rooflint.explain', document.uri.toString(), 0, 'memory.device');
  assert.match(view.getText(), /GiB/);
});

test('the chosen cluster is stored in the workspace settings and changes the answer', async () => {
  const document = await open('train.sh');
  await finding(document, 'global-batch-not-divisible');
  const before = vscode.workspace.getConfiguration('rooflint.cluster');
  const stored = ['gpu', 'gpusPerNode', 'nodes', 'network', 'pricePerGpuHour'].map((key) => [key, before.get(key)] as const);
  await vscode.commands.executeCommand('rooflint.chooseCluster', { gpu: 'nvidia-a100-sxm-40gb', gpusPerNode: 2, network: 'ethernet-100' });
  const inspected = vscode.workspace.getConfiguration('rooflint.cluster').inspect<string>('gpu');
  assert.equal(inspected?.workspaceValue, 'nvidia-a100-sxm-40gb');
  await finding(document, 'tensor-parallel-crosses-node');
  await vscode.commands.executeCommand('rooflint.chooseCluster', Object.fromEntries(stored));
  await noFinding(document, 'tensor-parallel-crosses-node');
});

test('a rule can be turned off in the settings', async () => {
  const document = await open('train.sh');
  await finding(document, 'global-batch-not-divisible');
  const settings = vscode.workspace.getConfiguration('rooflint');
  await settings.update('rules', { 'global-batch-not-divisible': 'off' }, vscode.ConfigurationTarget.Workspace);
  await noFinding(document, 'global-batch-not-divisible');
  await settings.update('rules', undefined, vscode.ConfigurationTarget.Workspace);
  await finding(document, 'global-batch-not-divisible');
});

test('the timeline opens beside the text', async () => {
  const document = await open('train.sh');
  await vscode.commands.executeCommand('rooflint.timeline', document.uri.toString(), 0);
  const tab = await until('the tab of the panel', () =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ input }) => input instanceof vscode.TabInputWebview),
  );
  assert.match(tab.label, /timeline/i);
});

test('after a restart of the server the findings come back', async () => {
  const document = await open('train.sh');
  await finding(document, 'global-batch-not-divisible');
  await vscode.commands.executeCommand('rooflint.restart');
  await until('the findings', () => (findingsOf(document).length > 0 ? true : undefined));
});
