/** A simulated schedule as text, JSON or a Chrome trace. */

import { plural } from '../../core/rules/shared/numbers.ts';
import { chromeTrace } from '../../core/schedules/chrome-trace.ts';
import { criticalPath } from '../../core/schedules/critical-path.ts';
import { idleCauseLabels, idleCauses, idleSlots } from '../../core/schedules/idle-slots.ts';
import { findSchedule } from '../../core/schedules/index.ts';
import { type Simulation, simulateMakespan } from '../../core/schedules/simulate.ts';
import { formatSeconds } from '../../engine/format.ts';
import { table } from './table.ts';

/** What the times and the memory of a simulation are in: whatever the user meant, or a job's own. */
export type ScheduleUnits = 'any' | 'seconds and bytes';

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

/** A time as a person reads it. */
export const timeText = (value: number, units: ScheduleUnits): string =>
  units === 'any' || value === 0 ? short(value) : formatSeconds(value);
/** Memory likewise; without a job it counts micro batches. */
export const memoryText = (value: number, units: ScheduleUnits): string =>
  units === 'any' ? short(value) : `${(value / 1024 ** 3).toFixed(1)} GiB`;

const ranksOf = ({ request }: Simulation): readonly number[] => Array.from({ length: request.stages }, (_, rank) => rank);

/** Share of the makespan that rank `rank` waits. */
function bubbleShare(simulation: Simulation, rank: number): number {
  return simulation.makespan > 0 ? (simulation.bubbleSeconds[rank] ?? 0) / simulation.makespan : 0;
}

const meanBubble = (simulation: Simulation): number =>
  ranksOf(simulation).reduce((sum, rank) => sum + bubbleShare(simulation, rank), 0) / simulation.request.stages;

/** What the whole is, in a line. */
export function scheduleTitle({ request: { name, stages, microBatches, virtualStages } }: Simulation): string {
  const label = findSchedule(name)?.label ?? name;
  return `${label}, ${plural(stages, 'stage')}, ${plural(microBatches, 'micro batch', 'micro batches')}, ${plural(virtualStages, 'virtual stage')} per rank`;
}

/** Per rank: busy, sending and waiting time, memory and the causes of waiting; then the whole. */
export function scheduleText(simulation: Simulation, units: ScheduleUnits): string {
  const time = (value: number | undefined): string => timeText(value ?? 0, units);
  const rows = ranksOf(simulation).map((rank) => [
    String(rank),
    time(simulation.busySeconds[rank]),
    time(simulation.transferSeconds[rank]),
    time(simulation.bubbleSeconds[rank]),
    percent(bubbleShare(simulation, rank)),
    memoryText(simulation.peakBytes[rank] ?? 0, units),
  ]);
  const memory = units === 'any' ? 'micro batches alive' : 'peak memory';
  const body = table(['rank', 'busy', 'sending', 'waiting', 'bubble', memory], rows, [0, 1, 2, 3, 4, 5]);
  const after = simulation.stepSeconds > simulation.period ? `, step ${time(simulation.stepSeconds)}` : '';
  const parts = [
    `${scheduleTitle(simulation)}\n${body}`,
    causesText(simulation, time),
    `${pathText(simulation)}\nmakespan ${time(simulation.makespan)}${after}, mean bubble ${percent(meanBubble(simulation))}\n${overlapText(simulation, time)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** What the papers of the zero-bubble schedules count: a rank that ends early starts the next step while others end this one. */
function overlapText({ request, makespan }: Simulation, time: (value: number) => string): string {
  const overlapping = simulateMakespan({ ...request, stepsOverlap: true });
  if ('refused' in overlapping || !(overlapping.period < makespan * (1 - 1e-9))) return '';
  const waiting = overlapping.bubbleSeconds.reduce((sum, seconds) => sum + seconds, 0) / (request.stages * overlapping.period);
  return `if steps overlapped: ${time(overlapping.period)} from step to step, mean bubble ${percent(waiting)}\n`;
}

/** Idle time of every rank by cause; causes that do not come up are left out. */
function causesText(simulation: Simulation, time: (value: number) => string): string {
  const { seconds } = idleSlots(simulation);
  const at = (rank: number, cause: number): number => seconds[rank * idleCauses.length + cause] ?? 0;
  const ranks = ranksOf(simulation);
  const shown = [...idleCauses.keys()].filter((cause) => ranks.some((rank) => at(rank, cause) > 0));
  if (shown.length === 0) return '';
  const columns = [0, ...ranks.map((rank) => rank + 1)].slice(1);
  // Few ranks read better with the causes as rows; many the other way round.
  const rows = shown.map((cause) => {
    const cells = ranks.map((rank) => at(rank, cause));
    const label = idleCauseLabels[idleCauses[cause] ?? 'warm-up'];
    const summed = [time(Math.min(...cells)), time(cells.reduce((sum, cell) => sum + cell, 0) / cells.length), time(Math.max(...cells))];
    return [label, ...(ranks.length <= 8 ? cells.map(time) : summed)];
  });
  const head = ranks.length <= 8 ? ranks.map((rank) => `rank ${rank}`) : ['least', 'mean', 'most'];
  return `\n${table(['idle', ...head], rows, columns)}\n`;
}

/** Which rank the critical path spends most on. */
function pathText(simulation: Simulation): string {
  const { operations, secondsByRank } = criticalPath(simulation);
  const most = secondsByRank.indexOf(Math.max(...secondsByRank));
  const share = simulation.makespan > 0 ? (secondsByRank[most] ?? 0) / simulation.makespan : 0;
  return `critical path: ${operations.length} operations, ${percent(share)} of it on rank ${most}`;
}

/** Every operation, and what each rank adds up to. Times in the unit of the inputs. */
export function scheduleJson(simulation: Simulation): string {
  const { request } = simulation;
  const { seconds } = idleSlots(simulation);
  const { operations: path } = criticalPath(simulation);
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
    step: simulation.stepSeconds,
    ranks: ranksOf(simulation).map((rank) => ({
      rank,
      busy: simulation.busySeconds[rank],
      sending: simulation.transferSeconds[rank],
      waiting: simulation.bubbleSeconds[rank],
      bubbleShare: bubbleShare(simulation, rank),
      peakMicroBatches: simulation.peakBytes[rank],
      idle: Object.fromEntries(idleCauses.map((cause, index) => [cause, seconds[rank * idleCauses.length + index]])),
    })),
    criticalPath: [...path],
    operations,
  });
}

/** For chrome://tracing and Perfetto. */
export function scheduleChrome(simulation: Simulation): string {
  return JSON.stringify(chromeTrace(simulation));
}
