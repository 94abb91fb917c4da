/** What the memory of every pipeline rank of a job has in common, computed once: bytes per layer, fixed terms, the band. */
import { type BandBasis, memoryBand } from '../calibration/bands.ts';
import { memoryCalibration } from '../calibration/memory.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import type { Term, TermInput } from '../term.ts';
import type { RankPlan } from '../training/stage-plan.ts';
import type { Bytes } from '../units.ts';
import { keptPerLayer, transientPerLayer } from './activations.ts';
import { logitsBytes, logitsBytesPerElement } from './logits.ts';
import { type StateBytes, stateBytes } from './states.ts';
import { input } from './term-input.ts';

export interface SharedMemory {
  readonly states: StateBytes;
  /** Activation bytes one micro batch keeps in one layer of each kind: `kept[kind]`. */
  readonly kept: readonly Bytes[];
  readonly logits: Bytes;
  readonly activationInputs: readonly TermInput[];
  readonly logitsInputs: readonly TermInput[];
  readonly slackInputs: readonly TermInput[];
  /** What the backward pass of one layer of each kind needs for a while: `transients[kind]`. */
  readonly transients: readonly Term[];
  readonly workspace: Term;
  readonly context: Term;
  readonly nccl: Term;
  readonly band: BandBasis;
}

/** Mean bytes one micro batch keeps in a layer of this rank. */
export function keptOnRank({ kept }: Pick<SharedMemory, 'kept'>, plan: RankPlan): Bytes {
  if (plan.layers === 0) return 0;
  return plan.kinds.reduce((sum, count, kind) => sum + count * (kept[kind] ?? 0), 0) / plan.layers;
}

/** The largest transient among the kinds of layer this rank holds. */
export function transientOnRank({ transients }: Pick<SharedMemory, 'transients'>, plan: RankPlan): Term {
  let most: Term | undefined;
  plan.kinds.forEach((count, kind) => {
    const term = transients[kind];
    if (count > 0 && term && term.value > (most?.value ?? -1)) most = term;
  });
  return most ?? { id: 'memory.transient', label: 'One layer in its backward pass', unit: 'B', value: 0 };
}

function fixedTerm(id: string, label: string, bytes: Bytes, from: string): Term {
  return { id, label, unit: 'B', value: bytes, formula: 'a fixed size', inputs: [input('bytes', bytes, undefined, from)] };
}

function ncclTerm(job: TrainingJob): Term {
  const { tensor, pipeline, context, data } = job.parallel;
  const communicators = [tensor, pipeline, context, data].filter((size) => size > 1).length + (pipeline > 1 ? 1 : 0);
  const each = memoryCalibration.perCommunicator;
  return {
    id: 'memory.nccl',
    label: 'NCCL buffers',
    unit: 'B',
    value: communicators * each,
    formula: 'communicators * bytes each',
    inputs: [input('communicators', communicators), input('bytes each', each, undefined, 'usual NCCL buffers of a communicator')],
  };
}

function transientTerm(job: TrainingJob, block: Block): Term {
  return {
    id: 'memory.transient',
    label: 'One layer in its backward pass',
    unit: 'B',
    value: transientPerLayer(job, block),
    formula: 'recomputed activations + gathered sequence + gradient of the widest tensor',
    inputs: [
      input('b', job.batch.micro, 'batch.micro'),
      input('s', job.sequenceLength, 'sequence.length'),
      input('recompute', job.recompute.granularity, 'recompute.granularity'),
    ],
    source: 'Korthikanti et al. 2022, equations 1 to 6',
  };
}

export function sharedMemory(job: TrainingJob): SharedMemory {
  const tokens = (job.batch.micro * job.sequenceLength) / job.parallel.context;
  const { workspace, context, reservedOverAllocated } = memoryCalibration;
  return {
    states: stateBytes(job),
    kept: job.model.blocks.map((block) => keptPerLayer(job, block)),
    logits: logitsBytes(job),
    activationInputs: [
      input('b', job.batch.micro, 'batch.micro'),
      input('s', job.sequenceLength, 'sequence.length'),
      input('t', job.parallel.tensor, 'parallel.tensor'),
      input('sequence parallel', String(job.parallel.sequence), 'parallel.sequence'),
    ],
    logitsInputs: [
      input('s b', tokens, 'batch.micro'),
      input('V', job.model.paddedVocab, 'model.vocab'),
      input('t', job.parallel.tensor, 'parallel.tensor'),
      input('bytes per entry', logitsBytesPerElement(job)),
    ],
    slackInputs: [input('slack', reservedOverAllocated, undefined, 'fitted allocator slack')],
    transients: job.model.blocks.map((block) => transientTerm(job, block)),
    workspace: fixedTerm('memory.workspace', 'Library workspaces', workspace, 'cuBLAS and Transformer Engine defaults'),
    context: fixedTerm('memory.context', 'CUDA context', context, 'usual size of a context with kernel images'),
    nccl: ncclTerm(job),
    band: memoryBand(job.framework, job.zero.implementation),
  };
}
