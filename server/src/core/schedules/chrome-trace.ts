/**
 * A simulation as Chrome trace events, for chrome://tracing and Perfetto. One process per pipeline rank with a thread
 * for computation and one for transfers; "X" events with times in microseconds, and a counter of the bytes held.
 *
 * Source: "Trace Event Format", Google, sections "Complete Events", "Counter Events" and "Metadata Events".
 */
import type { Seconds } from '../units.ts';
import {
  backwardInputKind,
  backwardKind,
  backwardWeightKind,
  forwardKind,
  gradientReductionKind,
  laneOf,
  optimizerKind,
  parameterGatherKind,
  transferKind,
} from './operation-kind.ts';
import type { Simulation } from './simulate.ts';

export interface ChromeTraceEvent {
  readonly name: string;
  readonly ph: 'X' | 'C' | 'M';
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts?: number;
  /** Microseconds. */
  readonly dur?: number;
  readonly cat?: string;
  readonly args: { readonly [key: string]: number | string };
}

/** What tells a reader that the trace is a prediction, and of whom. */
export const predictionMark = { producer: 'Rooflint', content: 'predicted training step' } as const;

export interface ChromeTrace {
  readonly otherData: typeof predictionMark;
  readonly traceEvents: readonly ChromeTraceEvent[];
  readonly displayTimeUnit: 'ms';
}

const names = new Map<number, string>([
  [forwardKind, 'Forward'],
  [backwardKind, 'Backward'],
  [transferKind, 'Transfer'],
  [backwardInputKind, 'Input gradient'],
  [backwardWeightKind, 'Weight gradient'],
  [gradientReductionKind, 'Gradient reduction'],
  [optimizerKind, 'Optimizer'],
  [parameterGatherKind, 'Parameter gather'],
]);

const microseconds = (seconds: Seconds): number => seconds * 1e6;
const threads = { compute: 0, transfer: 1, collective: 2 } as const;
const threadNames = [
  ['compute', 'Computation'],
  ['transfer', 'Transfers'],
  ['collective', 'Collectives'],
] as const;

/** The trace of a simulation; `JSON.stringify` of it is a file the viewers open. */
export function chromeTrace(simulation: Simulation): ChromeTrace {
  const traceEvents: ChromeTraceEvent[] = [];
  const { stages } = simulation.request;
  for (let rank = 0; rank < stages; rank++) {
    traceEvents.push({ name: 'process_name', ph: 'M', pid: rank, tid: 0, args: { name: `Pipeline rank ${rank}` } });
    for (const [lane, name] of threadNames) {
      traceEvents.push({ name: 'thread_name', ph: 'M', pid: rank, tid: threads[lane], args: { name } });
    }
  }
  for (let index = 0; index < simulation.count; index++) traceEvents.push(operationEvent(simulation, index));
  for (let rank = 0; rank < stages; rank++) {
    for (const { time, bytes } of simulation.memory[rank] ?? []) {
      traceEvents.push({ name: 'Memory', ph: 'C', pid: rank, tid: 0, ts: microseconds(time), args: { bytes } });
    }
  }
  return { otherData: predictionMark, traceEvents, displayTimeUnit: 'ms' };
}

function operationEvent(simulation: Simulation, index: number): ChromeTraceEvent {
  const kind = simulation.kind[index] ?? forwardKind;
  const microBatch = simulation.microBatch[index] ?? 0;
  const start = simulation.start[index] ?? 0;
  const name = names.get(kind) ?? 'Operation';
  const ofTail = index >= (simulation.tailOffset[0] ?? 0);
  return {
    name: ofTail ? name : `${name} ${microBatch}`,
    ph: 'X',
    pid: simulation.rank[index] ?? 0,
    tid: threads[laneOf(kind)],
    ts: microseconds(start),
    dur: microseconds((simulation.end[index] ?? start) - start),
    cat: ofTail ? 'tail' : name.toLowerCase(),
    args: ofTail ? {} : { microBatch, chunk: simulation.chunk[index] ?? 0 },
  };
}
