import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, rooflint, script } from './run.ts';

/** Every mistake of a caller: exit code 2, nothing on stdout, one sentence on stderr that says what to do, no stack. */
const mistakes: readonly (readonly [string, readonly string[], RegExp])[] = [
  ['unknown command', ['analyse'], /unknown command 'analyse'/],
  ['unknown option', ['check', '.', '--strict'], /unknown option '--strict'/],
  ['missing file', ['read', 'nothing.sh'], /nothing\.sh cannot be used: .*cannot be read \(ENOENT\)/],
  ['missing argument', ['estimate'], /missing required argument/],
  ['file that is a folder', ['report', 'folder'], /folder cannot be used/],
  ['path that is not there', ['check', 'nowhere'], /"nowhere" cannot be checked: there is no such file or folder/],
  ['folder without configurations', ['check', 'folder'], /no configuration files in folder/],
  ['unknown GPU', ['estimate', 'train.sh', '--cluster', 'h9000'], /no data sheet for the GPU "h9000"; known are .*nvidia-h100-sxm-80gb/],
  [
    'GPUs that make no whole nodes',
    ['estimate', 'train.sh', '--gpus', '12', '--gpus-per-node', '8'],
    /12 GPUs are not a whole number of nodes of 8/,
  ],
  ['a count that is none', ['estimate', 'train.sh', '--gpus', 'many'], /--gpus must be a whole number of at least 1, not "many"/],
  ['unknown format', ['check', 'train.sh', '--format', 'xml'], /Allowed choices are text, json, sarif, github/],
  ['unknown severity', ['check', 'train.sh', '--max-severity', 'fatal'], /Allowed choices are error, warning, info/],
  ['report of a file without jobs', ['report', 'notes.json'], /no job was found in notes\.json/],
  ['report of a header without kernels', ['report', 'parts.cuh'], /parts\.cuh defines no kernel and launches none/],
  ['report of a job that is not there', ['report', 'train.sh', '--job', '5'], /holds 1 job; --job 5 is none of them/],
  ['report into a missing folder', ['report', 'train.sh', '-o', 'missing/report.md'], /cannot be written to "missing\/report\.md"/],
  [
    'schedule nobody knows',
    ['schedule', 'zigzag', '--stages', '4', '--micro-batches', '8'],
    /"zigzag" is not known; use one of gpipe, 1f1b, interleaved-1f1b/,
  ],
  ['schedule without stages', ['schedule', '1f1b', '--micro-batches', '8'], /a schedule needs --stages a/],
  ['schedule that cannot be', ['schedule', 'dualpipe', '--stages', '4', '--micro-batches', '6'], /at least 8 micro batches/],
  [
    'times that are no numbers',
    ['schedule', '1f1b', '--stages', '4', '--micro-batches', '8', '--forward', '-1'],
    /--forward must be a number of at least 0/,
  ],
  [
    'schedule beyond any size',
    ['schedule', '1f1b', '--stages', '1e9', '--micro-batches', '1e9'],
    /1000000000 stages is more than the 4096/,
  ],
  [
    'schedule of too many operations',
    ['schedule', 'gpipe', '--stages', '4096', '--micro-batches', '1e9'],
    /operations, more than the 4000000 that can be simulated/,
  ],
  ['cases that are not there', ['validate', '--cases', 'rows.jsonl'], /rows\.jsonl" cannot be read: there is no such file/],
  ['server without a transport', ['lsp'], /rooflint lsp --stdio/],
  ['port out of range', ['serve', '.', '--port', '70000'], /--port must be a number from 0 to 65535/],
  ['check of a pipe', ['check', 'pipe'], /"pipe" cannot be checked: it is not a regular file/],
  ['read of a pipe', ['read', 'pipe'], /pipe is not a regular file/],
  ['estimate of a pipe', ['estimate', 'pipe'], /pipe is not a regular file/],
  ['report of a pipe', ['report', 'pipe'], /pipe is not a regular file/],
  ['serve of a pipe', ['serve', 'pipe'], /"pipe" cannot be served: it is not a regular file/],
  ['cases in a pipe', ['validate', '--cases', 'pipe'], /give a regular file/],
  ['served path that is not there', ['serve', 'nowhere'], /"nowhere" cannot be served: there is no such file or folder/],
];

const named = ['schedule', '1f1b', '--stages', '2', '--micro-batches', '2'];
const vllm = ['simulate', 'serve.sh', '--cluster', 'h100', '--requests', '10'];
/** An option that would do nothing is a mistake, too. */
const idle: readonly (readonly [readonly string[], RegExp])[] = [
  [[...named, '--cluster', '8xh100'], /--cluster has no effect: it goes with the file of a job, and "1f1b" is a schedule/],
  [[...named, '--gpus-per-node', '4'], /--gpus-per-node has no effect/],
  [[...named, '--comm-across', '2'], /--comm-across has no effect: .* --stages-per-node/],
  [[...named, '--comm', '1', '--stages-per-node', '2'], /--stages-per-node has no effect: .* --comm-across/],
  [[...named, '--search', '--csv', '-'], /--csv has no effect: --search compares/],
  [[...named, '--json', '--svg', '-'], /--json has no effect: the schedule is written to files/],
  [['schedule', 'order.csv', '--network', 'x'], /--network has no effect: the order of order\.csv is what runs/],
  [['schedule', 'train.sh', '--price', '2'], /--price has no effect/],
  [['schedule', 'train.sh', '--order', 'order.csv', '--micro-batches', '4'], /--micro-batches has no effect: the written order/],
  [['profile', 'trace.json', '--cluster', '8xh100'], /--cluster has no effect: .* give --config FILE/],
  [['estimate', 'train.sh', '--cluster', '8xh100', '--rate', '1', '--isl', '9', '--osl', '9'], /--rate has no effect: .* no server/],
  [['report', 'train.sh', '--cluster', '8xh100', '--rate', '1', '--isl', '9', '--osl', '9'], /--rate has no effect/],
  [[...vllm, '--burst', '3', '--rate', '1'], /--burst has no effect: .* give --arrivals gamma/],
  [[...vllm, '--speed', '3'], /--speed has no effect: there is no trace/],
  [[...vllm, '--trace', 't.jsonl', '--osl', '5'], /--osl has no effect: the requests of t\.jsonl have lengths of their own/],
  [[...vllm, '--accept', '0.5'], /--accept has no effect: nothing is drafted/],
  [[...vllm, '--mfu', 'palm'], /--mfu has no effect|choices/],
  [['mix', 'serve.sh', '--rent', 'h100=3', '--slo', 'ttft=1s', '--trace', 't.jsonl', '--isl', '5'], /--isl has no effect/],
  [['validate', '--cases', 'rows.jsonl', '--json', '--assumptions'], /--assumptions has no effect/],
];

describe('an option that would do nothing is refused', () => {
  test.each(idle)('%j', async (args, sentence) => {
    const files = { 'train.sh': script(), 'serve.sh': 'vllm serve meta-llama/Llama-3.1-8B-Instruct\n', 'order.csv': '0F0,0F1,0B0,0B1\n' };
    const { code, out, error } = await rooflint(args, folderWith(files));
    expect([code, out]).toEqual([2, '']);
    expect(error).toMatch(sentence);
  });
});

describe('a mistake gives exit code 2 and one sentence', () => {
  test.each(mistakes)('%s', async (_, args, sentence) => {
    const folder = folderWith({ 'train.sh': script(), 'notes.json': '{ "note": 1 }', 'parts.cuh': '__device__ int one() { return 1; }\n' });
    mkdirSync(join(folder, 'folder'));
    if (args.includes('pipe')) execFileSync('mkfifo', [join(folder, 'pipe')]);
    const { code, out, error } = await rooflint(args, folder);
    expect(error).toMatch(sentence);
    expect(error.trim().split('\n')).toHaveLength(1);
    expect(error).toMatch(/^rooflint: /);
    expect(error).not.toMatch(/\bat .*:\d+:\d+/);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

test('without arguments the help goes to stderr and the exit code says that nothing ran', async () => {
  const { code, out, error } = await rooflint([]);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(error).toContain('Usage: rooflint');
});

test('--help and --version are no mistakes', async () => {
  expect((await rooflint(['--help'])).code).toBe(0);
  const version = await rooflint(['--version']);
  expect(version.code).toBe(0);
  expect(version.out).toMatch(/^\d+\.\d+\.\d+\n$/);
  const check = await rooflint(['check', '--help']);
  expect(check.out).toContain('--max-severity');
  expect(check.out).toContain('Exit code 0: nothing at or above --max-severity. 1: findings at or above it. 2: could not run.');
});

test('binary content is refused in a sentence', async () => {
  const folder = folderWith({ 'weights.json': new Uint8Array([0x7b, 0, 1, 2]) });
  const { code, error } = await rooflint(['read', 'weights.json'], folder);
  expect(code).toBe(2);
  expect(error).toMatch(/weights\.json is not a text file/);
});
