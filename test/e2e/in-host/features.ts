/** Hovers, lenses and hints as VS Code gets them from the server. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { finding, hoverText, open, rangeOf, replace, test, until } from './harness.ts';

function lensesOf(document: vscode.TextDocument): Thenable<vscode.CodeLens[]> {
  return vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20);
}

function hintsOf(document: vscode.TextDocument): Thenable<vscode.InlayHint[]> {
  const all = new vscode.Range(0, 0, document.lineCount, 0);
  return vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, all);
}

function labelOf({ label }: vscode.InlayHint): string {
  return typeof label === 'string' ? label : label.map(({ value }) => value).join('');
}

async function settle(document: vscode.TextDocument): Promise<void> {
  await replace(document, 'GLOBAL_BATCH=33', 'GLOBAL_BATCH=32');
  await until('a lens with a memory figure', async () =>
    (await lensesOf(document)).find(({ command }) => /GiB/.test(command?.title ?? '')),
  );
}

test('a hover tells value, origin, contribution and what neighbouring values give', async () => {
  const document = await open('train.sh');
  await settle(document);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    rangeOf(document, 'TP=4').end,
  );
  const text = hoverText(hovers);
  assert.match(text, /TP/);
  assert.match(text, /\|/, 'no table of neighbouring values');
  assert.match(text, /GiB/);
});

test('a hover on text that is no setting says nothing', async () => {
  const document = await open('train.sh');
  await finding(document, 'global-batch-not-divisible');
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(0, 3),
  );
  assert.equal(hoverText(hovers), '');
});

test('the lens stands on the launch line and opens the report of its job', async () => {
  const document = await open('train.sh');
  await settle(document);
  const lenses = await lensesOf(document);
  const [first] = lenses;
  assert.equal(first?.range.start.line, rangeOf(document, 'torchrun').start.line);
  const titles = lenses.map(({ command }) => command?.title).join(' | ');
  assert.match(titles, /32 .*GPU/);
  assert.match(titles, /MFU/);
  const commands = lenses.map(({ command }) => command?.command);
  const known = await vscode.commands.getCommands(true);
  for (const command of commands) assert.ok(command && known.includes(command), `${command} is no command`);
});

test('inlay hints show the derived data parallel size', async () => {
  const document = await open('train.sh');
  await settle(document);
  const labels = (await hintsOf(document)).map(labelOf);
  assert.ok(
    labels.some((label) => /DP\D*2\b/.test(label)),
    `hints: ${labels.join('; ')}`,
  );
});

test('lenses and hints can be turned off', async () => {
  const document = await open('train.sh');
  await settle(document);
  const settings = vscode.workspace.getConfiguration('rooflint');
  const workspace = vscode.ConfigurationTarget.Workspace;
  await settings.update('codeLens.enabled', false, workspace);
  await settings.update('inlayHints.enabled', false, workspace);
  try {
    await until('no lens', async () => ((await lensesOf(document)).length === 0 ? true : undefined));
    await until('no hint', async () => ((await hintsOf(document)).length === 0 ? true : undefined));
  } finally {
    await settings.update('codeLens.enabled', undefined, workspace);
    await settings.update('inlayHints.enabled', undefined, workspace);
  }
});
