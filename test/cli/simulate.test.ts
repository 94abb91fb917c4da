import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith, rooflint, root, script } from './run.ts';

const serve = 'examples/serving/serve-7b.sh';
const model = { 'serve.sh': 'vllm serve Qwen/Qwen2.5-7B-Instruct --max-num-seqs 64 --max-model-len 8192\n' };
const few = ['--requests', '60'];

interface Json {
  readonly engine: { readonly policy: string; readonly kvTokens: number };
  readonly result: {
    readonly finished: number;
    readonly seconds: number;
    readonly ttft: { readonly p99: number };
    readonly series: unknown[];
  };
  readonly fast: { readonly ttft: { readonly p99: number } };
  readonly slow: { readonly ttft: { readonly p99: number } };
  readonly highest?: { readonly value: { readonly rate: number } };
  readonly curve?: readonly unknown[];
}

async function json(...args: string[]): Promise<Json> {
  const { code, out, error } = await rooflint(['simulate', serve, '--json', ...args]);
  expect(error).toBe('');
  expect(code).toBe(0);
  return JSON.parse(out) as Json;
}

test('the text says load, latencies with their range, costs and what it rests on', async () => {
  const { code, out } = await rooflint(['simulate', serve, '--rate', '5', '--slo', 'ttft=1s,tpot=80ms', '--price', '2', ...few]);
  expect(code).toBe(0);
  expect(out).toMatch(
    /1 replica on 1 GPU, scheduler vllm\n5 requests\/s, Poisson arrivals; prompts of 1024 tokens; answers of 256\n60 requests in/,
  );
  expect(out).toMatch(/^TTFT +[\d.]+ m?s +[\d.]+ m?s \([\d.]+ m?s to [\d.]+ m?s\)/m);
  expect(out).toMatch(/Within the service level +\d+ % \(\d+ % to \d+ %\)/);
  expect(out).toMatch(/Cost of a million generated tokens +\$\d/);
  expect(out).toMatch(/Brackets: the whole run again with every step/);
  expect(out).toMatch(/Assumptions\n/);
});

test('an overload is said, a load that is kept up with is not', async () => {
  const at = async (rate: string) => (await rooflint(['simulate', serve, '--rate', rate, '--requests', '300', '--osl', '64'])).out;
  expect(await at('300')).toMatch(/Overloaded: 3\d\d requests arrive per second and \d+(?:\.\d+)? end/);
  expect(await at('3')).not.toMatch(/Overloaded/);
});

test('the same seed prints the same, another one does not, and slower steps are slower', async () => {
  const [one, same, other] = [
    await json('--rate', '5', ...few),
    await json('--rate', '5', ...few),
    await json('--rate', '5', '--seed', '2', ...few),
  ];
  expect(same).toEqual(one);
  expect(other.result.seconds).not.toBe(one.result.seconds);
  expect(one.fast.ttft.p99).toBeLessThan(one.result.ttft.p99);
  expect(one.slow.ttft.p99).toBeGreaterThan(one.result.ttft.p99);
  expect(one.result.series.length).toBeGreaterThan(10);
});

test('the highest rate and the curve are found', async () => {
  const { highest, curve } = await json(
    '--rate',
    '5',
    '--slo',
    'ttft=1s,tpot=50ms,share=0.9',
    '--find-rate',
    '--curve',
    '--isl',
    '100-300',
    '--osl',
    '30~0.5',
    '--requests',
    '200',
  );
  expect(highest?.value.rate).toBeGreaterThan(5);
  expect(curve).toHaveLength(8);
});

test.each(['sglang', 'tensorrt-llm', 'tensorrt-llm-max-utilization', 'static'])('another scheduler: %s', async (policy) => {
  const { engine, result } = await json('--rate', '5', '--policy', policy, ...few);
  expect(engine.policy).toBe(policy);
  expect(result.finished).toBe(60);
});

test('prefill apart, drafts, conversations and several replicas run together', async () => {
  const { out, code } = await rooflint(
    [
      'simulate',
      'serve.sh',
      '--cluster',
      'h100',
      '--rate',
      '8',
      '--replicas',
      '2',
      '--prefill-replicas',
      '1',
      '--draft',
      '3',
      '--turns',
      '3',
      '--system-prompt',
      '100',
      '--routing',
      'prefix-aware',
      ...few,
    ],
    folderWith(model),
  );
  expect(code).toBe(0);
  expect(out).toMatch(/1 prefill and 2 decode replicas on 3 GPUs/);
  expect(out).toMatch(/100 of them a shared system prompt, conversations of 3 turns/);
  expect(out).toMatch(/70 % of drafted tokens accepted/);
  expect(out).toMatch(/carries the caches from prefill to decode/);
});

describe('traces', () => {
  test.each(['chat.jsonl', 'code.csv'])('the bundled %s is played as it is, faster, and at another rate', async (name) => {
    const trace = ['--trace', join('examples/serving/traces', name)];
    const lines =
      readFileSync(join(root, 'examples/serving/traces', name), 'utf8')
        .trim()
        .split('\n').length - (name.endsWith('csv') ? 1 : 0);
    const whole = await json(...trace);
    expect(whole.result.finished).toBe(lines);
    expect((await json(...trace, '--speed', '4')).result.seconds).toBeLessThan(whole.result.seconds / 2);
    expect((await json(...trace, '--rate', '1', '--requests', '20')).result.finished).toBe(20);
  });

  test('a workload is written as a trace that gives the same requests', async () => {
    const folder = folderWith(model);
    const args = ['simulate', 'serve.sh', '--cluster', 'h100', '--json', '--requests', '40'];
    await rooflint([...args, '--rate', '3', '--isl', '300~1', '--save-trace', 'own.jsonl'], folder);
    const again = await rooflint([...args, '--trace', 'own.jsonl'], folder);
    expect((JSON.parse(again.out) as Json).result.finished).toBe(40);
  });

  test('a long file is read piece by piece, with the right number of a bad line', async () => {
    const row = '{"timestamp": 0, "input_length": 10, "output_length": 1}\n';
    const folder = folderWith({ ...model, 'long.jsonl': `${row.repeat(60_000)}oops\n` });
    const { error, code } = await rooflint(['simulate', 'serve.sh', '--cluster', 'h100', '--trace', 'long.jsonl'], folder);
    expect(error).toBe('rooflint: the trace "long.jsonl" cannot be used: line 60001: not valid JSON.\n');
    expect(code).toBe(2);
  });
});

describe('a mistake gives exit code 2 and one sentence', () => {
  test.each<readonly [string, readonly string[], RegExp]>([
    ['a training job', ['train.sh'], /train\.sh is a training job; simulate is for serving engines|cannot be simulated/],
    ['a rate of nothing', ['serve.sh', '--rate', '0'], /--rate must be more than 0/],
    ['a length that is none', ['serve.sh', '--isl', 'long'], /--isl must be tokens: 1024, a range 512-2048/],
    ['a range turned round', ['serve.sh', '--osl', '200-100'], /--osl must be tokens/],
    ['a level that is none', ['serve.sh', '--slo', 'fast'], /--slo must be like ttft=500ms,tpot=50ms/],
    ['a time that is none', ['serve.sh', '--slo', 'ttft=soon'], /--slo must be a time such as 500ms/],
    ['arrivals without a rate', ['serve.sh', '--arrivals', 'gamma'], /--arrivals gamma needs a rate/],
    ['a search without a level', ['serve.sh', '--find-rate'], /--find-rate needs a service level/],
    ['an unknown scheduler', ['serve.sh', '--policy', 'magic'], /Allowed choices are vllm, sglang/],
    ['a share above 1', ['serve.sh', '--accept', '1.5'], /--accept must be a share between 0 and 1/],
    [
      'a trace that is not there',
      ['serve.sh', '--cluster', 'h100', '--trace', 'no.csv'],
      /the trace "no\.csv" cannot be read: there is no such file/,
    ],
    ['a trace that is a folder', ['serve.sh', '--cluster', 'h100', '--trace', '.'], /the trace "\." cannot be read: it is/],
    ['a trace of something else', ['serve.sh', '--cluster', 'h100', '--trace', 'serve.sh'], /line 1: neither a JSON object nor a head/],
    ['a file without jobs', ['notes.json'], /no job was found in notes\.json/],
    ['a job that is not there', ['serve.sh', '--job', '3'], /holds 1 job; --job 3 is none of them/],
    [
      'requests beyond the context',
      ['serve.sh', '--cluster', 'h100', '--isl', '9000', '--draft', '1e8', '--requests', '5'],
      /longer than the context of 8192 tokens/,
    ],
    ['a trace of nothing but long requests', ['serve.sh', '--cluster', 'h100', '--trace', 'long.csv'], /none of the requests fits/],
  ])('%s', async (_, args, sentence) => {
    const long = 'TIMESTAMP,ContextTokens,GeneratedTokens\n2026-03-02 09:00:00.0000000,90000000,10\n';
    const folder = folderWith({ ...model, 'train.sh': script(), 'notes.json': '{ "note": 1 }', 'long.csv': long });
    const { code, out, error } = await rooflint(['simulate', ...args], folder);
    expect(error).toMatch(sentence);
    expect(error.trim().split('\n')).toHaveLength(1);
    expect(out).toBe('');
    expect(code).toBe(2);
  });
});

describe('the load of a benchmark beside the server', () => {
  const server = `${model['serve.sh'].trim()} --speculative-config '{"method":"ngram","num_speculative_tokens":3}'\n`;
  const files = {
    'serve.sh': `${server}vllm bench serve --dataset-name random --random-input-len 512 --random-output-len 64 --request-rate 3 --max-concurrency 16\n`,
  };
  const run = (...args: string[]) => rooflint(['simulate', join(folderWith(files), 'serve.sh'), ...few, ...args]);

  test('is what is simulated, with clients that wait for each other', async () => {
    expect((await run()).out).toContain('3 requests/s, Poisson arrivals, 16 under way at most; prompts of 512 tokens; answers of 64\n');
    expect((await run()).out).toContain('equally long and come in waves');
    expect((await run('--isl', '400-600')).out).not.toContain('waves');
  });

  test('gives way to the command line', async () => {
    expect((await run('--rate', '2', '--osl', '32')).out).toContain(
      '2 requests/s, Poisson arrivals, 16 under way at most; prompts of 512 tokens; answers of 32\n',
    );
    expect((await run('--arrivals', 'at-once', '--concurrency', '4')).out).toContain(
      '4 under way, each followed by the next; prompts of 512 tokens; answers of 64\n',
    );
  });

  test('drafts that are simulated are not told as left out, those of the estimate are', async () => {
    expect((await run()).out).not.toContain('one token per step');
    expect((await rooflint(['estimate', join(folderWith(files), 'serve.sh')])).out.match(/one token per step/g)).toHaveLength(1);
  });
});

test.each([
  [['--isl', '9000000', '--osl', '5'], /prompts of 9000000 and answers of 5 tokens are longer than the context of \d+ tokens/],
  [['--rate', '1e-300'], /--rate must be between 0\.000001 and 1000000000 requests\/s/],
  [['--rate', '1e12'], /--rate must be between/],
  [['--requests', '999999999999'], /--requests must be at most 1000000000/],
])('%j is refused with what is wanted', async (options, message) => {
  const { code, error } = await rooflint(['simulate', serve, ...options]);
  expect(code).toBe(2);
  expect(error).toMatch(message);
});
