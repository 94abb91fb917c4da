/**
 * Learned times of products as a table: how many times as long as the curve of `gemm.ts` a product takes, at sizes that are powers
 * of two. The learned models fill it (server/src/predictor/product-table.ts, scripts/generate-learned.mjs); here it is only read, between
 * its points linearly in the logarithms of sizes, and beyond its ends as at them.
 */

/** Sizes of the table: powers of two from the first to the last exponent. */
export interface LearnedAxis {
  readonly first: number;
  readonly last: number;
}

/** Ratios of one device in 16-bit formats, the last axis running fastest. */
export interface LearnedProducts {
  readonly m: LearnedAxis;
  readonly n: LearnedAxis;
  readonly k: LearnedAxis;
  readonly ratios: readonly number[];
}

const points = ({ first, last }: LearnedAxis): number => last - first + 1;

/** The place of a size on an axis: the point below it, and how far it is from there to the next. */
function placeOn({ first, last }: LearnedAxis, size: number): { at: number; rest: number } {
  const exact = Math.min(last, Math.max(first, Math.log2(Math.max(1, size)))) - first;
  const at = Math.min(last - first - 1, Math.floor(exact));
  return { at, rest: exact - at };
}

/** How many times as long as the curve the product takes. */
export function learnedRatio({ m, n, k, ratios }: LearnedProducts, rows: number, columns: number, depth: number): number {
  const [a, b, c] = [placeOn(m, rows), placeOn(n, columns), placeOn(k, depth)];
  const [acrossN, acrossK] = [points(n), points(k)];
  let sum = 0;
  for (let corner = 0; corner < 8; corner++) {
    const [x, y, z] = [corner & 1, (corner >> 1) & 1, corner >> 2];
    const weight = (x ? a.rest : 1 - a.rest) * (y ? b.rest : 1 - b.rest) * (z ? c.rest : 1 - c.rest);
    if (weight > 0) sum += weight * (ratios[((a.at + x) * acrossN + b.at + y) * acrossK + c.at + z] ?? 1);
  }
  return sum;
}
