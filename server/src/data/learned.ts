/**
 * Learned times of 16-bit products by accelerator, as tables that the core reads (core/compute/learned.ts). Written by
 * scripts/generate-learned.mjs from the model in server/src/predictor/models, for the devices it names and why.
 */
import type { LearnedProducts } from '../core/compute/learned.ts';
import type { Accelerator } from '../core/hardware.ts';
import tables from './learned-products.json' with { type: 'json' };

const byId: Readonly<Record<string, readonly number[]>> = tables.ratios;

/** The table of an accelerator, or undefined where its analytic curve agrees better with published runs. */
export function learnedProducts({ id }: Accelerator): LearnedProducts | undefined {
  const ratios = byId[id];
  return ratios && { m: tables.m, n: tables.n, k: tables.k, ratios };
}
