/**
 * MaxText's scripts for TPU pods as rows: the tables name only the parameters, the scripts (configs/tpu/*) say the rest.
 * A model of scale 2^k multiplies the sizes of base.yml by powers of two (MaxText pyconfig.py, get_individual_scales).
 */
import type { CaseInput } from './row.ts';

/** Sequences per chip, tensor parallelism and recomputation of each script, by chip and billions of parameters. */
const scripts: Readonly<Record<string, readonly [micro: number, tensor: number, recompute: string]>> = {
  'v5e 16': [6, 1, 'full'],
  'v5e 32': [4, 1, 'full'],
  'v5e 64': [2, 1, 'full'],
  'v5e 128': [1, 16, 'full'],
  'v5p 32': [7, 4, 'selective'],
  'v5p 64': [3, 4, 'selective'],
  'v5p 128': [1, 8, 'selective'],
  'v5p 256': [1, 8, 'selective'],
  'v5p 512': [2, 8, 'full'],
  'v5p 1024': [2, 8, 'full'],
};

/** The row with what its script says; the row itself when it is not one of these. */
export function withMaxTextScript(input: CaseInput): CaseInput {
  const scale = /^MaxText (\d+)B$/.exec(input.model?.name ?? '')?.[1];
  const chip = /tpu (v5e|v5p)/i.exec(input.hardware?.gpu ?? '')?.[1]?.toLowerCase();
  const script = scripts[`${chip} ${scale}`];
  if (scale === undefined || script === undefined || input.model?.layers !== undefined) return input;
  const [micro, tensor, recompute] = script;
  const power = Math.floor(Math.log2(Number(scale)));
  const [whole, rest] = [Math.floor(power / 3), power % 3];
  const wide = 2 ** (whole + (rest > 0 ? 1 : 0));
  const heads = 16 * wide;
  const chips = input.hardware?.gpus ?? 1;
  const shape = {
    layers: 16 * 2 ** whole,
    hidden: 2048 * 2 ** (whole + (rest > 1 ? 1 : 0)),
    heads,
    kv_heads: heads,
    head_dim: 128,
    ffn: 7168 * wide,
    vocab: 32000,
    gated_mlp: true,
    tied_embeddings: false,
    seq: 2048,
  };
  return {
    ...input,
    model: { ...input.model, ...shape },
    parallel: { tp: tensor, pp: 1, dp: chips / tensor, zero: 3, fsdp: 'FSDP of jax', ...input.parallel },
    // per_device_batch_size counts every chip, also those that share a sequence by tensor parallelism.
    batch: { micro: micro * tensor, global: micro * chips, ...input.batch },
    numerics: { compute: 'bf16', param: 'fp32 shards', ...input.numerics },
    recompute: input.recompute ?? recompute,
    compile: true,
  };
}
