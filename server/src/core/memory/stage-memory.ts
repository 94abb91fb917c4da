/** Memory of one pipeline rank at its peak, as a tree of terms: allocated, reserved and what nvidia-smi shows. */
import type { BandBasis } from '../calibration/bands.ts';
import { memoryCalibration } from '../calibration/memory.ts';
import type { StageMemory } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { type Band, findTerm, sumOf, type Term, type TermInput } from '../term.ts';
import type { RankPlan } from '../training/stage-plan.ts';
import type { Bytes } from '../units.ts';
import { type ShardingBytes, shardingBytes } from './sharding.ts';
import { keptOnRank, type SharedMemory, transientOnRank } from './shared-memory.ts';
import { dividedParameters, type StateBytes } from './states.ts';
import { input } from './term-input.ts';

const zero = 'Rajbhandari et al. 2020 (ZeRO), section 3';
const korthikanti = 'Korthikanti et al. 2022, equations 1 to 6';

export function bandOf(value: number, band: BandBasis): Band {
  return { low: value * (1 - band.share), high: value * (1 + band.share), basis: band.basis };
}

/**
 * What the rank holds whatever the schedule does: everything nvidia-smi shows less the activations in flight and their
 * share of the allocator's slack, so that resident and activations add up to the peak.
 */
export function residentOf(memory: StageMemory): Bytes {
  const activations = findTerm(memory.allocated, 'memory.activations')?.value ?? 0;
  return memory.device.value - activations * memoryCalibration.reservedOverAllocated;
}

function stateTerms(job: TrainingJob, plan: RankPlan, s: StateBytes): Term {
  const parameters = [
    input('N', plan.parameters, undefined, 'parameters on this GPU before sharding, from the four below'),
    input('layers', plan.layers, 'model.layers'),
    input('h', job.model.hidden, 'model.hidden'),
    input('t', job.parallel.tensor, 'parallel.tensor'),
    input('p', job.parallel.pipeline, 'parallel.pipeline'),
  ];
  const shardFields = (shards: number): TermInput => input('d', shards, 'parallel.data');
  const term = (id: string, label: string, bytes: number, shards: number, field: TermInput['field']): Term => ({
    id: `memory.${id}`,
    label,
    unit: 'B',
    value: dividedParameters(job, plan, shards) * bytes,
    formula: shards > 1 ? 'N * bytes / d' : 'N * bytes',
    inputs: [
      ...parameters,
      input('bytes', bytes, field),
      ...(shards > 1 ? [shardFields(shards), input('ZeRO stage', job.zero.stage, 'zero.stage')] : []),
    ],
    source: zero,
  });
  return sumOf('memory.states', 'Parameters, gradients, optimizer', 'B', [
    term('weights', 'Parameters', s.weights, s.weightShards, 'precision.params'),
    term('gradients', 'Gradients', s.gradients, s.gradientShards, 'precision.gradients'),
    term('optimizer', 'Optimizer states', s.master + s.moments, s.optimizerShards, 'optimizer.kind'),
  ]);
}

function activationTerm(shared: SharedMemory, plan: RankPlan, aliveLayers: number): Term {
  const kept = keptOnRank(shared, plan);
  return {
    id: 'memory.activations',
    label: 'Activations',
    unit: 'B',
    value: aliveLayers * kept,
    formula: 'bytes per layer and micro batch * most (layers * micro batches) alive at once',
    inputs: [
      input('bytes per layer', kept, 'recompute.granularity'),
      input('layers * micro batches alive', aliveLayers, 'parallel.pipeline', 'simulation of the schedule'),
      input('layers', plan.layers, 'model.layers'),
      ...shared.activationInputs,
    ],
    source: korthikanti,
  };
}

function logitsTerm(plan: RankPlan, { logits, logitsInputs }: SharedMemory): Term {
  return {
    id: 'memory.logits',
    label: 'Logits and loss',
    unit: 'B',
    value: plan.headShare * logits,
    formula: 's b V / t * bytes per entry',
    inputs: logitsInputs,
    source: 'Megatron-LM megatron/core/tensor_parallel/cross_entropy.py',
  };
}

function shardingTerm(job: TrainingJob, { gathered, gradients }: ShardingBytes): Term {
  return {
    id: 'memory.sharding',
    label: 'Gathered parameters and unreduced gradients',
    unit: 'B',
    value: gathered + gradients,
    formula: 'gathered parameters + whole gradients waiting for their reduction',
    inputs: [input('gathered', gathered), input('gradients', gradients), input('ZeRO stage', job.zero.stage, 'zero.stage')],
    source: zero,
  };
}

/** Components of what the allocator has handed out. */
function allocatedParts(job: TrainingJob, plan: RankPlan, aliveLayers: number, shared: SharedMemory): readonly Term[] {
  const sharding = shardingBytes(job, plan);
  const parts: Term[] = [stateTerms(job, plan, shared.states), activationTerm(shared, plan, aliveLayers)];
  if (plan.layers > 0) parts.push(transientOnRank(shared, plan));
  if (plan.headShare > 0) parts.push(logitsTerm(plan, shared));
  if (sharding.gathered + sharding.gradients > 0) parts.push(shardingTerm(job, sharding));
  parts.push(shared.workspace);
  return parts;
}

/**
 * Memory of rank `plan.rank`, when at most `aliveLayers` (layers times micro batches) keep activations at once. Assumes
 * that the peak falls on the backward pass of the last-started micro batch, with its logits and one layer's
 * recomputation alive. `shared` is the same for every rank of a job.
 */
export function stageMemory(job: TrainingJob, plan: RankPlan, aliveLayers: number, shared: SharedMemory): StageMemory {
  const sum = sumOf('memory.allocated', 'Allocated', 'B', allocatedParts(job, plan, aliveLayers, shared));
  const allocated: Term = { ...sum, band: bandOf(sum.value, shared.band) };
  const reservedValue = allocated.value * memoryCalibration.reservedOverAllocated;
  const reserved: Term = {
    id: 'memory.reserved',
    label: 'Reserved by the allocator',
    unit: 'B',
    value: reservedValue,
    formula: 'allocated * slack',
    inputs: shared.slackInputs,
    children: [allocated],
    combine: 'none',
    band: bandOf(reservedValue, shared.band),
  };
  const total = sumOf('memory.device', 'Shown by nvidia-smi', 'B', [reserved, shared.context, shared.nccl]);
  return { stage: plan.rank, allocated, reserved, device: { ...total, band: bandOf(total.value, shared.band) } };
}
