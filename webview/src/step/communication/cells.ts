/** The pairs of GPUs as cells of a heat map, and the words for one of them. Pure. */
import type { PairTraffic, RankPlace, Traffic, TrafficKind } from '../../../../server/src/core/profile/traffic.ts';
import type { Description } from '../../describe.ts';
import { formatBytes } from '../../format.ts';

export interface Cell {
  readonly row: number;
  readonly column: number;
  /** Bytes per step of the kinds that are looked at. */
  readonly bytes: number;
  /** From 0 for the least that is sent to 1 for the most, by orders of magnitude. */
  readonly heat: number;
}

/** What is looked at: one kind of traffic, or all of them. */
export type Chosen = TrafficKind | 'all';

const bytesOf = (cell: PairTraffic['bytes'][number][number], chosen: Chosen): number =>
  chosen === 'all' ? Object.values(cell).reduce((sum, bytes) => sum + bytes, 0) : (cell[chosen] ?? 0);

/** Pairs that send anything, with their heat. */
export function cellsOf({ bytes }: PairTraffic, chosen: Chosen): readonly Cell[] {
  const sent = bytes
    .flatMap((line, row) => line.map((cell, column) => ({ row, column, bytes: bytesOf(cell, chosen) })))
    .filter((cell) => cell.bytes > 0);
  const amounts = sent.map((cell) => cell.bytes);
  const [least, most] = [Math.min(...amounts), Math.max(...amounts)];
  const range = Math.log(most / least);
  return sent.map((cell) => ({ ...cell, heat: range > 0 ? Math.log(cell.bytes / least) / range : 1 }));
}

/** Places between ranks at which another node begins. */
export function nodeEdges({ ranks }: PairTraffic): readonly number[] {
  return ranks.flatMap(({ node }, index) => (index > 0 && ranks[index - 1]?.node !== node ? [index] : []));
}

/** "GPU 8 (TP 0, DP 1, PP 0), node 1"; groups of one are not named. */
export function placeText({ rank, node, tensor, context, data, pipeline }: RankPlace, { groups }: Traffic): string {
  const has = (id: TrafficKind): boolean => groups.some(({ cost }) => cost.id === id);
  const parts = [
    ...(has('tensor') ? [`TP ${tensor}`] : []),
    ...(has('context') ? [`CP ${context}`] : []),
    ...(has('data') || has('zero-gather') || has('expert') ? [`DP ${data}`] : []),
    ...(has('pipeline') ? [`PP ${pipeline}`] : []),
  ];
  return `GPU ${rank}${parts.length > 0 ? ` (${parts.join(', ')})` : ''}, node ${node}`;
}

/** What a pair sends, kind by kind. */
export function describePair(traffic: Traffic, row: number, column: number): Description | undefined {
  const { pairs, groups } = traffic;
  const [from, to] = [pairs.ranks[row], pairs.ranks[column]];
  if (!from || !to) return undefined;
  const cell = pairs.bytes[row]?.[column] ?? {};
  const rows = groups.flatMap(({ cost }): readonly (readonly [string, string])[] => {
    const bytes = cell[cost.id];
    return bytes === undefined ? [] : [[cost.label, formatBytes(bytes)]];
  });
  const way = from.node === to.node ? 'inside the node' : 'across nodes';
  return {
    title: `${placeText(from, traffic)} to ${placeText(to, traffic)}`,
    rows: rows.length > 0 ? [...rows, ['Way', way]] : [['Sent per step', 'nothing']],
  };
}
