/** Words for memory at a moment, and for the fullest one. Pure. */
import { type MemoryOverTime, memoryLabels } from '../../../../server/src/core/profile/memory-over-time.ts';
import type { Simulation } from '../../../../server/src/core/schedules/simulate.ts';
import { type Description, describe } from '../../describe.ts';
import { formatBytes, formatExactSeconds } from '../../format.ts';

/** "Backward of micro batch 0, stage 0", or the part of the tail. */
function momentName(simulation: Simulation, operation: number | undefined, time: number): string {
  if (operation !== undefined) return describe(simulation, { type: 'operation', index: operation }).title;
  return time >= simulation.period ? 'after the pipeline' : 'between operations';
}

/** "Fullest at 1.2 s: backward of micro batch 0, stage 0; the largest part that comes and goes is MLP". */
export function peakText({ peak }: MemoryOverTime, simulation: Simulation): string {
  const name = momentName(simulation, peak.operation, peak.time);
  const where = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return `${formatBytes(peak.allocated)} in tensors at ${formatExactSeconds(peak.time)}: ${where}; the largest part that comes and goes is ${memoryLabels[peak.component]}`;
}

/** Components with bytes at a sample, from the top of the stack to its bottom. */
export function describeSample(memory: MemoryOverTime, sample: number): Description {
  const { layers, times, device } = memory;
  const rows = layers
    .filter(({ bytes }) => (bytes[sample] ?? 0) > 0)
    .map(({ label, bytes }): readonly [string, string] => [label, formatBytes(bytes[sample] ?? 0)])
    .reverse();
  return {
    title: `Stage ${memory.rank} from ${formatExactSeconds(times[sample] ?? 0)}`,
    rows: [...rows, ['Shown by nvidia-smi', formatBytes(device)]],
  };
}
