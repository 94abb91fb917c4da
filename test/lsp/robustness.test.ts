/** Text that is broken, hostile or half typed: a clear message or silence, never a fault, never a wrong range. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Diagnostic } from 'vscode-languageserver/node';
import { type Client, startInProcess } from './client.ts';
import { deepspeedJson, h100, megatron, oneLiner } from './samples.ts';

let client: Client;
const script = 'file:///w/train.sh';

beforeEach(async () => {
  client = await startInProcess({ settings: h100 });
});

afterEach(async () => {
  expect(client.faults).toEqual([]);
  await client.close();
});

/** Every place lies inside the text and is not turned around. */
function expectSane(uri: string, diagnostics: readonly Diagnostic[]): void {
  const lines = client.text(uri).split(/\r\n|\r|\n/);
  for (const { range } of diagnostics) {
    expect(range.start.line).toBeLessThan(lines.length);
    expect(range.end.line).toBeLessThan(lines.length);
    expect(range.start.character).toBeLessThanOrEqual(lines[range.start.line]?.length ?? -1);
    expect(range.end.character).toBeLessThanOrEqual(lines[range.end.line]?.length ?? -1);
    const forward = range.end.line > range.start.line || range.end.character >= range.start.character;
    expect(forward).toBe(true);
  }
}

const codes = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => code);

describe('values that make no sense', () => {
  test.each(['0', '-8', '1e400', '99999999999999999999', '2.5', 'eight', '""', '$UNSET', '$(nproc)', '0x8'])('TP = %s', async (value) => {
    const diagnostics = await client.open(script, oneLiner(value));
    expectSane(script, diagnostics);
    for (const lens of await client.lenses(script)) expect(lens.command?.title).not.toMatch(/NaN|Infinity|undefined|∞/);
    expect(await client.hover(script, '--tensor-model-parallel-size')).not.toMatch(/NaN|Infinity|undefined|∞/);
  });

  test.each([
    ['train_batch_size', '1e400'],
    ['train_batch_size', '-4'],
    ['train_micro_batch_size_per_gpu', '0'],
    ['train_micro_batch_size_per_gpu', '"8"'],
    ['gradient_accumulation_steps', 'null'],
    ['zero_optimization', '[]'],
    ['zero_optimization', '{ "stage": 7 }'],
  ])('DeepSpeed %s = %s', async (key, value) => {
    const text = JSON.stringify({ ...JSON.parse(deepspeedJson), [key]: 'HERE' }, undefined, 2).replace('"HERE"', value);
    const diagnostics = await client.open('file:///w/ds.json', text, 'json');
    expectSane('file:///w/ds.json', diagnostics);
  });

  test('TP 0 is an error at the 0', async () => {
    const diagnostics = await client.open(script, oneLiner(0));
    const errors = diagnostics.filter(({ severity, range }) => severity === 1 && client.textAt(script, range) === '0');
    expect(errors.length).toBeGreaterThan(0);
  });

  test('a key written twice is told at one of its places', async () => {
    const text = deepspeedJson.replace('"bf16"', '"train_batch_size": 32,\n  "bf16"');
    const diagnostics = await client.open('file:///w/ds.json', text, 'json');
    const twice = diagnostics.filter(({ code }) => code === 'duplicate-key');
    expect(twice.length).toBeGreaterThan(0);
    for (const { range } of twice) expect(client.textAt('file:///w/ds.json', range)).toContain('train_batch_size');
  });
});

describe('texts that are no configuration', () => {
  test('binary content', async () => {
    const text = `#!/bin/bash\n${String.fromCharCode(...Array.from({ length: 2000 }, (_, i) => (i * 7919) % 256))}torchrun pretrain_gpt.py --num-layers 4`;
    expectSane(script, await client.open(script, text));
  });

  test('empty text, and prose', async () => {
    expect(await client.open('file:///w/empty.sh', '')).toEqual([]);
    expect(await client.open('file:///w/notes.json', '{ "name": "x", }', 'json')).toEqual([]);
    expect(await client.open('file:///w/notes.sh', 'echo hello (\n')).toEqual([]);
  });

  test('a file below the limit and one above it', async () => {
    const filler = `# ${'x'.repeat(98)}\n`;
    const large = filler.repeat(5_000) + oneLiner(3);
    const diagnostics = await client.open(script, large);
    expectSane(script, diagnostics);
    expect(codes(diagnostics)).toContain('heads-not-divisible-by-tensor-parallel');
    const huge = await client.open('file:///w/huge.sh', filler.repeat(6_000) + oneLiner(3));
    expectSane('file:///w/huge.sh', huge);
    expect(codes(huge)).toEqual(['file-too-large']);
  });

  test('a byte order mark moves nothing', async () => {
    const diagnostics = await client.open(script, `\uFEFF${oneLiner(3)}`);
    const heads = diagnostics.find(({ code }) => code === 'heads-not-divisible-by-tensor-parallel');
    expect(heads && client.textAt(script, heads.range)).toBe('3');
  });
});

describe('faults of our own', () => {
  test('a request that fails is logged with its name, gets an empty answer, and the next one works', async () => {
    await client.open(script, oneLiner(4));
    expect(await client.connection.sendRequest('textDocument/hover', { nonsense: true })).toBeNull();
    expect(client.faults).toEqual([expect.stringMatching(/^textDocument\/hover: /)]);
    client.log.length = 0;
    expect(await client.hover(script, '--micro-batch-size')).toContain('Micro batch');
  });

  test('requests about files that are not there are answered', async () => {
    const gone = { uri: 'file:///no/such/file.sh' };
    expect(await client.connection.sendRequest('textDocument/codeLens', { textDocument: gone })).toEqual([]);
    const { text } = await client.connection.sendRequest<{ text: string }>('rooflint/report', { ...gone, format: 'md' });
    expect(text).toContain('cannot be read');
    expect(await client.connection.sendRequest('rooflint/panel', gone)).toEqual({ type: 'empty', why: 'the file cannot be read' });
  });
});

describe('typing', () => {
  test('every prefix of a script is answered', async () => {
    await client.open(script, '');
    for (let length = 40; length <= megatron.length; length += 37) {
      const from = client.text(script).length;
      await client.type(script, { start: from, end: from, text: megatron.slice(from, length) });
      expectSane(script, await client.diagnostics(script));
    }
  });

  test('character by character ends with the same diagnostics as opening the final text', async () => {
    const text = oneLiner(3, 'é😀');
    await client.open('file:///w/typed.sh', '');
    for (let at = 0; at < text.length; at++) await client.type('file:///w/typed.sh', { start: at, end: at, text: text.charAt(at) });
    const typed = await client.diagnostics('file:///w/typed.sh');
    const opened = await client.open('file:///w/opened.sh', text);
    const bare = (all: readonly Diagnostic[]) => all.map(({ range, code, message }) => ({ range, code, message }));
    expect(bare(typed)).toEqual(bare(opened));
    expect(codes(opened)).toContain('heads-not-divisible-by-tensor-parallel');
  });

  test('any sequence of edits ends with the same diagnostics as opening the final text', async () => {
    let run = 0;
    const edit = fc.record({
      at: fc.nat(1200),
      remove: fc.nat(30),
      text: fc.constantFrom('', ' ', '\n', '\r\n', '"', '$', '{', '8', '\\', '--bf16 ', '😀', 'TP='),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 6 }), async (edits) => {
        run++;
        const [edited, fresh] = [`file:///w/edited-${run}.sh`, `file:///w/fresh-${run}.sh`];
        await client.open(edited, megatron);
        for (const { at, remove, text } of edits) {
          const length = client.text(edited).length;
          const start = Math.min(at, length);
          await client.type(edited, { start, end: Math.min(length, start + remove), text });
        }
        const after = await client.diagnostics(edited);
        const opened = await client.open(fresh, client.text(edited));
        const bare = (all: readonly Diagnostic[]) => all.map(({ range, code, message }) => ({ range, code, message }));
        expect(bare(after)).toEqual(bare(opened));
        expectSane(edited, after);
      }),
      { numRuns: 40 },
    );
  });
});
