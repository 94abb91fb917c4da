/**
 * One collective of a trace: what was sent among whom, and which kind of parallelism it belongs to. PyTorch writes sizes and groups with
 * the kernels of NCCL ("In msg nelems", "dtype", "Group size", "Process Group Description", "Process Group Ranks"; torch
 * csrc/distributed/c10d/ParamCommsUtils.hpp since 2.3); other sources name the kernel alone.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { CollectiveKind } from './kernel-kind.ts';

export interface Collective {
  readonly kind: CollectiveKind;
  /** Bytes of the whole message as the model counts it: what an all-gather ends with, a reduce-scatter starts with. */
  readonly bytes?: number;
  readonly groupSize?: number;
  /** The words the framework gave the group, e.g. "TENSOR_MODEL_PARALLEL_GROUP", "mesh_fsdp". */
  readonly group?: string;
  /** Distance between neighbouring ranks of the group. */
  readonly stride?: number;
}

/** The parts of a step that collectives belong to. */
export const dimensions = ['tensor', 'context', 'expert', 'pipeline', 'data', 'unknown'] as const;
export type Dimension = (typeof dimensions)[number];

/** Of PyTorch's scalar types as Kineto spells them. */
const elementBytes: Readonly<Record<string, number>> = {
  float: 4,
  float32: 4,
  int: 4,
  half: 2,
  float16: 2,
  bfloat16: 2,
  short: 2,
  double: 8,
  long: 8,
  byte: 1,
  char: 1,
  bool: 1,
  float8_e4m3fn: 1,
  float8_e5m2: 1,
  uint8: 1,
  int8: 1,
};

/** Bytes of a message from what goes in and comes out; undefined when the type or the count is not told. */
export function messageBytes(
  kind: CollectiveKind,
  input: number | undefined,
  output: number | undefined,
  type: string,
): number | undefined {
  const size = elementBytes[type.toLowerCase()];
  if (size === undefined) return undefined;
  const elements = kind === 'all-gather' ? (output ?? input) : (input ?? output);
  return elements === undefined || !(elements > 0) ? undefined : elements * size;
}

const descriptions: readonly (readonly [RegExp, Dimension])[] = [
  // Experts have data and tensor groups of their own: "EXPERT_DATA_PARALLEL_GROUP" reduces gradients.
  [/expert.*data|edp\b|expert_data|efsdp/i, 'data'],
  [/expert|\bep\b|_ep\b|ep_|moe/i, 'expert'],
  [/data|\bdp\b|_dp\b|dp_|fsdp|hsdp|zero|shard|replicate/i, 'data'],
  [/tensor|\btp\b|_tp\b|tp_|model_parallel/i, 'tensor'],
  [/context|\bcp\b|_cp\b|sequence|ulysses/i, 'context'],
  [/pipeline|\bpp\b|_pp\b|embedding/i, 'pipeline'],
];

/** Which parallelism a collective serves: by the group's words, else by what only one of the job's groups can be. */
export function dimensionOf({ kind, groupSize, group = '' }: Collective, job: TrainingJob | undefined): Dimension {
  const told = descriptions.find(([pattern]) => pattern.test(group))?.[1];
  if (told) return told;
  if (!job) return 'unknown';
  const { tensor, pipeline, context, data, expert } = job.parallel;
  const has: Readonly<Record<Exclude<Dimension, 'unknown'>, number>> = {
    tensor,
    context,
    expert,
    pipeline,
    data: data * context,
  };
  const able = candidates(kind, job).filter((one) => has[one] > 1);
  const sized = groupSize === undefined ? able : able.filter((one) => has[one] === groupSize || (one === 'data' && data === groupSize));
  return sized[0] ?? able[0] ?? 'unknown';
}

/** What may send such a collective, likeliest first: sequence parallel TP gathers and scatters, so does a sharded optimizer. */
function candidates(kind: CollectiveKind, { parallel, zero }: TrainingJob): readonly Exclude<Dimension, 'unknown'>[] {
  switch (kind) {
    case 'send-recv':
      // NCCL has no all-to-all of its own: libraries make it of sends and receives.
      return parallel.contextKind === 'ring' ? ['pipeline', 'context', 'expert'] : ['pipeline', 'expert', 'context'];
    case 'all-to-all':
      return parallel.contextKind === 'all-to-all' ? ['context', 'expert'] : ['expert'];
    case 'all-gather':
    case 'reduce-scatter':
      return zero.stage > 0 && !parallel.sequence ? ['data', 'tensor', 'expert', 'context'] : ['tensor', 'data', 'expert', 'context'];
    default:
      return parallel.sequence ? ['data', 'tensor', 'pipeline'] : ['tensor', 'data', 'pipeline'];
  }
}
