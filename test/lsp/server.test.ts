/** The server as an editor meets it: what it says about real-looking files, and where. */
import { afterEach, describe, expect, test } from 'vitest';
import { lensCommands } from '../../server/src/lsp/execute-command.ts';
import { hasOwnCommands, initializeResult } from '../../server/src/lsp/initialize.ts';
import { noAbilities } from '../../server/src/lsp/session.ts';
import { type Client, type ClientOptions, startInProcess } from './client.ts';
import { deepspeedJson, h100, llamaConfig, megatron, oneLiner } from './samples.ts';

const script = 'file:///w/train.sh';
let client: Client;

async function start(options: ClientOptions = {}): Promise<Client> {
  client = await startInProcess({ settings: h100, ...options });
  return client;
}

afterEach(async () => {
  expect(client.faults).toEqual([]);
  await client.close();
});

describe('diagnostics', () => {
  test('stand at the value, in UTF-16 columns after Japanese, accented and astral text', async () => {
    await start();
    const text = oneLiner(3, '学習 é 😀');
    const found = await client.open(script, text);
    const heads = found.find(({ code }) => code === 'heads-not-divisible-by-tensor-parallel');
    const character = text.indexOf('size 3') + 'size '.length;
    expect(heads?.range).toEqual({ start: { line: 0, character }, end: { line: 0, character: character + 1 } });
    expect(heads?.severity).toBe(1);
    expect(heads?.codeDescription?.href).toBe('file:///docs/rules/heads-not-divisible-by-tensor-parallel.md');
  });

  test('point at the assignment behind a variable, and name the other values that take part', async () => {
    await start();
    const found = await client.open(script, megatron.replace('TP=8', 'TP=16'));
    const crossing = found.find(({ code }) => code === 'tensor-parallel-crosses-node');
    expect(crossing && client.textAt(script, crossing.range)).toBe('16');
    expect(crossing?.range.start).toEqual({ line: 5, character: 3 });
    expect(crossing?.relatedInformation?.map(({ message }) => message)).toContain('GPUs per node is 8');
  });

  test('have the same places with CRLF line ends', async () => {
    await start();
    const unix = await client.open(script, megatron.replace('TP=8', 'TP=16'));
    const dos = await client.open('file:///w/dos.sh', megatron.replace('TP=8', 'TP=16').replaceAll('\n', '\r\n'));
    const places = (all: typeof unix) => all.map(({ code, range }) => ({ code, range }));
    expect(unix.length).toBeGreaterThan(0);
    expect(places(dos)).toEqual(places(unix));
  });

  test('can be pulled; then none are pushed', async () => {
    await start({ pull: true });
    await client.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri: script, languageId: 'shellscript', version: 1, text: oneLiner(3) },
    });
    expect((await client.pull(script)).map(({ code }) => code)).toContain('heads-not-divisible-by-tensor-parallel');
    expect(client.lastPublished(script)).toBeUndefined();
  });

  test('follow the settings: a rule is switched off, another cluster changes the memory', async () => {
    await start();
    const before = await client.open(script, megatron.replace('TP=8', 'TP=16'));
    expect(before.map(({ code }) => code)).toContain('tensor-parallel-crosses-node');
    client.settings = { ...h100, rules: { 'tensor-parallel-crosses-node': 'off' } };
    client.forgetPublished(script);
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: {} });
    const after = await client.diagnostics(script);
    expect(after.map(({ code }) => code)).not.toContain('tensor-parallel-crosses-node');
  });

  test('are taken back when the document is closed', async () => {
    await start();
    await client.open(script, oneLiner(3));
    expect(client.lastPublished(script)).not.toEqual([]);
    await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri: script } });
    await client.until(() => client.lastPublished(script)?.length === 0);
  });

  test('a DeepSpeed file alone has findings but no estimate', async () => {
    await start();
    const uri = 'file:///w/ds.json';
    const found = await client.open(uri, deepspeedJson, 'json');
    expect(found.map(({ code }) => code)).toContain('fp16-and-bf16-together');
    expect(client.summary(uri)).toContain('open the launch script that names this file');
  });
});

describe('quick fixes', () => {
  test('change the text so that the finding is gone', async () => {
    await start();
    const found = await client.open(script, oneLiner(3));
    const heads = found.filter(({ code }) => code === 'heads-not-divisible-by-tensor-parallel');
    const actions = await client.actions(script, heads);
    expect(actions.map(({ title }) => title)).toEqual(['Set TP to 2', 'Set TP to 4']);
    await client.apply(actions[1]?.edit ?? {});
    expect(client.text(script)).toBe(oneLiner(4));
    const after = await client.diagnostics(script);
    expect(after.map(({ code }) => code)).not.toContain('heads-not-divisible-by-tensor-parallel');
  });

  test('work the same for a client that drops the data of diagnostics', async () => {
    await start();
    const found = await client.open(script, oneLiner(3));
    const bare = found.map(({ data: _data, ...rest }) => rest).filter(({ code }) => code === 'heads-not-divisible-by-tensor-parallel');
    expect((await client.actions(script, bare)).map(({ title }) => title)).toEqual(['Set TP to 2', 'Set TP to 4']);
  });

  test('are given for the requested range only', async () => {
    await start();
    const found = await client.open(script, oneLiner(3));
    const elsewhere = { start: { line: 0, character: 0 }, end: { line: 0, character: 1 } };
    expect(await client.actions(script, found, elsewhere)).toEqual([]);
  });

  test('after an edit use the present places, not the old ones', async () => {
    await start();
    const old = (await client.open(script, oneLiner(3))).filter(({ code }) => code === 'heads-not-divisible-by-tensor-parallel');
    await client.type(script, { start: 6, end: 6, text: 'xxxx' });
    const [current] = (await client.diagnostics(script)).filter(({ code }) => code === old[0]?.code);
    const actions = await client.actions(script, current ? [{ ...current, data: old[0]?.data }] : []);
    await client.apply(actions[0]?.edit ?? {});
    expect(client.text(script)).toBe(oneLiner(2, 'xxxx'));
  });
});

describe('what is shown in the text', () => {
  test('one code lens line of figures at the launch', async () => {
    await start();
    await client.open(script, megatron);
    const [summary, timeline, explain] = await client.lenses(script);
    expect(summary?.command?.title).toMatch(
      /^32 GPUs · [\d.]+ GiB of 79\.\d GiB \(\d+ to \d+\) · Megatron-LM MFU \d+ % \(\d+ to \d+\) · [\d.]+ s\/step · [\d.]+ % exposed communication$/,
    );
    expect(summary?.command?.command).toBe('rooflint.report');
    expect(summary?.command?.arguments).toEqual([script, 0]);
    expect(summary?.range.start.line).toBe(megatron.slice(0, megatron.indexOf('torchrun')).split('\n').length - 1);
    expect([timeline?.command?.command, explain?.command?.command]).toEqual(['rooflint.timeline', 'rooflint.explain']);
    expect(client.summary(script)).toBe(summary?.command?.title);
  });

  test('a lens of a server leads to its simulation', async () => {
    await start();
    await client.open(script, 'vllm serve Qwen/Qwen2.5-7B-Instruct --max-model-len 8192\n');
    const lenses = await client.lenses(script);
    expect(lenses.map(({ command }) => command?.title)).toContain('simulation');
    expect(lenses.find(({ command }) => command?.title === 'simulation')?.command?.command).toBe('rooflint.timeline');
  });

  test('a click on a lens is answered by the server when the editor has no commands of its own', async () => {
    await start();
    await client.open(script, megatron);
    const said: string[] = [];
    client.connection.onNotification('window/showMessage', ({ message }: { message: string }) => void said.push(message));
    const [summary] = await client.lenses(script);
    const text = await client.connection.sendRequest<string>('workspace/executeCommand', summary?.command);
    expect(text).toContain('# ');
    expect(said).toEqual([`Rooflint: ${summary?.command?.title}`]);
    const nothing = await client.connection.sendRequest('workspace/executeCommand', { command: 'rooflint.report', arguments: [7, {}] });
    expect(nothing).toBeNull();
  });

  test('commands are offered only to editors that have none', () => {
    expect(initializeResult(noAbilities, '', []).capabilities.executeCommandProvider).toBeUndefined();
    expect(initializeResult(noAbilities, '', lensCommands).capabilities.executeCommandProvider?.commands).toContain('rooflint.report');
    expect([{ clientCommands: true }, { clientCommands: 1 }, {}, null].map(hasOwnCommands)).toEqual([true, false, false, false]);
  });

  test('inlay hints where derived values are born', async () => {
    await start();
    await client.open(script, megatron);
    const hints = await client.hints(script);
    const shown = hints.map(({ label, position }) => [label, position.line]);
    const line = (text: string) => megatron.slice(0, megatron.indexOf(text)).split('\n').length - 1;
    expect(shown).toContainEqual(['DP 1', line('--pipeline-model-parallel-size')]);
    expect(shown).toContainEqual(['128 micro batches', line('--global-batch-size')]);
    expect(shown).toContainEqual(['padded to 129,024', line('--vocab-size')]);
    expect(await client.hints(script, { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } })).toEqual([]);
  });

  test('hover says what TP is, where it comes from, what it costs, and what neighbours would give', async () => {
    await start();
    await client.open(script, megatron);
    const text = await client.hover(script, '$TP');
    expect(text).toContain('**Tensor parallel size (TP)** · 8');
    expect(text).toMatch(/Memory: .*GiB/);
    expect(text).toMatch(/Traffic: .*[GT]iB/);
    const rows = text?.split('\n').filter((row) => /^\| /.test(row)) ?? [];
    expect(rows.some((row) => row.startsWith('| **8**\u00a0(now) |'))).toBe(true);
    expect(rows.some((row) => /^\| 4 \| [\d.]+ GiB/.test(row))).toBe(true);
    expect(text).toContain('`--tensor-model-parallel-size` · integer · default `1`');
    const field = await client.hover(script, 'TP=8');
    expect(await client.hover(script, '8\nGPT')).toBe(field);
    expect(text).toBe(`${field}\n\n\`$TP\` is \`8\`, set in line 6: \`TP=8\``);
  });

  test('hover in a model file gives its size', async () => {
    await start();
    const uri = 'file:///w/config.json';
    await client.open(uri, llamaConfig, 'json');
    expect(client.summary(uri)).toBe('8.03 B parameters · 15.0 GiB in bf16 · KV cache 128 KiB per token');
    expect(await client.hover(uri, 'num_key_value_heads')).toContain('KV cache per token in bf16 128 KiB');
  });

  test('definition leads from a variable to its assignment', async () => {
    await start();
    await client.open(script, megatron);
    const params = { textDocument: { uri: script }, position: client.positionOf(script, '$TP') };
    const places = await client.connection.sendRequest<{ range: never }[]>('textDocument/definition', params);
    expect(places.map(({ range }) => client.textAt(script, range))).toEqual(['TP']);
  });
});
