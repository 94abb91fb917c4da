/** What lens and report say of a load lies within what `rooflint simulate` shows of it, for rates and for clients that wait. */
import { beforeAll, describe, expect, test } from 'vitest';
import { simulateJob } from '../../server/src/cli/simulate-run.ts';
import { withLoadOf } from '../../server/src/cli/simulated-load.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { loadParsers } from '../syntax/helpers.ts';

beforeAll(loadParsers);

interface Load {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly requestRate?: number;
  readonly concurrency?: number;
}

const model = 'meta-llama/Llama-3.1-8B-Instruct';
const servers: readonly (readonly [string, readonly number[]])[] = [
  [`vllm serve ${model} --max-model-len 16384`, [0.2, 0.5, 0.8]],
  [`vllm serve ${model} --max-model-len 16384 --max-num-batched-tokens 512 --max-num-seqs 48`, [0.2, 0.5, 0.8]],
  // The batches of stages grow unequal, which a mean does not see.
  [`vllm serve ${model} --max-model-len 16384 --pipeline-parallel-size 2`, [0.2]],
  [`python3 -m sglang.launch_server --model-path ${model} --context-length 16384`, [0.2, 0.5, 0.8]],
  [`trtllm-serve ${model} --max_seq_len 16384`, [0.2, 0.5, 0.8]],
];
const lengths = [
  { inputTokens: 512, outputTokens: 128 },
  { inputTokens: 4000, outputTokens: 64 },
] as const;

function analysed(command: string, { concurrency, requestRate, inputTokens, outputTokens }: Load) {
  const client = `vllm bench serve --random-input-len ${inputTokens} --random-output-len ${outputTokens}`;
  const limited = concurrency === undefined ? '' : `${client} --max-concurrency ${concurrency}\n`;
  const load = requestRate === undefined ? {} : { load: { requestRate, inputTokens, outputTokens } };
  const files = { read: () => ({ error: 'no such file' }), resolve: () => undefined };
  const engine = createEngine({ files, settings: () => ({ gpu: 'nvidia-h100-sxm-80gb', ...load }) });
  const [job] = engine.analyse('file:///w/a.sh', `${command}\n${limited}`, 1).jobs;
  if (!job || !('estimate' in job.result) || job.result.estimate.kind !== 'serving') throw new Error('no estimate');
  const { load: told } = job.result.estimate;
  if (!told) throw new Error('no load');
  return { job, told };
}

const options = { routing: 'least-requests', speed: 1, burst: 2, job: 1, seed: 1 } as const;

function holds(command: string, load: Load): void {
  const { job, told } = analysed(command, load);
  const io = { folder: '/', out: () => undefined, err: () => undefined } as unknown as Parameters<typeof simulateJob>[3];
  const { fast, slow } = simulateJob('a.sh', job, withLoadOf(job.job, options), io);
  for (const [value, low, high] of [
    [told.timeToFirstToken?.value, fast.ttft.mean, slow.ttft.mean],
    [told.timePerToken?.value, fast.tpot.mean, slow.tpot.mean],
  ] as const) {
    expect(value).toBeGreaterThanOrEqual(low);
    expect(value).toBeLessThanOrEqual(high);
  }
}

describe.each(servers)('%s', (command, parts) => {
  test.each(lengths.flatMap((length) => [1, 8, 64, 300].map((concurrency) => ({ ...length, concurrency }))))(
    '$concurrency under way, $inputTokens + $outputTokens tokens',
    (load) => holds(command, load),
  );

  test.each(lengths.flatMap((length) => parts.map((part) => ({ ...length, part }))))(
    '$part of the sustained rate, $inputTokens + $outputTokens tokens',
    ({ part, ...length }) => {
      const { told } = analysed(command, { ...length, requestRate: 0.01 });
      holds(command, { ...length, requestRate: part * told.sustainedRate.value });
    },
  );
});
