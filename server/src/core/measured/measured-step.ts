/** A recording as steps: how long they are and what their time goes into, per device, on average over the usual steps. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Seconds } from '../units.ts';
import { dimensionOf } from './collective.ts';
import { isCollective, kernelKinds } from './kernel-kind.ts';
import { byStart, type Occupancy, occupancyOf, type Rank, type Window } from './occupancy.ts';
import { type PartId, partIds, partOf } from './parts.ts';
import type { Recording } from './recorder.ts';
import { extentOf, stepsOf, usualSteps } from './steps.ts';

export interface MeasuredPart {
  readonly id: PartId;
  /** Seconds of a step that it shows, and seconds it runs at all; the difference is hidden. */
  readonly visible: Seconds;
  readonly busy: Seconds;
  /** Seconds it ran in each of the usual steps. */
  readonly samples: readonly Seconds[];
}

export interface MeasuredStep {
  readonly device: number;
  /** Mean seconds of the usual steps, with the shortest and the longest. */
  readonly seconds: Seconds;
  readonly shortest: Seconds;
  readonly longest: Seconds;
  /** Steps that were averaged, of all that were found; 0 of 0 when the trace marks no steps and is taken as a whole. */
  readonly steps: number;
  readonly found: number;
  readonly parts: readonly MeasuredPart[];
  /** The step that is drawn: the one nearest to the mean. */
  readonly shown: Window;
  /** Kernels of a step. */
  readonly kernels: number;
}

/** Devices that kernels ran on. */
export function devicesOf({ kernels }: Recording): readonly number[] {
  return [...new Set(kernels.device)].sort((a, b) => a - b);
}

const slotIds: readonly PartId[] = partIds.filter((id) => id !== 'idle');
const rankOf: readonly Rank[] = slotIds.map((id) => {
  if (id === 'copy') return 2;
  return id === 'pass' || id === 'gemm' || id === 'attention' || id === 'memory-bound' || id === 'optimizer' ? 0 : 1;
});

/** The part of every kernel; `job` says which group a collective can be of. */
export function slotsOf(recording: Recording, job: TrainingJob | undefined): Uint8Array {
  const { kernels, collectives } = recording;
  const layerwise = job !== undefined && job.zero.stage === 3 && job.parallel.pipeline === 1;
  const slotOf = (id: PartId): number => Math.max(0, slotIds.indexOf(id));
  const plain = kernelKinds.map((kind) => slotOf(partOf(kind, isCollective(kind) ? dimensionOf({ kind }, job) : 'unknown', layerwise)));
  const told = collectives.map((one) => slotOf(partOf(one.kind, dimensionOf(one, job), layerwise)));
  const slots = new Uint8Array(kernels.count);
  for (let at = 0; at < kernels.count; at++) {
    const collective = kernels.collective[at] ?? -1;
    slots[at] = (collective >= 0 ? told[collective] : plain[kernels.kind[at] ?? 0]) ?? 0;
  }
  return slots;
}

/** The part with this slot. */
export const partOfSlot = (slot: number): PartId => slotIds[slot] ?? 'memory-bound';

/** The steps of one device. */
export function measuredStep(recording: Recording, device: number, job?: TrainingJob, slot = slotsOf(recording, job)): MeasuredStep {
  const { kernels } = recording;
  const order = byStart(kernels, device);
  const marked = stepsOf(
    recording.steps.filter((range) => (range.device ?? device) === device),
    kernels,
    order,
  );
  const all: readonly Window[] = marked ?? [extentOf(kernels, order)];
  const windows = usualSteps(all);
  const found = occupancyOf(kernels, order, { slot, rank: rankOf }, windows);
  const lengths = windows.map(({ start, end }) => end - start);
  const seconds = mean(lengths);
  const average = (pick: (one: Occupancy) => number | undefined): number => mean(found.map((one) => pick(one) ?? 0));
  const parts = slotIds
    .map(
      (id, at): MeasuredPart => ({
        id,
        visible: average(({ visible }) => visible[at]),
        busy: average(({ busy }) => busy[at]),
        samples: found.map(({ busy }) => busy[at] ?? 0),
      }),
    )
    .filter(({ busy }) => busy > 0);
  const idle = average((one) => one.idle);
  return {
    device,
    seconds,
    shortest: Math.min(...lengths),
    longest: Math.max(...lengths),
    steps: marked ? windows.length : 0,
    found: marked ? marked.length : 0,
    parts: [...parts, { id: 'idle', visible: idle, busy: idle, samples: found.map((one) => one.idle) }],
    shown: nearest(windows, seconds),
    kernels: kernelsIn(recording, order, windows) / Math.max(1, windows.length),
  };
}

const mean = (values: readonly number[]): number => (values.length === 0 ? 0 : values.reduce((sum, one) => sum + one, 0) / values.length);

function nearest(windows: readonly Window[], seconds: Seconds): Window {
  const off = ({ start, end }: Window): number => Math.abs(end - start - seconds);
  return windows.reduce((best, one) => (off(one) < off(best) ? one : best), windows[0] ?? { start: 0, end: 0 });
}

function kernelsIn({ kernels }: Recording, order: Uint32Array, windows: readonly Window[]): number {
  let inside = 0;
  let at = 0;
  for (const { start, end } of windows) {
    while (at < order.length && (kernels.start[order[at] ?? 0] ?? 0) < start) at++;
    while (at < order.length && (kernels.start[order[at] ?? 0] ?? 0) < end) {
      inside++;
      at++;
    }
  }
  return inside;
}
