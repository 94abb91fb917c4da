/**
 * The longest context vLLM accepts for a model.
 *
 *   limit = positions                                   without rope scaling, or with types already counted in `positions`
 *   limit = positions x factor                          with any other type
 *   limit = original positions x factor                 with yarn
 *
 * Source: vllm/config/model.py, `_get_and_verify_max_len` (read at commit 0052a5b8). Assumes `positions` is the smallest
 * of the length keys in config.json, as vLLM takes it.
 */
import { isCount } from './numbers.ts';

/** Types whose scaling is part of `max_position_embeddings` already. */
const counted = new Set(['su', 'longrope', 'llama3', 'default']);

/** Tokens, or undefined when it cannot be told. */
export function contextLimit(model: {
  readonly positions: number;
  readonly modelType: string | undefined;
  readonly scaling: string | undefined;
  readonly factor: number | undefined;
  readonly original: number | undefined;
}): number | undefined {
  const { positions, scaling, factor } = model;
  if (!isCount(positions)) return undefined;
  if (scaling === undefined || counted.has(scaling) || model.modelType?.includes('gemma3')) return positions;
  if (factor === undefined || !(factor > 0)) return undefined;
  if (scaling !== 'yarn') return Math.floor(positions * factor);
  return isCount(model.original) ? Math.floor(model.original * factor) : undefined;
}
