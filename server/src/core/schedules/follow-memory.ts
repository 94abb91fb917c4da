/**
 * How many micro batches are alive on each chunk, and the bytes a rank holds, operation by operation:
 *
 *   held = resident + sum over chunks of (before their input gradient) x (activation bytes of the chunk)
 *                                      + (between input and weight gradient) x (bytes the weight gradient needs)
 *
 * A micro batch is alive from the start of its forward pass to the end of its backward pass, or of its weight gradient
 * where the backward pass is split (Qi et al. 2024, arXiv:2401.10241, section 2.1: after B, M_W is kept of M_B). Bytes.
 */
import { backwardInputKind, backwardKind, forwardKind } from './operation-kind.ts';
import type { PipelineRun } from './pipeline-run.ts';
import type { ScheduleRequest } from './schedule.ts';

export interface HeldMemory {
  readonly peakInFlight: Uint32Array;
  readonly peakBytes: Float64Array;
  /** While the operation runs and after it has ended; both empty when not asked for. */
  readonly heldBytes: Float64Array;
  readonly leftBytes: Float64Array;
}

/** Memory depends on the order only: operations of one rank never overlap but in pairs, which are counted as one after the other. */
export function followMemory(request: ScheduleRequest, run: PipelineRun, everyOperation: boolean): HeldMemory {
  const { stages, virtualStages } = request;
  const peakInFlight = new Uint32Array(stages * virtualStages);
  const peakBytes = new Float64Array(stages);
  const heldBytes = new Float64Array(everyOperation ? run.kind.length : 0);
  const leftBytes = new Float64Array(everyOperation ? run.kind.length : 0);
  const whole = new Uint32Array(virtualStages);
  const forWeight = new Uint32Array(virtualStages);
  for (let rank = 0; rank < stages; rank++) {
    const chunks = request.memory[rank] ?? [];
    const resident = request.residentBytes[rank] ?? 0;
    // Summed anew rather than added up, so that the bytes after the last operation are exactly the resident ones.
    const bytesNow = (): number => {
      let bytes: number = resident;
      for (let chunk = 0; chunk < virtualStages; chunk++) {
        const { activations = 0, untilWeight = activations } = chunks[chunk] ?? {};
        bytes += (whole[chunk] ?? 0) * activations + (forWeight[chunk] ?? 0) * untilWeight;
      }
      return bytes;
    };
    whole.fill(0);
    forWeight.fill(0);
    let peak = resident;
    let held = resident;
    for (let index = run.offset[rank] ?? 0; index < (run.offset[rank + 1] ?? 0); index++) {
      const chunk = run.chunk[index] ?? 0;
      const kind = run.kind[index];
      if (kind === forwardKind) {
        whole[chunk] = (whole[chunk] ?? 0) + 1;
        const slot = rank * virtualStages + chunk;
        peakInFlight[slot] = Math.max(peakInFlight[slot] ?? 0, (whole[chunk] ?? 0) + (forWeight[chunk] ?? 0));
        held = bytesNow();
        if (held > peak) peak = held;
        if (everyOperation) heldBytes[index] = held;
        if (everyOperation) leftBytes[index] = held;
        continue;
      }
      if (everyOperation) heldBytes[index] = held;
      if (kind === backwardKind || kind === backwardInputKind) whole[chunk] = (whole[chunk] ?? 0) - 1;
      else forWeight[chunk] = (forWeight[chunk] ?? 0) - 1;
      if (kind === backwardInputKind) forWeight[chunk] = (forWeight[chunk] ?? 0) + 1;
      if (everyOperation) held = bytesNow();
      if (everyOperation) leftBytes[index] = held;
    }
    peakBytes[rank] = peak;
  }
  return { peakInFlight, peakBytes, heldBytes, leftBytes };
}
