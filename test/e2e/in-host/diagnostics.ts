/** Findings as VS Code sees them: place, link, quick fix, and how they follow the text and the files it links to. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { finding, findingsOf, noFinding, open, rangeOf, replace, ruleOf, test, until, workspaceFile } from './harness.ts';

const batchRule = 'global-batch-not-divisible';

test('a global batch that cannot be dealt out is an error at its value', async () => {
  const document = await open('train.sh');
  const found = await finding(document, batchRule);
  assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
  assert.equal(document.getText(found.range), '33');
  assert.ok(found.relatedInformation && found.relatedInformation.length > 0, 'no related location');
});

test('a finding links to the page of its rule, which exists', async () => {
  const document = await open('train.sh');
  const { code } = await finding(document, batchRule);
  assert.ok(typeof code === 'object', 'the code has no link');
  const page = await vscode.workspace.fs.readFile(code.target);
  assert.match(new TextDecoder().decode(page), new RegExp(batchRule));
});

test('a quick fix changes the text and the finding goes away', async () => {
  const document = await open('train.sh');
  const found = await finding(document, batchRule);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, found.range);
  const fix = actions.find(({ kind, edit }) => kind?.value.startsWith('quickfix') && edit);
  assert.ok(fix?.edit, `no quick fix among ${actions.map(({ title }) => title).join('; ')}`);
  assert.ok(await vscode.workspace.applyEdit(fix.edit));
  assert.ok(!document.getText().includes('GLOBAL_BATCH=33'), 'the text did not change');
  await noFinding(document, batchRule);
});

test('typing brings a finding and undoing takes it back, text and all', async () => {
  const document = await open('train.sh');
  await finding(document, batchRule);
  const before = document.getText();
  await replace(document, 'TP=4', 'TP=3');
  await until('a finding about TP 3', () => findingsOf(document).find(({ message }) => /\b3\b/.test(message) && /head/i.test(message)));
  await vscode.commands.executeCommand('undo');
  assert.equal(document.getText(), before);
  await until('the findings as before', () => (findingsOf(document).some(({ message }) => /head/i.test(message)) ? undefined : true));
  assert.ok(findingsOf(document).some((diagnostic) => ruleOf(diagnostic) === batchRule));
});

test('broken syntax half way through typing leaves the server alive', async () => {
  const document = await open('ds_config.json');
  await finding(document, 'fp16-and-bf16-together');
  await replace(document, '"bf16": { "enabled": true },', '"bf16": { "enab');
  await noFinding(document, 'fp16-and-bf16-together');
  await vscode.commands.executeCommand('undo');
  await finding(document, 'fp16-and-bf16-together');
});

test('a DeepSpeed file, a model card and a serve command are understood', async () => {
  const deepspeed = await open('ds_config.json');
  assert.equal(deepspeed.getText((await finding(deepspeed, 'fp16-and-bf16-together')).range).includes('true'), true);
  const serve = await open('serve.sh');
  const found = await until('a finding in serve.sh', () => findingsOf(serve)[0]);
  assert.equal(found.range.start.line, rangeOf(serve, '--tensor-parallel-size 3').start.line);
});

test('a linked file that is deleted while open ends in a message or silence, and coming back brings the answer back', async () => {
  const model = workspaceFile('model/config.json');
  const serve = await open('serve.sh');
  const heads = () => findingsOf(serve).find(({ message }) => /head/i.test(message));
  await until('a finding that needs the linked model', heads);
  const text = await vscode.workspace.fs.readFile(model);
  await vscode.workspace.fs.delete(model);
  await until('the finding to go with the file', () => (heads() ? undefined : true));
  await vscode.workspace.fs.writeFile(model, text);
  await until('the finding to come back with the file', heads);
});
