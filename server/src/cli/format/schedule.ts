/** A simulated schedule as text, JSON or a Chrome trace. */
import { chromeTrace } from '../../core/schedules/chrome-trace.ts';
import type { Simulation } from '../../core/schedules/simulate.ts';
import { table } from './table.ts';

const kindNames = [
  'forward',
  'backward',
  'transfer',
  'backward-input',
  'backward-weight',
  'gradient-reduction',
  'optimizer',
  'parameter-gather',
] as const;

const short = (value: number): string => String(Number(value.toPrecision(6)));
const percent = (ratio: number): string => `${(100 * ratio).toFixed(1)} %`;

/** Share of the makespan that rank `rank` waits. */
function bubbleShare(simulation: Simulation, rank: number): number {
  return simulation.makespan > 0 ? (simulation.bubbleSeconds[rank] ?? 0) / simulation.makespan : 0;
}

/** Per rank: busy, transfer and waiting time, and micro batches in flight; then the whole. */
export function scheduleText(simulation: Simulation): string {
  const { request } = simulation;
  const rows = Array.from({ length: request.stages }, (_, rank) => [
    String(rank),
    short(simulation.busySeconds[rank] ?? 0),
    short(simulation.transferSeconds[rank] ?? 0),
    short(simulation.bubbleSeconds[rank] ?? 0),
    percent(bubbleShare(simulation, rank)),
    short(simulation.peakBytes[rank] ?? 0),
  ]);
  const { stages, microBatches, virtualStages } = request;
  const title = `${request.name}, ${stages} stages, ${microBatches} micro batches, ${virtualStages} virtual ${virtualStages === 1 ? 'stage' : 'stages'} per rank`;
  const whole = Array.from({ length: stages }, (_, rank) => bubbleShare(simulation, rank)).reduce((sum, share) => sum + share, 0) / stages;
  const body = table(['rank', 'busy', 'sending', 'waiting', 'bubble', 'micro batches alive'], rows, [0, 1, 2, 3, 4, 5]);
  return `${title}\n${body}\nmakespan ${short(simulation.makespan)}, mean bubble ${percent(whole)}\n`;
}

/** Every operation, and what each rank adds up to. Times in the unit of the inputs. */
export function scheduleJson(simulation: Simulation): string {
  const { request } = simulation;
  const operations = Array.from({ length: simulation.count }, (_, index) => ({
    rank: simulation.rank[index],
    kind: kindNames[simulation.kind[index] ?? 0],
    microBatch: simulation.microBatch[index],
    chunk: simulation.chunk[index],
    start: simulation.start[index],
    end: simulation.end[index],
  }));
  return JSON.stringify({
    schedule: request.name,
    stages: request.stages,
    microBatches: request.microBatches,
    virtualStages: request.virtualStages,
    makespan: simulation.makespan,
    ranks: Array.from({ length: request.stages }, (_, rank) => ({
      rank,
      busy: simulation.busySeconds[rank],
      sending: simulation.transferSeconds[rank],
      waiting: simulation.bubbleSeconds[rank],
      bubbleShare: bubbleShare(simulation, rank),
      peakMicroBatches: simulation.peakBytes[rank],
    })),
    operations,
  });
}

/** For chrome://tracing and Perfetto. */
export function scheduleChrome(simulation: Simulation): string {
  return JSON.stringify(chromeTrace(simulation));
}
