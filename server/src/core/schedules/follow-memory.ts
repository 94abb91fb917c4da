/**
 * How many micro batches are alive on each chunk, and the bytes a rank holds, operation by operation:
 *
 *   held = resident + sum over chunks of (before their input gradient) x (activation bytes of the chunk)
 *                                      + (between input and weight gradient) x (bytes the weight gradient needs)
 *
 * A micro batch is alive from the start of its forward pass to the end of its backward pass, or of its weight gradient
 * where the backward pass is split (Qi et al. 2024, arXiv:2401.10241, section 2.1: after B, M_W is kept of M_B). Bytes.
 */
import { backwardInputKind, backwardWeightKind, forwardKind } from './operation-kind.ts';
import { countOf, type PipelineRun } from './pipeline-run.ts';
import type { ScheduleRequest } from './schedule.ts';

export interface HeldMemory {
  readonly peakInFlight: Uint32Array;
  readonly peakBytes: Float64Array;
  /** While the operation runs and after it has ended; both empty when not asked for. */
  readonly heldBytes: Float64Array;
  readonly leftBytes: Float64Array;
}

/**
 * Memory depends on the order only: operations of one rank never overlap but in pairs. The two passes of a pair go through their
 * layers together, so that what the backward pass frees makes room for what the forward pass keeps; in flight both are counted whole.
 */
export function followMemory(request: ScheduleRequest, run: PipelineRun, everyOperation: boolean): HeldMemory {
  const { stages, virtualStages } = request;
  const { offset, kind: kinds, chunk: chunks, paired } = run;
  const peakInFlight = new Uint32Array(stages * virtualStages);
  const peakBytes = new Float64Array(stages);
  const heldBytes = new Float64Array(everyOperation ? countOf(run) : 0);
  const leftBytes = new Float64Array(everyOperation ? countOf(run) : 0);
  /** Micro batches before their input gradient, by chunk, and then those that wait for their weight gradient. */
  const alive = new Uint32Array(2 * virtualStages);
  const each = new Float64Array(2 * virtualStages);
  for (let rank = 0; rank < stages; rank++) {
    const resident = request.residentBytes[rank] ?? 0;
    alive.fill(0);
    for (let chunk = 0; chunk < virtualStages; chunk++) {
      const { activations = 0, untilWeight = activations } = request.memory[rank]?.[chunk] ?? {};
      each[chunk] = activations;
      each[virtualStages + chunk] = untilWeight;
    }
    let peak = resident;
    let held = resident;
    const last = offset[rank + 1] ?? 0;
    for (let index = offset[rank] ?? 0; index < last; index++) {
      const chunk = chunks[index] ?? 0;
      const kind = kinds[index];
      const isForward = kind === forwardKind;
      const left = kind === backwardWeightKind ? virtualStages + chunk : chunk;
      alive[left] = (alive[left] ?? 0) + (isForward ? 1 : -1);
      if (kind === backwardInputKind) alive[virtualStages + chunk] = (alive[virtualStages + chunk] ?? 0) + 1;
      if (!(isForward || everyOperation)) continue;
      const before = held;
      // Summed anew rather than added up, so that the bytes after the last operation are exactly the resident ones.
      held = resident;
      for (let of = 0; of < virtualStages; of++) {
        held += (alive[of] ?? 0) * (each[of] ?? 0) + (alive[virtualStages + of] ?? 0) * (each[virtualStages + of] ?? 0);
      }
      if (paired[index] === 1) held -= Math.min(each[chunk] ?? 0, each[chunks[index + 1] ?? 0] ?? 0);
      if (isForward) {
        const slot = rank * virtualStages + chunk;
        const inFlight = (alive[chunk] ?? 0) + (alive[virtualStages + chunk] ?? 0);
        if (inFlight > (peakInFlight[slot] ?? 0)) peakInFlight[slot] = inFlight;
        if (held > peak) peak = held;
      }
      if (!everyOperation) continue;
      heldBytes[index] = isForward ? held : before;
      leftBytes[index] = held;
    }
    peakBytes[rank] = peak;
  }
  return { peakInFlight, peakBytes, heldBytes, leftBytes };
}
