/**
 * A simulation as Chrome trace events, for chrome://tracing and Perfetto. One process per pipeline rank with a thread
 * for computation and one for transfers; "X" events with times in microseconds, and a counter of the bytes held.
 *
 * Source: "Trace Event Format", Google, sections "Complete Events", "Counter Events" and "Metadata Events".
 */
import type { Seconds } from '../units.ts';
import { backwardInputKind, backwardKind, backwardWeightKind, forwardKind, type Simulation, transferKind } from './simulate.ts';

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

export interface ChromeTrace {
  readonly traceEvents: readonly ChromeTraceEvent[];
  readonly displayTimeUnit: 'ms';
}

const names = new Map<number, string>([
  [forwardKind, 'Forward'],
  [backwardKind, 'Backward'],
  [transferKind, 'Transfer'],
  [backwardInputKind, 'Input gradient'],
  [backwardWeightKind, 'Weight gradient'],
]);

const microseconds = (seconds: Seconds): number => seconds * 1e6;
const computeThread = 0;
const transferThread = 1;

/** The trace of a simulation; `JSON.stringify` of it is a file the viewers open. */
export function chromeTrace(simulation: Simulation): ChromeTrace {
  const traceEvents: ChromeTraceEvent[] = [];
  const { stages } = simulation.request;
  for (let rank = 0; rank < stages; rank++) {
    traceEvents.push(
      { name: 'process_name', ph: 'M', pid: rank, tid: computeThread, args: { name: `Pipeline rank ${rank}` } },
      { name: 'thread_name', ph: 'M', pid: rank, tid: computeThread, args: { name: 'Computation' } },
      { name: 'thread_name', ph: 'M', pid: rank, tid: transferThread, args: { name: 'Transfers' } },
    );
  }
  for (let index = 0; index < simulation.count; index++) traceEvents.push(operationEvent(simulation, index));
  for (let rank = 0; rank < stages; rank++) {
    for (const { time, bytes } of simulation.memory[rank] ?? []) {
      traceEvents.push({ name: 'Memory', ph: 'C', pid: rank, tid: computeThread, ts: microseconds(time), args: { bytes } });
    }
    traceEvents.push(...tailEvents(simulation, rank));
  }
  return { traceEvents, displayTimeUnit: 'ms' };
}

function operationEvent(simulation: Simulation, index: number): ChromeTraceEvent {
  const kind = simulation.kind[index] ?? forwardKind;
  const microBatch = simulation.microBatch[index] ?? 0;
  const start = simulation.start[index] ?? 0;
  const name = names.get(kind) ?? 'Operation';
  return {
    name: `${name} ${microBatch}`,
    ph: 'X',
    pid: simulation.rank[index] ?? 0,
    tid: kind === transferKind ? transferThread : computeThread,
    ts: microseconds(start),
    dur: microseconds((simulation.end[index] ?? start) - start),
    cat: name.toLowerCase(),
    args: { microBatch, chunk: simulation.chunk[index] ?? 0 },
  };
}

function tailEvents(simulation: Simulation, rank: number): readonly ChromeTraceEvent[] {
  const { gradientReduction, optimizer, parameterGather } = simulation.request.tail;
  const events: ChromeTraceEvent[] = [];
  let from = simulation.makespan;
  const tail: readonly (readonly [string, Seconds])[] = [
    ['Gradient reduction', gradientReduction],
    ['Optimizer', optimizer],
    ['Parameter gather', parameterGather],
  ];
  for (const [name, seconds] of tail) {
    if (seconds > 0) {
      events.push({
        name,
        ph: 'X',
        pid: rank,
        tid: computeThread,
        ts: microseconds(from),
        dur: microseconds(seconds),
        cat: 'tail',
        args: {},
      });
    }
    from += seconds;
  }
  return events;
}
