/** The tree of terms behind the memory of one pipeline rank, made from its numbers when somebody opens it. */
import { memoryBand } from '../calibration/bands.ts';
import type { BandBasis } from '../calibration/measured-band.ts';
import { activationSlack, memoryCalibration } from '../calibration/memory.ts';
import type { Moment, StageMemory } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import { type Band, sumOf, type Term, type TermInput } from '../term.ts';
import type { RankPlan } from '../training/stage-plan.ts';
import type { Bytes } from '../units.ts';
import { localTokens } from './activations.ts';
import { logitsBytesPerElement } from './logits.ts';
import { keptOnRank, type SharedMemory } from './shared-memory.ts';
import type { StageParts } from './stage-parts.ts';
import { input } from './term-input.ts';

const zero = 'Rajbhandari et al. 2020 (ZeRO), section 3';
const korthikanti = 'Korthikanti et al. 2022, equations 1 to 6';

const moments: Readonly<Record<Moment, string>> = {
  loss: 'at the loss, when every activation and the logits are alive',
  backward: 'as the backward pass begins, with every activation and one layer recomputed',
  'last-backward': 'as the backward pass ends, with all gradients',
  optimizer: "at the optimizer step, with all gradients and the step's temporary copies",
};

export function bandOf(value: number, band: BandBasis): Band {
  return { low: Math.max(0, value * (1 - band.share)), high: value * (1 + band.share), basis: band.basis };
}

/** The band of a peak: no lower than what stays between steps, which is counted and not fitted. */
function peakBand(value: number, resident: number, band: BandBasis): Band {
  const { low, high, basis } = bandOf(value, band);
  return { low: Math.min(value, Math.max(low, resident)), high, basis };
}

interface Rank {
  readonly job: TrainingJob;
  readonly plan: RankPlan;
  readonly shared: SharedMemory;
  readonly parts: StageParts;
  readonly aliveLayers: number;
}

function term(id: string, label: string, value: Bytes, formula: string, inputs: readonly TermInput[], source?: string): Term {
  const base: Term = { id: `memory.${id}`, label, unit: 'B', value, formula, inputs };
  return source === undefined ? base : { ...base, source };
}

function parameterInputs({ job, plan, parts }: Rank): readonly TermInput[] {
  return [
    input('N', plan.parameters, undefined, 'parameters on this GPU before sharding, from the four below'),
    input('layers', plan.layers, 'model.layers'),
    input('h', job.model.hidden, 'model.hidden'),
    input('t', job.parallel.tensor, 'parallel.tensor'),
    input('p', job.parallel.pipeline, 'parallel.pipeline'),
    ...(job.adapter ? [input('trained', parts.trainable, 'adapter.rank', 'adapter parameters and parts trained whole')] : []),
  ];
}

function divided(rank: Rank, bytes: number, shards: number, field: TermInput['field']): readonly TermInput[] {
  const { job } = rank;
  const split = shards > 1 ? [input('d', shards, 'parallel.data'), input('ZeRO stage', job.zero.stage, 'zero.stage')] : [];
  return [...parameterInputs(rank), input('bytes', bytes, field), ...split];
}

const dividedFormula = (count: string, shards: number): string => (shards > 1 ? `${count} * bytes / d` : `${count} * bytes`);

function stateTerms(rank: Rank): Term {
  const { job, parts, shared } = rank;
  const s = shared.states;
  const count = job.adapter ? 'trained' : 'N';
  const stored = job.adapter ? [input('base format', job.baseFormat, 'model.baseFormat')] : [];
  const weights = [...divided(rank, s.weights, s.weightShards, 'precision.params'), ...stored];
  const weightFormula = job.adapter ? 'frozen weights as stored + adapters' : dividedFormula('N', s.weightShards);
  const optimizer = sumOf(
    'memory.optimizer',
    'Optimizer states',
    'B',
    [
      term(
        'master',
        'Master weights',
        parts.master,
        dividedFormula(count, s.optimizerShards),
        divided(rank, s.master, s.optimizerShards, 'optimizer.kind'),
        zero,
      ),
      term(
        'moments',
        'Moments',
        parts.moments,
        dividedFormula(count, s.optimizerShards),
        divided(rank, s.moments, s.optimizerShards, 'optimizer.kind'),
        zero,
      ),
    ],
    {
      formula: dividedFormula(count, s.optimizerShards),
      inputs: divided(rank, s.master + s.moments, s.optimizerShards, 'optimizer.kind'),
      source: zero,
    },
  );
  return sumOf('memory.states', 'Parameters, gradients, optimizer', 'B', [
    term('weights', 'Parameters', parts.weights, weightFormula, weights, zero),
    term(
      'gradients',
      'Gradients',
      parts.gradients,
      `${dividedFormula(count, s.gradientShards)}, as far as they exist ${moments[parts.moment].split(',')[0] ?? ''}`,
      divided(rank, s.gradients, s.gradientShards, 'precision.gradients'),
      zero,
    ),
    optimizer,
  ]);
}

function activationTerm({ job, plan, shared, parts, aliveLayers }: Rank): Term {
  const kept = keptOnRank(shared, plan);
  const alive = parts.moment === 'last-backward' ? 1 : aliveLayers;
  return term(
    'activations',
    'Activations',
    parts.activations,
    'bytes per layer and micro batch * most (layers * micro batches) alive at once',
    [
      input('bytes per layer', kept, 'recompute.granularity'),
      input('layers * micro batches alive', alive, 'parallel.pipeline', 'simulation of the schedule'),
      input('layers', plan.layers, 'model.layers'),
      input('b', job.batch.micro, 'batch.micro'),
      input('s', job.sequenceLength, 'sequence.length'),
      input('t', job.parallel.tensor, 'parallel.tensor'),
      input('sequence parallel', String(job.parallel.sequence), 'parallel.sequence'),
    ],
    korthikanti,
  );
}

function transientTerm({ job, parts }: Rank): Term {
  return term(
    'transient',
    'One layer in its backward pass',
    parts.transient,
    'recomputed activations + gathered sequence + gradients of the widest tensors',
    [
      input('b', job.batch.micro, 'batch.micro'),
      input('s', job.sequenceLength, 'sequence.length'),
      input('recompute', job.recompute.granularity, 'recompute.granularity'),
    ],
    korthikanti,
  );
}

function logitsTerm({ job, parts }: Rank): Term {
  const inputs = [
    input('s b', localTokens(job), 'batch.micro'),
    input('V', job.model.paddedVocab, 'model.vocab'),
    input('t', job.parallel.tensor, 'parallel.tensor'),
  ];
  if (job.loss.fused) {
    const formula = 'logits of a few rows at a time + gradient of the hidden states';
    return term(
      'logits',
      'Logits and loss',
      parts.logits,
      formula,
      [...inputs, input('fused', 'true', 'loss.fused')],
      'Hsu et al. 2024, Liger Kernel, section 3.2',
    );
  }
  const bytes = input('bytes per entry', logitsBytesPerElement(job));
  const source = 'Megatron-LM megatron/core/tensor_parallel/cross_entropy.py; PyTorch torch/nn/functional.py';
  return term('logits', 'Logits and loss', parts.logits, 's b V / t * bytes per entry', [...inputs, bytes], source);
}

/** Components of what the allocator has handed out at the peak. */
function allocatedTerms(rank: Rank): readonly Term[] {
  const { job, parts, shared } = rank;
  const list: Term[] = [stateTerms(rank), activationTerm(rank)];
  if (parts.transient > 0) list.push(transientTerm(rank));
  if (parts.logits > 0) list.push(logitsTerm(rank));
  if (parts.sharding > 0) {
    const inputs = [
      input('largest layer', shared.sharding.layer),
      input('bytes', shared.sharding.element),
      input('ZeRO stage', job.zero.stage, 'zero.stage'),
    ];
    list.push(
      term(
        'sharding',
        'Gathered parameters and unreduced gradients',
        parts.sharding,
        'gathered parameters + whole gradients waiting for their reduction',
        inputs,
        zero,
      ),
    );
  }
  if (parts.buffers > 0) {
    const source = 'PyTorch torch/nn/parallel/distributed.py; DeepSpeed deepspeed/runtime/zero';
    list.push(
      term(
        'buffers',
        'Communication buckets and secondary copies',
        parts.buffers,
        'buckets of gradients, or the secondary partition',
        [input('DP', job.parallel.data, 'parallel.data')],
        source,
      ),
    );
  }
  if (parts.casts > 0) {
    const inputs = [input('N', rank.plan.parameters), input('bytes', 2, 'precision.compute')];
    list.push(term('casts', '16-bit copies of the weights', parts.casts, 'N * bytes', inputs, 'PyTorch aten/src/ATen/autocast_mode.cpp'));
  }
  if (parts.step > 0) {
    const inputs = [input('bytes', shared.states.step, 'optimizer.fused'), input('trained', parts.trainable)];
    list.push(
      term(
        'step',
        'Temporary copies of the optimizer step',
        parts.step,
        'trained * bytes / d',
        inputs,
        'PyTorch torch/optim/adamw.py; DeepSpeed stage_1_and_2.py',
      ),
    );
  }
  list.push(
    term('workspace', 'Library workspaces', parts.workspace, 'a fixed size', [
      input('bytes', parts.workspace, undefined, 'defaults of cuBLAS and Transformer Engine'),
    ]),
  );
  return list;
}

function outerTerms(rank: Rank, allocated: Term, band: BandBasis): Pick<StageMemory, 'reserved' | 'device'> {
  const { parts } = rank;
  const reserved: Term = {
    ...term(
      'reserved',
      'Reserved by the allocator',
      parts.reserved,
      'allocated + fragmentation * what comes and goes + cached blocks of the loss',
      [input('fragmentation', activationSlack(rank.job.framework, rank.job.zero.implementation) - 1, undefined, 'fitted share')],
    ),
    children: [allocated],
    combine: 'none',
    band: peakBand(parts.reserved, parts.resident, band),
  };
  const context = term('context', 'CUDA context', parts.context, 'a fixed size', [
    input('bytes', parts.context, undefined, 'usual size of a context with kernel images'),
  ]);
  const nccl = term('nccl', 'NCCL buffers', parts.nccl, 'communicators * bytes each', [
    input('bytes each', memoryCalibration.perCommunicator, undefined, 'usual NCCL buffers of a communicator'),
  ]);
  const total = sumOf('memory.device', 'Shown by nvidia-smi', 'B', [reserved, context, nccl]);
  return { reserved, device: { ...total, band: peakBand(total.value, parts.resident, band) } };
}

/**
 * Memory of rank `plan.rank` as terms, from its numbers; at most `aliveLayers` (layers times micro batches) keep activations.
 * `shared` is the same for every rank of a job.
 */
export function stageMemory(job: TrainingJob, plan: RankPlan, parts: StageParts, aliveLayers: number, shared: SharedMemory): StageMemory {
  const rank: Rank = { job, plan, shared, parts, aliveLayers };
  const band = memoryBand(job);
  const sum = sumOf('memory.allocated', 'Allocated', 'B', allocatedTerms(rank));
  const allocated: Term = { ...sum, band: peakBand(sum.value, parts.resident, band), note: `fullest ${moments[parts.moment]}` };
  const activations = keptOnRank(shared, plan) * aliveLayers;
  const offloads = [
    input('optimizer', job.zero.offloadOptimizer, 'zero.offloadOptimizer'),
    input('parameters', job.zero.offloadParam, 'zero.offloadParam'),
    input('activations', String(job.offloadActivations), 'offload.activations'),
  ];
  return {
    stage: plan.rank,
    moment: parts.moment,
    allocated,
    ...outerTerms(rank, allocated, band),
    resident: term(
      'resident',
      'Stays between steps',
      parts.resident,
      'parameters + optimizer states + gradients that have buffers + workspaces',
      [],
    ),
    host: term(
      'host',
      'Host memory of one process',
      parts.hostBytes,
      'offloaded states, parameters, activations and swap buffers',
      offloads,
    ),
    nvme: term('nvme', 'NVMe of one process', parts.nvmeBytes, 'offloaded states and parameters', offloads),
    activations,
    besideActivations: Math.max(0, parts.device - activations * activationSlack(job.framework, job.zero.implementation)),
  };
}

/**
 * What the rank holds whatever the schedule does: everything nvidia-smi shows less the activations in flight and their
 * share of the allocator's slack, so that resident and activations add up to the peak.
 */
export function residentOf(memory: StageMemory): Bytes {
  return memory.besideActivations;
}
