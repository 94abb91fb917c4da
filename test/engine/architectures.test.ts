/** What scripts of sparse, latent and hybrid models come to: published totals of parameters, counted from the flags alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { engineOver, launch, loadParsers } from './support.ts';

beforeAll(loadParsers);

const samples = join(import.meta.dirname, '../samples/megatron-lm');
const sample = (name: string): string => readFileSync(join(samples, name), 'utf8');

function parametersOf(text: string): number {
  const { result } = engineOver().engine.analyse('file:///w/train.sh', text, 1).jobs[0] ?? {};
  if (result === undefined || !('estimate' in result)) throw new Error(result?.refusal.why ?? 'no job was read');
  return result.estimate.parameters.value;
}

const mixtral = `torchrun --nproc_per_node 8 --nnodes 2 pretrain_gpt.py --num-layers 32 --hidden-size 4096 --ffn-hidden-size 14336 \\
  --num-attention-heads 32 --group-query-attention --num-query-groups 8 --swiglu --normalization RMSNorm --disable-bias-linear \\
  --position-embedding-type rope --untie-embeddings-and-output-weights --vocab-size 32000 --num-experts 8 --moe-router-topk 2 \\
  --expert-model-parallel-size 8 --seq-length 4096 --max-position-embeddings 32768 --micro-batch-size 1 --global-batch-size 256 --bf16
`;

describe('parameters', () => {
  test.each([
    [
      '671 B without the prediction layer',
      () =>
        sample('core_v0.19/moe-mla-671b.sh')
          .replace(/.*--mtp-num-layers.*\n/, '')
          .replace(',m|L', '|L'),
      671.03e9,
    ],
    ['20.9 B with windows and sinks', () => sample('core_v0.19/windows-sinks.sh'), 20.91e9],
    ['46.7 B of eight experts', () => mixtral, 46.7e9],
  ])('%s', (_name, text, published) => {
    expect(Math.abs(parametersOf(text()) / published - 1)).toBeLessThan(0.002);
  });

  test('more ranks of experts divide memory, not the model', () => {
    const of = (expert: number) => launch(`--num-experts 16 --disable-bias-linear --expert-model-parallel-size ${expert}`);
    expect(parametersOf(of(8))).toBe(parametersOf(of(1)));
  });

  test('a list of layers in a mere list of arguments is read whole', () => {
    const text = `MODEL_ARGS="--num-layers 10 --hidden-size 64 --num-attention-heads 4 --num-experts 4 --moe-layer-freq ([1]*3+[0]*2)*2"\n`;
    const [job] = engineOver().engine.analyse('file:///w/args.sh', text, 1).jobs;
    expect(job?.job['model.ffnPattern']).toBe('EEE--EEE--');
  });
});
