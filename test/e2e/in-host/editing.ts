/** Completion, meanings of keys, definitions and renaming as VS Code gets them, and files of the other formats. */
import * as assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { findingsOf, hoverText, open, rangeOf, replace, test, until } from './harness.ts';

async function completionsAt(document: vscode.TextDocument, position: vscode.Position): Promise<readonly vscode.CompletionItem[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, position);
  return list.items;
}

const labelOf = ({ label }: vscode.CompletionItem): string => (typeof label === 'string' ? label : label.label);

const lensTitles = async (document: vscode.TextDocument): Promise<readonly string[]> =>
  (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 20)).map(
    ({ command }) => command?.title ?? '',
  );

for (const file of ['qlora.yml', 'titan.toml', 'recipe.py']) {
  test(`${file} has a lens with what it will take`, async () => {
    const document = await open(file);
    if (file === 'titan.toml') await replace(document, 'tensor_parallel_degree = 3', 'tensor_parallel_degree = 2');
    const lens = await until('a lens with a memory figure', async () => (await lensTitles(document)).find((title) => /GiB/.test(title)));
    assert.match(lens, /GPUs/);
  });
}

test('heads that TP does not divide are found in a TOML file', async () => {
  const document = await open('titan.toml');
  const found = await until('a finding about heads', () => findingsOf(document).find(({ message }) => /heads/i.test(message)));
  assert.equal(document.getText(found.range), '3');
});

test('keys are offered in a YAML file, with defaults, and those that are there are not', async () => {
  const document = await open('qlora.yml');
  await until('a lens', async () => (await lensTitles(document))[0]);
  await replace(document, 'bf16: true\n', 'bf16: true\noptim\n');
  const offered = await completionsAt(document, rangeOf(document, 'optim\n').end.translate(-1, 5));
  const optimizer = offered.find((item) => labelOf(item) === 'optimizer');
  assert.ok(optimizer, `no optimizer among ${offered.slice(0, 20).map(labelOf).join(', ')}`);
  assert.match(optimizer.detail ?? '', /default/);
  assert.ok(!offered.some((item) => labelOf(item) === 'lora_r'), 'lora_r is there already');
});

test('values of TP come with what the model says they give', async () => {
  const document = await open('train.sh');
  await replace(document, 'GLOBAL_BATCH=33', 'GLOBAL_BATCH=32');
  await until('a lens', async () => (await lensTitles(document)).find((title) => /GiB/.test(title)));
  const offered = await completionsAt(document, rangeOf(document, 'TP=4').end);
  const values = offered.filter(({ label }) => typeof label !== 'string' && /GiB/.test(label.description ?? '')).map(labelOf);
  assert.ok(values.includes('2') && values.includes('8'), `offered were ${offered.slice(0, 20).map(labelOf).join(', ')}`);
  assert.ok(!values.includes('3'), 'TP 3 divides no heads');
});

test('the hover of a key says its meaning and default', async () => {
  const document = await open('qlora.yml');
  await until('a lens', async () => (await lensTitles(document))[0]);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    rangeOf(document, 'gradient_accumulation_steps').start,
  );
  assert.match(hoverText(hovers), /default/);
});

test('a variable of a script is renamed wherever it is used, and nowhere else', async () => {
  const document = await open('train.sh');
  const place = rangeOf(document, 'MICRO_BATCH=1').start;
  const edit = await until('an edit', async () => {
    const made = await vscode.commands.executeCommand<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      document.uri,
      place,
      'MBS',
    );
    return made.size > 0 ? made : undefined;
  });
  assert.ok(await vscode.workspace.applyEdit(edit));
  const text = document.getText();
  assert.ok(text.includes('MBS=1') && text.includes('--micro-batch-size $MBS'), text);
  assert.ok(!text.includes('MICRO_BATCH'), 'a use was left');
});
