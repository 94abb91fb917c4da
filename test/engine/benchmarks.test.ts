/** Benchmark commands of a script state the load of the servers it starts. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { JobField } from '../../server/src/core/job-fields.ts';
import type { JobAnalysis } from '../../server/src/engine/analysis.ts';
import { summaryOf } from '../../server/src/engine/summary.ts';
import { engineOver, loadParsers } from './support.ts';

beforeAll(loadParsers);

const server = 'vllm serve Qwen/Qwen3-8B --max-model-len 16384 &\n';

function jobsOf(text: string): readonly JobAnalysis[] {
  const { engine, faults } = engineOver();
  const { jobs } = engine.analyse('file:///w/bench.sh', text, 1);
  expect(faults).toEqual([]);
  return jobs;
}

const fields = ['load.requestRate', 'load.concurrency', 'load.inputTokens', 'load.outputTokens'] as const;

function loadOf(text: string): readonly (number | undefined)[] {
  const [job] = jobsOf(text);
  return fields.map((field) => job?.job[field]);
}

describe('the load of a server', () => {
  test.each<[string, readonly (number | undefined)[]]>([
    ['vllm bench serve --dataset-name random --random-input-len 2000 --random-output-len 200 --request-rate 4', [4, undefined, 2000, 200]],
    ['vllm bench serve --dataset-name random --random-input-len 2000 --request-rate inf --max-concurrency 32', [undefined, 32, 2000, 128]],
    ['python benchmarks/benchmark_serving.py --input-len 512 --output-len 64 --request-rate 2.5', [2.5, undefined, 512, 64]],
    [
      'python -m sglang.bench_serving --dataset-name random --random-input-len 1000 --random-output-len 500 --max-concurrency 8',
      [undefined, 8, 501, 251],
    ],
    ['python -m sglang.bench_serving --dataset-name random --random-range-ratio 1 --request-rate 3', [3, undefined, 1024, 1024]],
    [
      'genai-perf profile -m Qwen3-8B --concurrency 16 --synthetic-input-tokens-mean 300 --output-tokens-mean 100',
      [undefined, 16, 300, 100],
    ],
    ['guidellm benchmark --rate-type poisson --rate 5 --data "prompt_tokens=256,output_tokens=128"', [5, undefined, 256, 128]],
    [
      'guidellm benchmark --rate-type concurrent --rate 10 --data \'{"prompt_tokens": 256, "output_tokens": 128}\'',
      [undefined, 10, 256, 128],
    ],
    ['guidellm benchmark --rate-type sweep --data "prompt_tokens=256,output_tokens=128"', [undefined, undefined, 256, 128]],
    ['vllm bench serve --dataset-name sharegpt --request-rate 4', [4, undefined, undefined, undefined]],
    ['echo vllm bench serve --random-input-len 5 --request-rate 4', [undefined, undefined, undefined, undefined]],
    ['vllm bench serve --random-input-len $ISL --random-output-len 10', [undefined, undefined, undefined, 10]],
  ])('is that of %s', (command, load) => {
    expect(loadOf(`${server}${command}\n`)).toEqual(load);
  });

  test('stands where the flag is written', () => {
    const text = `${server}vllm bench serve --input-len 512 --output-len 64 --request-rate 2 --goodput ttft:1500 tpot:40\n`;
    const [job] = jobsOf(text);
    const written = (field: JobField) => {
      const origin = job?.sources[field];
      return origin?.kind === 'key' ? text.slice(origin.value.start, origin.value.end) : undefined;
    };
    expect(fields.map(written)).toEqual(['2', undefined, '512', '64']);
    expect(job?.job['load.firstTokenLimit']).toBe(1.5);
    expect(job?.job['load.perTokenLimit']).toBe(0.04);
    expect(job?.result).toMatchObject({ estimate: { load: { rate: 2 } } });
  });

  test('goes to the server of the model that is asked', () => {
    const text = `${server}vllm serve /models/Llama-3.1-8B --port 8001 &\nvllm bench serve --model meta-llama/Llama-3.1-8B --input-len 9 --output-len 9 --request-rate 1\n`;
    expect(jobsOf(text).map(({ job }) => job['load.requestRate'])).toEqual([undefined, 1]);
  });

  test('is put together from the command that makes the data and the one that sends it', () => {
    const text = `python benchmarks/cpp/prepare_dataset.py --tokenizer x token-norm-dist --input-mean 1024 --output-mean 256 > data.txt
trtllm-bench --model meta-llama/Llama-3.1-8B throughput --dataset data.txt --concurrency 48 --tp 1
`;
    expect(loadOf(text)).toEqual([undefined, 48, 1024, 256]);
  });
});

describe('a server that the load does not fit', () => {
  const load = 'vllm bench serve --input-len 1000 --output-len 200 --max-concurrency 4';
  const lineOf = (command: string, commands = load): string => {
    const [job] = jobsOf(`${command} &\n${commands}\n`);
    return job ? summaryOf(job) : '';
  };

  test('tells no speed without room for a cache', () => {
    expect(lineOf('vllm serve deepseek-ai/DeepSeek-R1 --tensor-parallel-size 4')).toMatch(/does not fit$/);
  });

  test('tells no rate where not one request fits', () => {
    const small = 'vllm serve Qwen/Qwen3-8B --kv-cache-memory-bytes 100000000';
    expect(lineOf(small)).toMatch(/not one request of the load fits$/);
    expect(lineOf(small, load.replace('1000', '100'))).toMatch(/requests\/s.* sustained$/);
  });

  test('tells that no rate keeps limits that are too tight', () => {
    expect(lineOf('vllm serve Qwen/Qwen3-8B', `${load} --goodput ttft:1 tpot:0.1`)).toContain('no rate keeps the latency limits');
  });
});
