/**
 * Who takes in what an operation made. Inputs are told apart by row: `2 * slot` for the forward passes of a slot
 * (`rank * virtualStages + chunk`), `2 * slot + 1` for its backward passes or input gradients.
 */
import type { Route } from './placement.ts';
import type { ScheduleRequest } from './schedule.ts';
import { type Wires, wiresOf } from './wires.ts';

export interface HandOver {
  /** The row that waits for the result of a row; -1 where nobody does. */
  readonly to: Int32Array;
  /** The wire that carries it; -1 where it stays on the rank or the wire takes no time. */
  readonly wire: Int32Array;
  readonly wires: Wires;
}

const none = -1;

export function handOverOf(request: ScheduleRequest, { next, previous }: Route): HandOver {
  const { stages, virtualStages } = request;
  const wires = wiresOf(request);
  const slots = stages * virtualStages;
  const to = new Int32Array(2 * slots).fill(none);
  const wire = new Int32Array(2 * slots).fill(none);
  const carrier = (from: number, receiver: number): number => {
    const [sends, receives] = [Math.floor(from / virtualStages), Math.floor(receiver / virtualStages)];
    const between = sends === receives ? none : wires.between(sends, receives);
    return (wires.seconds[between] ?? 0) > 0 ? between : none;
  };
  for (let slot = 0; slot < slots; slot++) {
    const [after, before] = [next[slot] ?? none, previous[slot] ?? none];
    // The last stage of a pipeline turns round: its backward pass waits for its own forward pass.
    to[2 * slot] = after >= 0 ? 2 * after : 2 * slot + 1;
    if (after >= 0) wire[2 * slot] = carrier(slot, after);
    if (before < 0) continue;
    to[2 * slot + 1] = 2 * before + 1;
    wire[2 * slot + 1] = carrier(slot, before);
  }
  return { to, wire, wires };
}

/** Transfers of one micro batch that each rank sends. */
export function sendsOf({ stages, virtualStages }: ScheduleRequest, { wire }: HandOver): Uint32Array {
  const sends = new Uint32Array(stages);
  wire.forEach((carrier, row) => {
    const rank = Math.floor(row / (2 * virtualStages));
    if (carrier >= 0) sends[rank] = (sends[rank] ?? 0) + 1;
  });
  return sends;
}
