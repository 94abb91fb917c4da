/** Arrows between an operation and what it waited for and what waited for it. Pure. */

import { laneOf } from '../../../server/src/core/schedules/operation-kind.ts';
import { dependenciesOf, type OperationLinks } from '../../../server/src/core/schedules/operation-links.ts';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import type { Rows } from '../layout.ts';

/** In seconds across and CSS pixels down. */
export interface Arrow {
  readonly fromTime: number;
  readonly fromY: number;
  readonly toTime: number;
  readonly toY: number;
}

/** The middle of the bar or lane that an operation is drawn in. */
export function middleOf({ rank, kind }: Pick<Simulation, 'rank' | 'kind'>, rows: Rows, index: number): number {
  const top = rows.top + (rank[index] ?? 0) * rows.pitch;
  const inLane = rows.lane > 0 && laneOf(kind[index] ?? 0) !== 'compute';
  return inLane ? top + rows.bar + rows.lane / 2 : top + rows.bar / 2;
}

/** The arrows of one operation; from the end of what came first to the start of what came after. */
export function arrowsOf(simulation: Simulation, links: OperationLinks, rows: Rows, index: number): readonly Arrow[] {
  const { waitedFor, waitedBy } = dependenciesOf(simulation, links, index);
  const arrow = (from: number, to: number): Arrow => ({
    fromTime: simulation.end[from] ?? 0,
    fromY: middleOf(simulation, rows, from),
    toTime: simulation.start[to] ?? 0,
    toY: middleOf(simulation, rows, to),
  });
  return [...waitedFor.map((from) => arrow(from, index)), ...waitedBy.map((to) => arrow(index, to))];
}
