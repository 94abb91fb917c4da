/** What each stage does in a stretch of time: seconds of forward, backward, communication that holds it up or is hidden, and waiting. Pure. */
import { forwardKind, type Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { computeSpan, tailSpans, transferSpan } from '../layout.ts';
import type { View } from '../time-scale.ts';

export interface StageSums {
  readonly rank: number;
  readonly forward: number;
  readonly backward: number;
  /** Optimizer step. */
  readonly optimizer: number;
  /** Communication during which the stage computes nothing: sends that block it, and the collectives after the pipeline. */
  readonly exposed: number;
  /** Sends that run beside the computation. */
  readonly hidden: number;
  readonly waiting: number;
}

export type SumName = Exclude<keyof StageSums, 'rank'>;

/** The columns in their order on the page. */
export const sumLabels: { readonly [name in SumName]: string } = {
  forward: 'Forward',
  backward: 'Backward',
  optimizer: 'Optimizer',
  exposed: 'Communication',
  waiting: 'Waiting',
  hidden: 'Hidden sends',
};

/** The sums of every stage over a stretch of the step. All but the hidden sends add up to its length. */
export function sumRange(simulation: Simulation, range: View): readonly StageSums[] {
  const sums: StageSums[] = [];
  for (let rank = 0; rank < simulation.request.stages; rank++) sums.push(sumStage(simulation, range, rank));
  return sums;
}

function sumStage(simulation: Simulation, { start, end }: View, rank: number): StageSums {
  const scale = { start, end, left: 0, width: 1 };
  const overlap = (from: number, to: number): number => Math.max(0, Math.min(end, to) - Math.max(start, from));
  let [forward, backward, sent] = [0, 0, 0];
  const computed = computeSpan(simulation, rank, scale);
  for (let index = computed.first; index < computed.last; index++) {
    const seconds = overlap(simulation.start[index] ?? 0, simulation.end[index] ?? 0);
    if (simulation.kind[index] === forwardKind) forward += seconds;
    else backward += seconds;
  }
  const sending = transferSpan(simulation, rank, scale);
  for (let index = sending.first; index < sending.last; index++) sent += overlap(simulation.start[index] ?? 0, simulation.end[index] ?? 0);
  let [optimizer, collective] = [0, 0];
  for (const part of tailSpans(simulation)) {
    const seconds = overlap(part.start, part.end);
    if (part.part === 'optimizer') optimizer += seconds;
    else collective += seconds;
  }
  const { transferOverlapped } = simulation.request;
  const exposed = collective + (transferOverlapped ? 0 : sent);
  const inStep = overlap(0, simulation.stepSeconds);
  const waiting = Math.max(0, inStep - forward - backward - optimizer - exposed);
  return { rank, forward, backward, optimizer, exposed, hidden: transferOverlapped ? sent : 0, waiting };
}

/** The mean over stages. */
export function meanOf(sums: readonly StageSums[]): StageSums {
  const mean = (name: SumName): number => sums.reduce((total, stage) => total + stage[name], 0) / Math.max(1, sums.length);
  return {
    rank: -1,
    forward: mean('forward'),
    backward: mean('backward'),
    optimizer: mean('optimizer'),
    exposed: mean('exposed'),
    hidden: mean('hidden'),
    waiting: mean('waiting'),
  };
}
