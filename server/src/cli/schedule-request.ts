/** From free parameters, or a written order, to what the schedule simulator takes. Times have any unit. */
import { refuseShape } from '../core/schedules/check-request.ts';
import { findSchedule, schedules } from '../core/schedules/index.ts';
import type { LinkSharing, Schedule, ScheduleRequest } from '../core/schedules/schedule.ts';
import { checkOrder } from '../core/schedules/written/order.ts';
import { writtenScheduleName } from '../core/schedules/written/schedule.ts';
import type { CellRows } from '../core/schedules/written/table.ts';
import { UsageError } from './io.ts';

/** Times of a whole stage, which its chunks share. */
export interface FreeTimes {
  readonly forward: number;
  readonly backwardInput: number;
  readonly backwardWeight: number;
  readonly recompute: number;
  /** How much slower each stage is than that: `1,1,1.5,1`. */
  readonly stageTimes?: readonly number[];
  readonly comm: number;
  /** Where the stages of a node sit together: how many, and the time of a transfer between nodes. */
  readonly stagesPerNode?: number;
  readonly commAcross?: number;
  readonly linkSharing: LinkSharing;
  readonly overlap?: boolean;
  readonly launchGap: number;
  readonly gradientReduction: number;
  readonly hiddenReduction: number;
  readonly optimizer: number;
}

export interface FreeShape {
  readonly stages?: number;
  readonly microBatches?: number;
  readonly virtualStages?: number;
  readonly group?: number;
}

/** A refusal as the end of the command's own sentence. */
export function sentence(text: string): string {
  const lower = /^[A-Z]{2}|^1F1B|^GPipe|^Dual|^V-/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
  return /[.!?]$/.test(lower) ? lower : `${lower}.`;
}

const bare = (name: string): string => name.toLowerCase().replace(/^schedule|[^a-z0-9]/g, '');

/** The schedule of that name as people and PyTorch write it: `1F1B`, `zbv`, `Interleaved1F1B`, `ScheduleZBVZeroBubble`. */
export function scheduleNamed(name: string): Schedule | undefined {
  const wanted = bare(name) === 'zbvzerobubble' ? 'zbv' : bare(name);
  return schedules.find(({ id }) => bare(id) === wanted);
}

/** The ids of all schedules, for messages. */
export const scheduleIds = (): string => schedules.map(({ id }) => id).join(', ');

type Shape = Pick<ScheduleRequest, 'name' | 'stages' | 'microBatches' | 'virtualStages' | 'writtenOrder' | 'microBatchGroup'>;

/** The shape of a named schedule. Throws `UsageError` when something is missing or cannot be. */
export function namedShape(name: string, { stages, microBatches, virtualStages, group }: FreeShape): Shape {
  const schedule = scheduleNamed(name);
  if (!schedule) throw new UsageError(`the schedule "${name}" is not known; use one of ${scheduleIds()}.`);
  if (stages === undefined || microBatches === undefined) {
    throw new UsageError('a schedule needs --stages and --micro-batches, or the FILE of a job.');
  }
  const shape = {
    name: schedule.id,
    stages,
    microBatches,
    virtualStages: virtualStages ?? schedule.fixedChunks ?? 1,
    ...(group === undefined ? {} : { microBatchGroup: group }),
  };
  const refused = refuseShape(shape) ?? schedule.refuses(shape);
  if (refused !== undefined) throw new UsageError(sentence(refused));
  return shape;
}

/** The shape of a written order. Throws `UsageError` with every problem and its cell. */
export function writtenShape(file: string, cells: CellRows): Shape {
  const { order, problems } = checkOrder(cells);
  if (!order) {
    const lines = problems.map(({ rank, place, message }) => `\n  rank ${rank}, cell ${place + 1}: ${message}`);
    throw new UsageError(`${file} holds no order that can run:${lines.join('')}`);
  }
  const writtenOrder = cells.map((row) => row.map(({ text }) => text).join(',')).join('\n');
  const { ranks: stages, microBatches, virtualStages } = order;
  return { name: writtenScheduleName(order), stages, microBatches, virtualStages, writtenOrder };
}

function linksOf(stages: number, { comm, commAcross = comm, stagesPerNode }: FreeTimes): ScheduleRequest['links'] {
  if (stagesPerNode === undefined) return undefined;
  const nodeOf = (stage: number): number => Math.floor((stage % stages) / stagesPerNode);
  return Array.from({ length: stages }, (_, stage) => ({
    latency: 0,
    occupied: nodeOf(stage) === nodeOf(stage + 1) ? comm : commAcross,
  }));
}

/** The request of a shape with the same times everywhere, or slower where asked. */
export function freeRequest(shape: Shape, times: FreeTimes): ScheduleRequest {
  const { stages, virtualStages, name } = shape;
  if (times.stageTimes && times.stageTimes.length !== stages) {
    throw new UsageError(`--stage-times must have one number for each of the ${stages} stages, not ${times.stageTimes.length}.`);
  }
  // Chunks share the time of a stage, unless each is a whole stage of its own direction.
  const parts = findSchedule(name)?.placement === 'two-way' ? 1 : virtualStages;
  const rowOf = (slower: number) => {
    const [input, weight] = [(slower * (times.recompute + times.backwardInput)) / parts, (slower * times.backwardWeight) / parts];
    const chunk = {
      forward: (slower * times.forward) / parts,
      backward: input + weight,
      backwardInput: input,
      backwardWeight: weight,
      recompute: (slower * times.recompute) / parts,
    };
    return Array.from({ length: virtualStages }, () => chunk);
  };
  const links = linksOf(stages, times);
  const { gradientReduction, hiddenReduction, optimizer, launchGap, linkSharing } = times;
  return {
    ...shape,
    times: Array.from({ length: stages }, (_, rank) => rowOf(times.stageTimes?.[rank] ?? 1)),
    memory: Array.from({ length: stages }, () => Array.from({ length: virtualStages }, () => ({ activations: 1 / parts }))),
    residentBytes: Array.from({ length: stages }, () => 0),
    transfer: times.comm,
    ...(links ? { links } : {}),
    linkSharing,
    launchGap,
    transferOverlapped: times.overlap === true,
    tail: { gradientReduction, hiddenReduction, optimizer, parameterGather: 0 },
  };
}
