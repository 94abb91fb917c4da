/** How layers are dealt out to pipeline ranks and their chunks. */

/**
 * Spreads layers over ranks and chunks the way Megatron-LM does: evenly, the first and last rank as told, the rest
 * getting one more from the front when it does not divide (torchtitan) so that the sum is always `layers`.
 */
export function spreadLayers(
  layers: number,
  pipeline: number,
  virtualStages: number,
  first: number | undefined,
  last: number | undefined,
): readonly (readonly number[])[] {
  const fixedFirst = pipeline > 1 ? first : undefined;
  const fixedLast = pipeline > 1 ? last : undefined;
  const free = pipeline - (fixedFirst === undefined ? 0 : 1) - (fixedLast === undefined ? 0 : 1);
  const rest = Math.max(0, layers - (fixedFirst ?? 0) - (fixedLast ?? 0));
  const slots = Math.max(1, free * virtualStages);
  const base = Math.floor(rest / slots);
  let extra = rest - base * slots;
  const grid: number[][] = Array.from({ length: pipeline }, () => new Array<number>(virtualStages).fill(0));
  for (let chunk = 0; chunk < virtualStages; chunk++) {
    for (let rank = 0; rank < pipeline; rank++) {
      const row = grid[rank] as number[];
      const fixed = rank === 0 ? fixedFirst : rank === pipeline - 1 ? fixedLast : undefined;
      if (fixed !== undefined) row[chunk] = Math.floor(fixed / virtualStages) + (chunk < fixed % virtualStages ? 1 : 0);
      else {
        row[chunk] = base + (extra > 0 ? 1 : 0);
        if (extra > 0) extra--;
      }
    }
  }
  return grid;
}
