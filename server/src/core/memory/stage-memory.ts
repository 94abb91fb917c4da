/** Memory of one pipeline rank at its peak, as a tree of terms: allocated, reserved and what nvidia-smi shows. */
import { type BandBasis, memoryBand, memoryCalibration } from '../calibration.ts';
import type { StageMemory } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { type Band, findTerm, sumOf, type Term, type TermInput } from '../term.ts';
import type { RankPlan } from '../training/stage-plan.ts';
import type { Bytes } from '../units.ts';
import { keptPerLayer, transientPerLayer } from './activations.ts';
import { logitsBytes, logitsBytesPerElement } from './logits.ts';
import { shardingBytes } from './sharding.ts';
import { stateBytes } from './states.ts';

const zero = 'Rajbhandari et al. 2020 (ZeRO), section 3';
const korthikanti = 'Korthikanti et al. 2022, equations 1 to 6';

const input = (name: string, value: number | string, field?: TermInput['field'], from?: string): TermInput => ({
  name,
  value,
  ...(field === undefined ? {} : { field }),
  ...(from === undefined ? {} : { from }),
});

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

function stateTerms(job: TrainingJob, plan: RankPlan): Term {
  const s = stateBytes(job);
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
    value: (plan.parameters * bytes) / shards,
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

function activationTerm(job: TrainingJob, plan: RankPlan, aliveLayers: number, kept: Bytes): Term {
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
      input('b', job.batch.micro, 'batch.micro'),
      input('s', job.sequenceLength, 'sequence.length'),
      input('t', job.parallel.tensor, 'parallel.tensor'),
      input('sequence parallel', String(job.parallel.sequence), 'parallel.sequence'),
    ],
    source: korthikanti,
  };
}

function communicatorCount(job: TrainingJob): number {
  const { tensor, pipeline, context, data } = job.parallel;
  return [tensor, pipeline, context, data].filter((size) => size > 1).length + (pipeline > 1 ? 1 : 0);
}

/** Components of what the allocator has handed out. */
function allocatedParts(job: TrainingJob, plan: RankPlan, aliveLayers: number): readonly Term[] {
  const kept = keptPerLayer(job);
  const sharding = shardingBytes(job, plan);
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const parts: Term[] = [stateTerms(job, plan), activationTerm(job, plan, aliveLayers, kept)];
  parts.push({
    id: 'memory.transient',
    label: 'One layer in its backward pass',
    unit: 'B',
    value: plan.layers > 0 ? transientPerLayer(job) : 0,
    formula: 'recomputed activations + gathered sequence + gradient of the widest tensor',
    inputs: [
      input('b', job.batch.micro, 'batch.micro'),
      input('s', job.sequenceLength, 'sequence.length'),
      input('recompute', job.recompute.granularity, 'recompute.granularity'),
    ],
    source: korthikanti,
  });
  if (plan.headShare > 0) {
    parts.push({
      id: 'memory.logits',
      label: 'Logits and loss',
      unit: 'B',
      value: plan.headShare * logitsBytes(job),
      formula: 's b V / t * bytes per entry',
      inputs: [
        input('s b', tokens, 'batch.micro'),
        input('V', job.model.paddedVocab, 'model.vocab'),
        input('t', job.parallel.tensor, 'parallel.tensor'),
        input('bytes per entry', logitsBytesPerElement(job)),
      ],
      source: 'Megatron-LM megatron/core/tensor_parallel/cross_entropy.py',
    });
  }
  if (sharding.gathered + sharding.gradients > 0) {
    parts.push({
      id: 'memory.sharding',
      label: 'Gathered parameters and unreduced gradients',
      unit: 'B',
      value: sharding.gathered + sharding.gradients,
      formula: 'gathered parameters + whole gradients waiting for their reduction',
      inputs: [
        input('gathered', sharding.gathered),
        input('gradients', sharding.gradients),
        input('ZeRO stage', job.zero.stage, 'zero.stage'),
      ],
      source: zero,
    });
  }
  parts.push({
    id: 'memory.workspace',
    label: 'Library workspaces',
    unit: 'B',
    value: memoryCalibration.workspace,
    formula: 'a fixed size',
    inputs: [input('bytes', memoryCalibration.workspace, undefined, 'cuBLAS and Transformer Engine defaults')],
  });
  return parts;
}

/**
 * Memory of rank `plan.rank`, when at most `aliveLayers` (layers times micro batches) keep activations at once. Assumes that the peak
 * falls on the backward pass of the last-started micro batch, with its logits and one layer's recomputation alive.
 */
export function stageMemory(job: TrainingJob, plan: RankPlan, aliveLayers: number): StageMemory {
  const parts = allocatedParts(job, plan, aliveLayers);
  const allocatedSum = sumOf('memory.allocated', 'Allocated', 'B', parts);
  const allocated: Term = { ...allocatedSum, band: bandOf(allocatedSum.value, memoryBand(job.framework, job.zero.implementation)) };
  const reservedValue = allocated.value * memoryCalibration.reservedOverAllocated;
  const reserved: Term = {
    id: 'memory.reserved',
    label: 'Reserved by the allocator',
    unit: 'B',
    value: reservedValue,
    formula: 'allocated * slack',
    inputs: [input('slack', memoryCalibration.reservedOverAllocated, undefined, 'fitted allocator slack')],
    children: [allocated],
    combine: 'none',
    band: bandOf(reservedValue, memoryBand(job.framework, job.zero.implementation)),
  };
  const communicators = communicatorCount(job);
  const outside = memoryCalibration.context + communicators * memoryCalibration.perCommunicator;
  const device: Term = {
    ...sumOf('memory.device', 'Shown by nvidia-smi', 'B', [
      reserved,
      {
        id: 'memory.context',
        label: 'CUDA context',
        unit: 'B',
        value: memoryCalibration.context,
        formula: 'a fixed size',
        inputs: [input('bytes', memoryCalibration.context, undefined, 'usual size of a context with kernel images')],
      },
      {
        id: 'memory.nccl',
        label: 'NCCL buffers',
        unit: 'B',
        value: communicators * memoryCalibration.perCommunicator,
        formula: 'communicators * bytes each',
        inputs: [
          input('communicators', communicators),
          input('bytes each', memoryCalibration.perCommunicator, undefined, 'usual NCCL buffers of a communicator'),
        ],
      },
    ]),
    band: bandOf(reservedValue + outside, memoryBand(job.framework, job.zero.implementation)),
  };
  return { stage: plan.rank, allocated, reserved, device };
}
