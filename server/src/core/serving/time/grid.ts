/**
 * A function of a count of tokens that is asked for millions of times: worked out once on a grid of eight nodes for every
 * doubling, and by straight lines between them. Counts below 16 are nodes themselves.
 */

/** Longer steps take no longer: none is that long. */
const mostTokens = 2 ** 29;
const mostNodes = 8 * 28;

function tokensAt(node: number): number {
  const shift = Math.max(0, (node >> 3) - 1);
  return (node - 8 * shift) * 2 ** shift;
}

/** `of` never falls from node to node: more tokens do not take less time, whatever kernel a library would pick. */
export function onGrid(of: (tokens: number) => number): (tokens: number) => number {
  const values = new Float64Array(mostNodes);
  let filled = 1;
  const fill = (to: number) => {
    for (; filled <= to; filled++) values[filled] = Math.max(values[filled - 1] as number, of(tokensAt(filled)));
  };
  return (tokens) => {
    if (!(tokens > 0)) return 0;
    const count = tokens < 1 ? 1 : Math.min(tokens, mostTokens);
    const shift = Math.max(0, 28 - Math.clz32(count));
    const cell = count >> shift;
    const node = 8 * shift + cell;
    if (node >= filled - 1) fill(node + 1);
    const low = values[node] as number;
    return low + (((values[node + 1] as number) - low) * (count - (cell << shift))) / (1 << shift);
  };
}
