/** How layers are dealt out to pipeline ranks and their chunks. */

export interface EndStages {
  /** Layers of the first and of the last rank where they are told apart from the rest. */
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** The embedding (the head with the loss) takes the place of a layer, on the first (last) chunk of all. */
  readonly embedding?: boolean;
  readonly loss?: boolean;
}

/**
 * Spreads layers over ranks and chunks the way Megatron-LM does: evenly, the first and last rank as told, embedding and
 * loss in the place of a layer where they count as one (`get_num_layers_to_build` of
 * megatron/core/transformer/transformer_block.py), the rest getting one more from the front when it does not divide
 * (torchtitan) so that the sum is always `layers`.
 */
export function spreadLayers(
  layers: number,
  pipeline: number,
  virtualStages: number,
  { first, last, embedding = false, loss = false }: EndStages = {},
): readonly (readonly number[])[] {
  const fixedFirst = pipeline > 1 ? first : undefined;
  const fixedLast = pipeline > 1 ? last : undefined;
  const ends = pipeline > 1 ? Number(embedding) + Number(loss) : 0;
  const free = pipeline - (fixedFirst === undefined ? 0 : 1) - (fixedLast === undefined ? 0 : 1);
  const rest = Math.max(0, layers + ends - (fixedFirst ?? 0) - (fixedLast ?? 0));
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
  if (ends > 0) takeEnds(grid, embedding, loss);
  return grid;
}

/** Takes one layer off the first and the last chunk of all, as far as there is one to take. */
function takeEnds(grid: number[][], embedding: boolean, loss: boolean): void {
  const first = grid[0];
  const last = grid.at(-1);
  if (embedding && first) first[0] = Math.max(0, (first[0] ?? 0) - 1);
  if (loss && last) last[last.length - 1] = Math.max(0, (last.at(-1) ?? 0) - 1);
}
