/**
 * Memory of one pipeline rank over the step, by component: the moments of `memory/stage-parts.ts` laid along the simulated
 * schedule. What stays between steps is the same all the time; activations follow the schedule; a layer's recomputed
 * activations, gathered parameters and logits exist while an operation that needs them runs; gradients without buffers of their own
 * appear with the first backward pass. The caching allocator gives nothing back from step to step, so that what it holds is
 * its figure throughout, and what no tensor uses is shown apart.
 * Simplified: a backward pass is taken to hold all its activations until its last layer; inside a rank every chunk is taken
 * to be made of the same parts.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { type ActivationPart, activationLabels, activationParts } from '../memory/activation-parts.ts';
import { keptOnRank } from '../memory/shared-memory.ts';
import { type RankMemory, rankMemory } from '../memory/stage-parts.ts';
import { backwardInputKind, backwardWeightKind, forwardKind } from '../schedules/operation-kind.ts';
import type { Simulation } from '../schedules/simulate.ts';
import type { TrainingNumbers } from '../training/training-numbers.ts';
import type { Bytes, Seconds } from '../units.ts';

export type MemoryComponent =
  | 'parameters'
  | 'optimizer'
  | 'gradients'
  | 'buffers'
  | 'sharding'
  | 'casts'
  | ActivationPart
  | 'transient'
  | 'logits'
  | 'step'
  | 'workspace'
  | 'outside'
  | 'cache';

export const memoryLabels: Readonly<Record<MemoryComponent, string>> = {
  ...activationLabels,
  parameters: 'Parameters',
  optimizer: 'Optimizer states',
  gradients: 'Gradients',
  buffers: 'Communication buckets and secondary copies',
  sharding: 'Gathered parameters and unreduced gradients',
  casts: '16-bit copies of the weights',
  transient: 'One layer in its backward pass',
  logits: 'Logits and loss',
  step: 'Temporary copies of the optimizer step',
  workspace: 'Library workspaces',
  outside: 'CUDA context and NCCL buffers',
  cache: 'Held by the allocator, in no tensor',
};

export interface MemoryLayer {
  readonly id: MemoryComponent;
  readonly label: string;
  /** Of each sample. */
  readonly bytes: Float64Array;
}

export interface MemoryPeak {
  readonly time: Seconds;
  /** What tensors take. */
  readonly allocated: Bytes;
  /** Index of the operation in the simulation; undefined in what follows the pipeline. */
  readonly operation: number | undefined;
  /** The largest component that comes and goes, or the largest of all when none does. */
  readonly component: MemoryComponent;
}

export interface MemoryOverTime {
  readonly rank: number;
  /** Seconds; each sample holds until the next. */
  readonly times: Float64Array;
  /** From the bottom of the stack to its top. */
  readonly layers: readonly MemoryLayer[];
  /** What nvidia-smi shows: all layers together, the same at every moment. */
  readonly device: Bytes;
  readonly peak: MemoryPeak;
}

const steady: readonly MemoryComponent[] = ['parameters', 'optimizer', 'buffers', 'workspace', 'outside', 'cache'];
const order: readonly MemoryComponent[] = [
  'outside',
  'workspace',
  'parameters',
  'optimizer',
  'buffers',
  'gradients',
  'casts',
  'sharding',
  ...(Object.keys(activationLabels) as ActivationPart[]),
  'logits',
  'transient',
  'step',
  'cache',
];

/** What comes and goes at a moment. */
interface Moving {
  readonly time: Seconds;
  readonly operation: number | undefined;
  readonly activations: Bytes;
  readonly gradients: Bytes;
  readonly sharding: Bytes;
  readonly casts: Bytes;
  readonly transient: Bytes;
  readonly logits: Bytes;
  readonly step: Bytes;
}

interface Rank {
  readonly simulation: Simulation;
  readonly rank: number;
  readonly memory: RankMemory;
  /** Bytes of tensors to a byte of the schedule's activations, which count the allocator's slack. */
  readonly perByte: number;
  /** Layers of one chunk. */
  readonly layers: number;
  readonly hasHead: (chunk: number) => boolean;
  readonly step: Bytes;
}

/** The moments of the pipeline, operation by operation. */
function* pipelineMoments({ simulation, rank, memory, perByte, layers, hasHead }: Rank): Generator<Moving> {
  const { request, computeOffset, kind, chunk, start, end, heldBytes, leftBytes } = simulation;
  const { owned, around, stay, head, held, logits, casts, kept, transient } = memory;
  const resident = request.residentBytes[rank] ?? 0;
  const chunks = request.virtualStages;
  const passed = new Uint32Array(chunks);
  let grown = 0;
  let pending = 0;
  let added = 0;
  // A chunk's gradients are there once its first backward pass is through; whole ones that add up are divided after the last.
  const due = around.accumulated > 0 ? request.microBatches : 1;
  const gradients = (): Bytes => (stay > 0 ? stay : owned.gradients * grown);
  const idle = (time: Seconds, activations: Bytes): Moving => ({
    time,
    operation: undefined,
    activations,
    gradients: gradients(),
    sharding: around.atLoss + added,
    casts: casts.atLoss,
    transient: 0,
    logits: pending > 0 ? logits : 0,
    step: 0,
  });
  /** While one layer runs its backward pass. */
  const ofLayer = (time: Seconds, operation: number): Moving => ({
    ...idle(time, 0),
    operation,
    sharding: around.gathered + around.gradients + added,
    casts: casts.atBackward,
    transient,
  });
  for (let index = computeOffset[rank] ?? 0; index < (computeOffset[rank + 1] ?? 0); index++) {
    const [from, to, at] = [start[index] ?? 0, end[index] ?? 0, chunk[index] ?? 0];
    const before = ((heldBytes[index] ?? 0) - resident) * perByte;
    const after = ((leftBytes[index] ?? 0) - resident) * perByte;
    const withHead = hasHead(at);
    if (kind[index] === forwardKind) {
      if (withHead) pending++;
      yield { ...idle(from, before), operation: index };
      yield idle(to, after);
      continue;
    }
    if (kind[index] === backwardWeightKind) yield { ...idle(from, before), operation: index };
    else {
      const early = grown === 0 && stay === 0 ? head : 0;
      const now = ofLayer(from, index);
      yield { ...now, activations: before, gradients: now.gradients + early, logits: withHead ? held : now.logits };
      if (withHead && pending > 0) pending--;
      if (around.accumulated > 0) added = around.accumulated;
    }
    if (kind[index] !== backwardInputKind) passed[at] = (passed[at] ?? 0) + 1;
    if (kind[index] !== backwardInputKind && passed[at] === due && stay === 0) {
      grown = Math.min(1, grown + 1 / chunks);
      if (grown > 1 - 1e-9) added = 0;
      const last = ofLayer(to - (to - from) / Math.max(1, layers), index);
      yield { ...last, activations: after + kept, logits: withHead ? 0 : last.logits };
    }
    yield idle(to, after);
  }
}

/** What follows the pipeline: reduction with all gradients, the optimizer with its temporary copies, gathering. */
function tailMoments({ simulation, memory, step }: Rank): readonly Moving[] {
  const { gradientReduction, optimizer, parameterGather } = simulation.request.tail;
  const { owned, stay } = memory;
  const none = { operation: undefined, activations: 0, sharding: 0, casts: 0, transient: 0, logits: 0, step: 0 };
  const at = simulation.period + gradientReduction;
  const whole = Math.max(owned.gradients, stay);
  return [
    ...(gradientReduction > 0 ? [{ ...none, time: simulation.period, gradients: whole }] : []),
    { ...none, time: at, gradients: whole, step },
    { ...none, time: at + optimizer, gradients: stay },
    ...(parameterGather > 0 ? [{ ...none, time: at + optimizer + parameterGather, gradients: stay }] : []),
  ];
}

/** Shares of the parts in what the layers of this rank keep. */
function shares(job: TrainingJob, kinds: readonly number[]): readonly (readonly [ActivationPart, number])[] {
  const sums = new Map<ActivationPart, number>();
  job.model.blocks.forEach((block, kind) => {
    const count = kinds[kind] ?? 0;
    if (count === 0) return;
    for (const [part, bytes] of Object.entries(activationParts(job, block)) as [ActivationPart, number][])
      sums.set(part, (sums.get(part) ?? 0) + count * bytes);
  });
  const all = [...sums.values()].reduce((sum, bytes) => sum + bytes, 0);
  return [...sums].filter(([, bytes]) => bytes > 0).map(([part, bytes]) => [part, bytes / all]);
}

/** Memory of rank `rank` over `simulation`, which is of this job's schedule or of another one tried for it. */
export function memoryOverTime(
  job: TrainingJob,
  numbers: TrainingNumbers,
  simulation: Simulation,
  rank: number,
): MemoryOverTime | undefined {
  const { plans, memory: shared, stages, run, aliveLayers } = numbers;
  const plan = plans[rank];
  const parts = stages[rank];
  if (!plan || !parts) return undefined;
  const memory = rankMemory(job, plan, shared);
  const scheduled = run.peakBytes[rank] ?? 0;
  const chunks = simulation.request.virtualStages;
  const sameChunks = chunks === plan.chunks.length;
  const from: Rank = {
    simulation,
    rank,
    memory,
    perByte: scheduled > 0 ? ((aliveLayers[rank] ?? 0) * keptOnRank(shared, plan)) / scheduled : 0,
    layers: plan.layers / chunks,
    hasHead: (chunk) => (sameChunks ? (plan.chunks[chunk]?.headShare ?? 0) > 0 : plan.headShare > 0 && chunk === chunks - 1),
    step: memory.owned.step,
  };
  const moments = [...pipelineMoments(from), ...tailMoments(from)];
  const fixed = parts.weights + parts.master + parts.moments + parts.buffers + parts.workspace;
  const comesAndGoes = ({ activations, gradients, sharding, casts, transient, logits, step }: Moving): Bytes =>
    activations + gradients + sharding + casts + transient + logits + step;
  const bytesOf = columns(moments, shares(job, plan.kinds), {
    parameters: () => parts.weights,
    optimizer: () => parts.master + parts.moments,
    buffers: () => parts.buffers,
    workspace: () => parts.workspace,
    outside: () => parts.context + parts.nccl,
    cache: (moment) => Math.max(0, parts.reserved - fixed - comesAndGoes(moment)),
  });
  const layers = order
    .filter((id) => bytesOf.get(id)?.some((bytes) => bytes > 0))
    .map((id): MemoryLayer => ({ id, label: memoryLabels[id], bytes: bytesOf.get(id) ?? new Float64Array(moments.length) }));
  const moved = moments.map(comesAndGoes);
  const most = moved.reduce((high, bytes) => Math.max(high, bytes), 0);
  const top = Math.max(0, moved.indexOf(most));
  const times = monotonic(moments.map(({ time }) => time));
  const peak: MemoryPeak = {
    time: times[top] ?? 0,
    allocated: fixed + most,
    operation: moments[top]?.operation,
    component: largest(layers, top),
  };
  return { rank, times, layers, device: parts.device, peak };
}

/** Operations that run together start before the one in front of them has ended. */
function monotonic(times: readonly number[]): Float64Array {
  let last = 0;
  return Float64Array.from(times, (time) => {
    last = Math.max(last, time);
    return last;
  });
}

function columns(
  moments: readonly Moving[],
  parts: readonly (readonly [ActivationPart, number])[],
  fixed: Partial<Record<MemoryComponent, (moment: Moving) => Bytes>>,
): ReadonlyMap<MemoryComponent, Float64Array> {
  const made = new Map<MemoryComponent, Float64Array>();
  for (const id of ['gradients', 'sharding', 'casts', 'transient', 'logits', 'step'] as const)
    made.set(
      id,
      Float64Array.from(moments, (moment) => moment[id]),
    );
  for (const [part, share] of parts)
    made.set(
      part,
      Float64Array.from(moments, ({ activations }) => activations * share),
    );
  for (const id of steady)
    made.set(
      id,
      Float64Array.from(moments, (moment) => fixed[id]?.(moment) ?? 0),
    );
  return made;
}

function largest(layers: readonly MemoryLayer[], index: number): MemoryComponent {
  const used = layers.filter(({ id }) => id !== 'cache' && id !== 'outside');
  const moving = used.filter(({ bytes }) => (bytes[index] ?? 0) > 0 && bytes.some((value) => value !== bytes[0]));
  const among = moving.length > 0 ? moving : used;
  let best = among[0];
  for (const layer of among) if ((layer.bytes[index] ?? 0) > (best?.bytes[index] ?? 0)) best = layer;
  return best?.id ?? 'parameters';
}
