/**
 * How many micro batches are alive on each chunk, and the bytes a rank holds, operation by operation:
 *
 *   held = resident + sum over chunks of (micro batches alive) x (activation bytes of the chunk)
 *
 * A micro batch is alive from the start of its forward pass to the end of its backward pass. Bytes.
 */
import type { PipelineRun } from './run-pipeline.ts';
import type { ScheduleRequest } from './schedule.ts';

export interface HeldMemory {
  readonly peakInFlight: Uint32Array;
  readonly peakBytes: Float64Array;
  /** Per operation, or empty when not asked for. */
  readonly heldBytes: Float64Array;
}

/** Memory depends on the order only: operations of one rank never overlap. */
export function followMemory(request: ScheduleRequest, run: PipelineRun, everyOperation: boolean): HeldMemory {
  const { stages, virtualStages } = request;
  const peakInFlight = new Uint32Array(stages * virtualStages);
  const peakBytes = new Float64Array(stages);
  const heldBytes = new Float64Array(everyOperation ? run.kind.length : 0);
  const alive = new Uint32Array(virtualStages);
  for (let rank = 0; rank < stages; rank++) {
    const chunks = request.memory[rank] ?? [];
    const resident = request.residentBytes[rank] ?? 0;
    alive.fill(0);
    let peak = resident;
    for (let index = run.offset[rank] ?? 0; index < (run.offset[rank + 1] ?? 0); index++) {
      const chunk = run.chunk[index] ?? 0;
      const forward = run.kind[index] === 0;
      const count = (alive[chunk] ?? 0) + (forward ? 1 : 0);
      alive[chunk] = count;
      const slot = rank * virtualStages + chunk;
      if (count > (peakInFlight[slot] ?? 0)) peakInFlight[slot] = count;
      // Summed anew rather than added up, so that the bytes after the last operation are exactly the resident ones.
      let bytes: number = resident;
      for (let other = 0; other < virtualStages; other++) bytes += (alive[other] ?? 0) * (chunks[other]?.activations ?? 0);
      if (bytes > peak) peak = bytes;
      if (everyOperation) heldBytes[index] = bytes;
      if (!forward) alive[chunk] = count - 1;
    }
    peakBytes[rank] = peak;
  }
  return { peakInFlight, peakBytes, heldBytes };
}
