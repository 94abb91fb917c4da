/**
 * The cheapest mix of servers on different GPUs for a demand (Griggs et al. 2024, Mélange, arXiv 2404.14527): small requests are
 * cheap on small GPUs, long ones and tight latency limits need large ones. Each sort of request is shared out over the servers,
 * a server spends the share of its time that its requests take at the highest rate it sustains of them alone, and servers come whole:
 *
 *   minimize  sum_g price_g n_g
 *   with      sum_g x_gb = 1                                for each sort b of request
 *             sum_b x_gb rate_b / sustained_gb <= n_g       for each kind g of server, n_g whole
 *
 * Known to be wrong where sorts of requests on one server help or hinder each other: the sustained rates of the sorts are added as shares of time.
 */
import type { IntegerProgramme, LinearTerm, SolveProgramme } from './integer-programme.ts';

/** A server that may be rented: one engine replica with its GPUs. */
export interface ServerKind {
  readonly label: string;
  /** USD per hour of the whole server. */
  readonly pricePerHour: number;
  /** How many can be had; absent: any number. */
  readonly available?: number;
  /** Requests per second that one server sustains of each sort alone within the latency limits, in the order of the demand; 0: none. */
  readonly sustained: readonly number[];
}

/** Requests of one sort. */
export interface Demand {
  readonly label: string;
  /** Requests per second. */
  readonly rate: number;
}

export interface ServerShare {
  readonly kind: ServerKind;
  readonly count: number;
  /** Of each sort of request, the part that goes to these servers. */
  readonly shares: readonly number[];
  /** Share of the time that the servers are busy with them, 0 to 1. */
  readonly load: number;
}

export interface GpuMix {
  readonly servers: readonly ServerShare[];
  readonly pricePerHour: number;
}

export type MixResult = { readonly mix: GpuMix } | { readonly refused: string };

const countOf = (kind: number): string => `n${kind}`;
const shareOf = (kind: number, sort: number): string => `x${kind}_${sort}`;

/** The programme; a server that sustains nothing of a sort has no variable for it. */
export function mixProgramme(kinds: readonly ServerKind[], demands: readonly Demand[]): IntegerProgramme {
  const serves = (kind: ServerKind, sort: number): boolean => (kind.sustained[sort] ?? 0) > 0;
  const all = demands.map((_, sort) => ({
    terms: kinds.flatMap((kind, index): LinearTerm[] => (serves(kind, sort) ? [{ variable: shareOf(index, sort), factor: 1 }] : [])),
    relation: '=' as const,
    bound: 1,
  }));
  const enough = kinds.map((kind, index) => ({
    terms: [
      ...demands.flatMap(({ rate }, sort): LinearTerm[] =>
        serves(kind, sort) ? [{ variable: shareOf(index, sort), factor: rate / (kind.sustained[sort] ?? 0) }] : [],
      ),
      { variable: countOf(index), factor: -1 },
    ],
    relation: '<=' as const,
    bound: 0,
  }));
  return {
    minimize: kinds.map((kind, index) => ({ variable: countOf(index), factor: kind.pricePerHour })),
    rows: [...all, ...enough],
    most: new Map(kinds.flatMap(({ available }, index) => (available === undefined ? [] : [[countOf(index), available] as const]))),
    integers: kinds.map((_, index) => countOf(index)),
  };
}

/** Solves for the cheapest mix. Refuses, in words, demands that no server can meet. */
export async function cheapestMix(kinds: readonly ServerKind[], demands: readonly Demand[], solve: SolveProgramme): Promise<MixResult> {
  const unmet = demands.find((_, sort) => !kinds.some(({ sustained }) => (sustained[sort] ?? 0) > 0));
  if (unmet) return { refused: `no server meets the latency limits for ${unmet.label}` };
  const solution = await solve(mixProgramme(kinds, demands));
  if ('refused' in solution) return solution;
  const value = (variable: string): number => solution.values.get(variable) ?? 0;
  const servers = kinds.flatMap((kind, index): ServerShare[] => {
    const count = Math.round(value(countOf(index)));
    if (count === 0) return [];
    const shares = demands.map((_, sort) => value(shareOf(index, sort)));
    const busy = demands.reduce((sum, { rate }, sort) => sum + busyTime(rate * (shares[sort] ?? 0), kind.sustained[sort] ?? 0), 0);
    return [{ kind, count, shares, load: busy / count }];
  });
  return { mix: { servers, pricePerHour: servers.reduce((sum, { kind, count }) => sum + kind.pricePerHour * count, 0) } };
}

/** The mix of one kind alone, or undefined when it cannot meet the demand. */
export function aloneMix(kind: ServerKind, demands: readonly Demand[]): GpuMix | undefined {
  const busy = demands.reduce((sum, { rate }, sort) => sum + busyTime(rate, kind.sustained[sort] ?? 0), 0);
  // Rounding of the sum must not buy a server that does nothing.
  const count = Math.ceil(busy - 1e-9);
  if (!Number.isFinite(busy) || count > (kind.available ?? Number.POSITIVE_INFINITY)) return undefined;
  const servers = count === 0 ? [] : [{ kind, count, shares: demands.map(() => 1), load: busy / count }];
  return { servers, pricePerHour: kind.pricePerHour * count };
}

/** Servers kept busy by a rate; infinitely many when none of it can be served. */
function busyTime(rate: number, sustained: number): number {
  return rate === 0 ? 0 : rate / sustained;
}
