/** What an editor asks for while a file is written: completion, definition, references and renaming, over a real connection. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CompletionList, Location, WorkspaceEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Suggestion } from '../../server/src/engine/suggestion.ts';
import { toCompletion } from '../../server/src/lsp/convert.ts';
import { type Client, startInProcess } from './client.ts';
import { h100 } from './samples.ts';

let client: Client;
let folder: string;
const uriOf = (...names: string[]) => pathToFileURL(join(folder, ...names)).href;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rooflint editing '));
  mkdirSync(join(folder, 'conf'));
  client = await startInProcess({ settings: h100, folder: pathToFileURL(folder).href });
});

afterEach(async () => {
  await client.close();
  rmSync(folder, { recursive: true });
  expect(client.faults).toEqual([]);
});

/** The text with `|` taken out is open; the place of `|` is asked about. */
async function openAt(name: string, marked: string, language = 'shellscript') {
  const uri = uriOf(name);
  const text = marked.replace('|', '');
  writeFileSync(join(folder, name), text);
  await client.open(uri, text, language);
  const before = marked.slice(0, marked.indexOf('|'));
  const line = before.split('\n').length - 1;
  return { uri, params: { textDocument: { uri }, position: { line, character: before.length - before.lastIndexOf('\n') - 1 } } };
}

const ask = <T>(method: string, params: object): Promise<T> => client.connection.sendRequest<T>(method, params);
const shown = ({ uri, range }: Location): string =>
  `${uri.slice(uri.lastIndexOf('/') + 1)} ${range.start.line}:${range.start.character}-${range.end.character}`;

const flags =
  '--num-layers 24 --hidden-size 1024 --num-attention-heads 16 --seq-length 1024 --max-position-embeddings 1024 --micro-batch-size 4 --bf16';

const launched = `torchrun --nproc_per_node 8 pretrain_gpt.py ${flags}\n`;

test('completion brings the values of a flag in the order of the list, with what they give', async () => {
  const { params } = await openAt('t.sh', `torchrun --nproc_per_node 8 pretrain_gpt.py ${flags} --tensor-model-parallel-size |\n`);
  const { items } = await ask<CompletionList>('textDocument/completion', params);
  expect(items.map(({ label }) => label).sort()).toEqual(['1', '2', '4', '8']);
  expect(items.map(({ sortText }) => sortText)).toEqual(items.map((_, index) => String(index).padStart(4, '0')));
  expect(items[0]?.detail).toMatch(/GiB/);
});

test('a client that writes beside labels gets a short line there, and the whole above the description', () => {
  const suggestion = { label: '2', insert: '2', range: { start: 0, end: 0 }, about: 'TP.' };
  const item = (one: Partial<Suggestion>) =>
    toCompletion(TextDocument.create('file:///a', '', 0, ''), { ...suggestion, kind: 'value', ...one }, 0, true);
  expect(item({ brief: '1 GiB', detail: '1 GiB, MFU 40 %' })).toMatchObject({
    labelDetails: { description: '1 GiB' },
    documentation: { value: '1 GiB, MFU 40 %\n\nTP.' },
  });
  expect(item({ kind: 'key', detail: 'integer' })).toMatchObject({ labelDetails: { description: 'integer' }, detail: 'integer' });
  expect(item({})).not.toHaveProperty('labelDetails');
});

test('completion of a path names the files beside the script', async () => {
  writeFileSync(join(folder, 'conf', 'ds.json'), '{}');
  const { params } = await openAt('t.sh', `deepspeed --num_gpus 8 pretrain_gpt.py ${flags} --deepspeed_config |\n`);
  const { items } = await ask<CompletionList>('textDocument/completion', params);
  expect(items.map(({ label }) => label)).toEqual(['conf/ds.json']);
});

test('completion in YAML replaces what is typed of a key', async () => {
  const text = 'MODEL_ARGS:\n  --num-layers: 24\n  --hidden-size: 1024\n  --num-attention-heads: 16\n  --seq|\n';
  const { uri, params } = await openAt('m.yaml', text, 'yaml');
  const { items } = await ask<CompletionList>('textDocument/completion', params);
  const edit = items.find(({ label }) => label === '--sequence-parallel')?.textEdit;
  expect(edit && 'range' in edit && client.textAt(uri, edit.range)).toBe('--seq');
});

describe('variables of a script', () => {
  const script = `TP=4\nif [ $TP -gt 2 ]; then echo 'costs TP'; fi\ntorchrun pretrain_gpt.py ${flags} --tensor-model-parallel-size \${TP} # TP\n`;

  test('lead to where they are set', async () => {
    const { params } = await openAt('t.sh', script.replace('{TP}', '{T|P}'));
    expect((await ask<Location[]>('textDocument/definition', params)).map(shown)).toEqual(['t.sh 0:0-2']);
  });

  test('lead to the file that is sourced', async () => {
    writeFileSync(join(folder, 'env.sh'), '# sizes\nTP=2\n');
    const { params } = await openAt('t.sh', `source env.sh\ntorchrun pretrain_gpt.py ${flags} --tensor-model-parallel-size $T|P\n`);
    expect((await ask<Location[]>('textDocument/definition', params)).map(shown)).toEqual(['env.sh 1:0-2']);
    expect(await client.hover(uriOf('t.sh'), '$TP')).toContain('`$TP` is `2`, set in line 2 of env.sh');
  });

  test('are listed and renamed at each of their places, and nowhere else', async () => {
    const { uri, params } = await openAt('t.sh', script.replace('TP=4', 'T|P=4'));
    const all = ['t.sh 0:0-2', 't.sh 1:6-8', `t.sh 2:${script.split('\n')[2]?.indexOf('{TP}') ?? 0 + 1}`];
    const found = await ask<Location[]>('textDocument/references', { ...params, context: { includeDeclaration: true } });
    expect(found.map(shown).slice(0, 2)).toEqual(all.slice(0, 2));
    expect(found).toHaveLength(3);
    expect(await ask('textDocument/prepareRename', params)).toEqual({
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 2 } },
      placeholder: 'TP',
    });
    await client.apply(await ask<WorkspaceEdit>('textDocument/rename', { ...params, newName: 'TENSOR' }));
    expect(client.text(uri)).toBe(script.replace('TP=4', 'TENSOR=4').replace('$TP', '$TENSOR').replace('{TP}', '{TENSOR}'));
  });

  test.each([
    ['exported', 'export T|P=2\necho $TP\n', /TP is exported/],
    ['in front of a command', 'T|P=2 python x.py $TP\n', /TP is exported/],
    ['read by another shell', "T|P=2\nbash -c 'echo $TP'\n", /quoted text/],
    ["a function's own too", 'T|P=2\nf() { local TP=1; echo $TP; }\n', /of its own in a function/],
    ['not set here', 'echo $T|P\n', /TP is not set in this file/],
  ])('are not renamed when %s', async (_, text, why) => {
    const { params } = await openAt('t.sh', text + launched);
    await expect(ask('textDocument/prepareRename', params)).rejects.toThrow(why);
  });

  test('are not renamed when a sourced file knows them, nor to a name in use', async () => {
    writeFileSync(join(folder, 'env.sh'), 'echo $TP\n');
    const first = await openAt('t.sh', `T|P=2\nsource env.sh\n${launched}`);
    await expect(ask('textDocument/prepareRename', first.params)).rejects.toThrow(/also used in env\.sh/);
    const second = await openAt('u.sh', `T|P=2\nPP=$TP\n${launched}`);
    await expect(ask('textDocument/rename', { ...second.params, newName: 'PP' })).rejects.toThrow(/in use/);
    await expect(ask('textDocument/rename', { ...second.params, newName: 'a-b' })).rejects.toThrow(/no name/);
  });
});

test('scripts and modules without a job are left to others', async () => {
  for (const [name, text, language] of [
    ['t.sh', 'T|P=2\necho $TP\n', 'shellscript'],
    ['t.py', 'SI|ZE = 2\nprint(SIZE)\n', 'python'],
  ] as const) {
    const { uri, params } = await openAt(name, text, language);
    expect(await ask('textDocument/prepareRename', params)).toBeNull();
    expect(await ask('textDocument/definition', params)).toEqual([]);
    expect(await ask('textDocument/completion', params)).toMatchObject({ items: [] });
    expect(await client.hover(uri, '2')).toBeUndefined();
    expect(await client.lenses(uri)).toEqual([]);
  }
});

describe('files that others use', () => {
  const script = `source env.sh\n${launched.replace(/\n$/, ' --tensor-model-parallel-size $TP')}\n`;

  beforeEach(async () => {
    writeFileSync(join(folder, 'env.sh'), 'TP=2\n');
    writeFileSync(join(folder, 'train.sh'), script);
    await client.open(uriOf('train.sh'), script);
    const changes = ['train.sh', 'env.sh'].map((name) => ({ uri: uriOf(name), type: 2 }));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await client.open(uriOf('env.sh'), 'TP=2\n');
  });

  test('say what they mean there', async () => {
    expect(await client.hover(uriOf('env.sh'), '2')).toMatch(/^In train\.sh:\n\n\*\*Tensor parallel size \(TP\)\*\* · 2/);
  });

  test('have a lens with what the user comes to', async () => {
    const [lens] = await client.lenses(uriOf('env.sh'));
    expect(lens?.command?.title).toMatch(/^used by train\.sh: 8 GPUs · .*GiB/);
    expect(lens?.command?.arguments).toEqual([uriOf('train.sh'), 0]);
  });
});

describe('names that a module imports', () => {
  const base =
    'from transformers import TrainingArguments\nBATCH = 4\n\ndef arguments(**more):\n    return TrainingArguments("x", **more)\n';
  const module =
    'from transformers import TrainingArguments\nfrom .base import BATCH, arguments\nargs = TrainingArguments("x", per_device_train_batch_size=BATCH)\nother = arguments()\n';

  beforeEach(() => writeFileSync(join(folder, 'base.py'), base));

  test.each([
    ['=BA|TCH', 'base.py 1:0-5'],
    ['import BA|TCH', 'base.py 1:0-5'],
    ['= argu|ments', 'base.py 3:0-22'],
  ])('%s leads to its definition there', async (pointed, place) => {
    const { params } = await openAt('t.py', module.replace(pointed.replace('|', ''), pointed), 'python');
    expect((await ask<Location[]>('textDocument/definition', params)).map(shown)).toEqual([place]);
  });
});

describe('constants of a Python module', () => {
  const module =
    'from transformers import TrainingArguments\nBATCH = 4\n"""BATCH"""\nargs = TrainingArguments("x", per_device_train_batch_size=BATCH, run_name=f"b{BATCH}")\n';

  test('lead to their assignment and are renamed', async () => {
    const { uri, params } = await openAt('t.py', module.replace('=BATCH', '=BA|TCH'), 'python');
    expect((await ask<Location[]>('textDocument/definition', params)).map(shown)).toEqual(['t.py 1:0-5']);
    await client.apply(await ask<WorkspaceEdit>('textDocument/rename', { ...params, newName: 'MICRO' }));
    expect(client.text(uri)).toBe(module.replace('BATCH = ', 'MICRO = ').replace('=BATCH', '=MICRO').replace('{BATCH}', '{MICRO}'));
  });

  test('are not renamed when a function has one of its own', async () => {
    const { params } = await openAt('t.py', `SI|ZE = 1\ndef f(SIZE):\n    return SIZE\n${module}`, 'python');
    await expect(ask('textDocument/prepareRename', params)).rejects.toThrow(/inside a function/);
  });
});

test('a reference between keys leads to the key', async () => {
  const { params } = await openAt('c.yaml', 'model:\n  hidden: 8\n  ffn: ${model.hid|den}\n', 'yaml');
  expect((await ask<Location[]>('textDocument/definition', params)).map(shown)).toEqual(['c.yaml 1:2-8']);
});

test('auto in a DeepSpeed file leads to the flag that fills it', async () => {
  const script =
    'deepspeed --num_gpus 8 train.py --model_name_or_path meta-llama/Llama-3.1-8B --per_device_train_batch_size 2 --bf16 --deepspeed ds.json\n';
  writeFileSync(join(folder, 'train.sh'), script);
  const json = '{ "train_micro_batch_size_per_gpu": "au|to", "zero_optimization": { "stage": 2 } }';
  writeFileSync(join(folder, 'ds.json'), json.replace('|', ''));
  const changes = ['train.sh', 'ds.json'].map((name) => ({ uri: uriOf(name), type: 2 }));
  await client.open(uriOf('train.sh'), script);
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  const { params } = await openAt('ds.json', json, 'json');
  const places = await ask<Location[]>('textDocument/definition', params);
  expect(places.map(({ uri, range }) => [uri, client.textAt(uriOf('train.sh'), range)])).toEqual([
    [uriOf('train.sh'), '--per_device_train_batch_size'],
  ]);
});
