/** Pairs of a query and a key that one head looks at in a sequence of `length` tokens: all, the causal half, or a window. */
export function attendedPairs(length: number, causal: boolean, window?: number): number {
  if (window === undefined || window >= length) return causal ? (length * length) / 2 : length * length;
  // The first `window` positions see a triangle, the rest a full window (and as much ahead when it is not causal).
  return causal ? window * length - (window * window) / 2 : Math.min(length, 2 * window) * length;
}
