/** Words for what the timeline shows: the tooltip's rows and the sentence a screen reader hears. Pure. */
import { idleCauseLabels, idleCauses } from '../../server/src/core/schedules/idle-slots.ts';
import { forwardKind, type Simulation, transferKind } from '../../server/src/core/schedules/simulate.ts';
import { formatBytes, formatExactSeconds } from './format.ts';
import { spanBetween, type Target, tailLabels } from './layout.ts';
import { idleSlotsOf } from './timeline/analysis.ts';
import { bytesHeld, heldBytesOf } from './timeline/held-bytes.ts';
import { kindNames } from './timeline/kind-names.ts';

export interface Description {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}

/** Everything there is to say about a target. */
export function describe(simulation: Simulation, target: Target): Description {
  if (target.type === 'operation') return describeOperation(simulation, target.index);
  if (target.type === 'moment') return describeMoment(simulation, target.time, target.rank);
  const [title, start, end] =
    target.type === 'tail'
      ? [`${tailLabels[target.span.part]}, stage ${target.rank}`, target.span.start, target.span.end]
      : [`Waiting (bubble), stage ${target.rank}`, target.start, target.end];
  const causes = target.type === 'bubble' ? causesBetween(simulation, target.rank, start, end) : [];
  return { title, rows: [...causes, ...span(start, end), ['Memory', formatBytes(bytesHeld(heldBytesOf(simulation, target.rank), start))]] };
}

/** Finding the causes of more operations than this takes longer than a tooltip may. */
const mostForCauses = 200_000;

/** Why a rank waits, with the seconds of each cause where there are several. */
function causesBetween(simulation: Simulation, rank: number, start: number, end: number): readonly (readonly [string, string])[] {
  if (simulation.computeCount > mostForCauses) return [];
  const slots = idleSlotsOf(simulation);
  const { first, last } = spanBetween(slots, slots.offset[rank] ?? 0, slots.offset[rank + 1] ?? 0, { start, end, left: 0, width: 1 });
  const rows: (readonly [string, string])[] = [];
  for (let slot = first; slot < last; slot++) {
    const cause = idleCauses[slots.cause[slot] ?? 0];
    const seconds = (slots.end[slot] ?? 0) - (slots.start[slot] ?? 0);
    // A neighbouring slot may touch the gap by a rounding error.
    if (cause && seconds > (end - start) * 1e-6) rows.push([idleCauseLabels[cause], formatExactSeconds(seconds)]);
  }
  return rows;
}

/** Stages that a tooltip lists; more would not fit a window. */
const mostStages = 8;

function describeMoment(simulation: Simulation, time: number, chosen: number): Description {
  const others = Array.from({ length: Math.min(mostStages, simulation.request.stages) }, (_, rank) => rank);
  const ranks = others.includes(chosen) ? others : [chosen, ...others.slice(1)];
  return {
    title: `Memory at ${formatExactSeconds(time)}`,
    rows: ranks.map((rank) => [`Stage ${rank}`, formatBytes(bytesHeld(heldBytesOf(simulation, rank), time))]),
  };
}

function span(start: number, end: number): readonly (readonly [string, string])[] {
  return [
    ['Duration', formatExactSeconds(end - start)],
    ['Start', formatExactSeconds(start)],
    ['End', formatExactSeconds(end)],
  ];
}

function describeOperation(simulation: Simulation, index: number): Description {
  const rank = simulation.rank[index] ?? 0;
  const name = kindNames.get(simulation.kind[index] ?? forwardKind);
  const microBatch = simulation.microBatch[index] ?? 0;
  const chunk: readonly (readonly [string, string])[] =
    simulation.request.virtualStages > 1 ? [['Chunk (virtual stage)', String(simulation.chunk[index] ?? 0)]] : [];
  const start = simulation.start[index] ?? 0;
  const times = span(start, simulation.end[index] ?? 0);
  if (simulation.kind[index] === transferKind) {
    return { title: `Transfer of micro batch ${microBatch}, from stage ${rank}`, rows: [...chunk, ...times] };
  }
  return {
    title: `${name ?? 'Operation'} of micro batch ${microBatch}, stage ${rank}`,
    rows: [...chunk, ...times, ['Memory', formatBytes(simulation.heldBytes[index] ?? 0)]],
  };
}

/** The same as one sentence. */
export function sentence({ title, rows }: Description): string {
  return `${title}. ${rows.map(([label, value]) => `${label} ${value}`).join(', ')}.`;
}
