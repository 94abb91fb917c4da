/** Whole waves of output tiles on a chip: what a product costs when the library cuts it so. */

/** Rows and columns of the output tiles that libraries use. */
export const tileShapes = [
  [256, 128],
  [128, 256],
  [128, 128],
  [128, 64],
  [64, 128],
  [64, 64],
  [16, 128],
] as const;

/** Seconds of the products of all waves, `groups` equal products sharing the chip. */
export function wavesTime(tile: readonly [number, number], groups: number, m: number, n: number, k: number, peak: number, units: number) {
  const tiles = groups * Math.ceil(m / tile[0]) * Math.ceil(n / tile[1]);
  return (2 * Math.ceil(tiles / units) * units * tile[0] * tile[1] * k) / peak;
}

/** The same without rounding up the last wave. */
export function tilesTime(tile: readonly [number, number], groups: number, m: number, n: number, k: number, peak: number) {
  return (2 * groups * Math.ceil(m / tile[0]) * Math.ceil(n / tile[1]) * tile[0] * tile[1] * k) / peak;
}
