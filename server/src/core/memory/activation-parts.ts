/** What the activations that one layer keeps of a micro batch are made of. The parts add up to `LayerMemory.kept`, which a test holds. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import { recomputedShare } from '../training/recomputed-share.ts';
import type { Bytes } from '../units.ts';
import { countsByOperator, droppedBy, fullLayerActivations, keptPerLayer, layerInputBytes, localTokens } from './activations.ts';
import { eagerLayer } from './eager-activations.ts';

export const activationLabels = {
  inputs: 'Inputs of layers that are computed again',
  norms: 'Inputs of norms',
  mixing: 'Queries, keys, values and outputs of attention or scans',
  core: 'Scores or log-sums of attention',
  feedForward: 'MLP',
  experts: 'Experts',
  masks: 'Dropout masks',
  results: 'Results kept by selective recomputation',
} as const;

export type ActivationPart = keyof typeof activationLabels;
export type ActivationParts = Partial<Readonly<Record<ActivationPart, Bytes>>>;

function scaled(parts: ActivationParts, share: number): ActivationParts {
  return Object.fromEntries(Object.entries(parts).map(([id, bytes]) => [id, bytes * share]));
}

/** Everything one layer saves when nothing is computed again. */
function whole(job: TrainingJob, block: Block): ActivationParts {
  if (countsByOperator(job)) {
    const { norms, projections, core, out, mlp, experts, dropoutMasks } = fullLayerActivations(job, block, true);
    return { norms, mixing: projections + out, core, feedForward: mlp, experts, masks: dropoutMasks };
  }
  const { parts, core } = eagerLayer(job, block, localTokens(job));
  const { norms, mixer, feedForward, masks } = parts;
  const moe = block.feedForward?.kind === 'moe';
  return { norms, mixing: mixer - core, core, [moe ? 'experts' : 'feedForward']: feedForward, masks };
}

function selective(job: TrainingJob, block: Block): ActivationParts {
  if (countsByOperator(job)) {
    const full = fullLayerActivations(job, block, false);
    const dropped = droppedBy(job, block, full);
    return {
      norms: full.norms - dropped.norms,
      mixing: full.projections - dropped.projections + full.out,
      core: full.core,
      feedForward: full.mlp - dropped.mlp,
      experts: full.experts - dropped.experts,
      masks: full.dropoutMasks,
    };
  }
  if (job.framework === 'torchtitan') return { results: keptPerLayer(job, block) };
  return { ...whole(job, block), core: 0 };
}

/** Bytes on the device by part; nothing where activations are offloaded. */
export function activationParts(job: TrainingJob, block: Block): ActivationParts {
  if (job.offloadActivations) return {};
  const { granularity, method, layers } = job.recompute;
  if (granularity === 'none') return whole(job, block);
  if (granularity === 'selective') return selective(job, block);
  if (method === 'uniform') return { inputs: layerInputBytes(job) / layers };
  const share = recomputedShare(job);
  return { ...scaled(whole(job, block), 1 - share), inputs: share * layerInputBytes(job) };
}
