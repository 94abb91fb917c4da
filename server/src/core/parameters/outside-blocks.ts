/**
 * Parameters that stand outside the layers of a model: patch embeddings, positions, projectors, attention pooling
 * (Dosovitskiy et al. 2021, arXiv 2010.11929; Liu et al. 2023, arXiv 2304.08485). All counts are elements.
 */

/** A product from `input` to `output` channels. */
export function linearParameters(input: number, output: number, bias: boolean): number {
  return input * output + (bias ? output : 0);
}

/** Products one after the other through these widths: [1024, 4096, 4096] is two of them. */
export function chainParameters(widths: readonly number[], bias: boolean): number {
  let sum = 0;
  for (let index = 1; index < widths.length; index++) sum += linearParameters(widths[index - 1] ?? 0, widths[index] ?? 0, bias);
  return sum;
}

/** Cuts an image (or `frames` of a film) into squares of `patch` pixels and projects each to `hidden`. */
export function patchParameters(hidden: number, patch: number, channels: number, frames: number, bias: boolean): number {
  return linearParameters(channels * frames * patch * patch, hidden, bias);
}

/** Squares of `patch` pixels in an image of `image` pixels a side. */
export function patchCount(image: number, patch: number): number {
  return Math.floor(image / patch) ** 2;
}

/** A convolution over time from `input` to `output` channels. */
export function convolutionParameters(input: number, output: number, kernel: number, bias: boolean): number {
  return linearParameters(input * kernel, output, bias);
}

/** Attention pooling with a learned probe, as in SigLIP: attention, norm and MLP with biases (Zhai et al. 2023, arXiv 2303.15343). */
export function poolingParameters(hidden: number, ffn: number): number {
  return (
    hidden +
    linearParameters(hidden, 3 * hidden, true) +
    linearParameters(hidden, hidden, true) +
    2 * hidden +
    chainParameters([hidden, ffn, hidden], true)
  );
}
