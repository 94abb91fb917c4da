/**
 * Operators the host issues for one layer. Experts need many more than a dense MLP: the router's top-k, counting, sorting,
 * bringing tokens into order and back, and a call for each local expert, twice with fp8, whose casts are per expert too
 * (Transformer Engine pytorch/module/grouped_linear.py; Megatron-LM megatron/core/transformer/moe).
 */
import { hostCalibration } from '../calibration/host.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import { layerTensors } from './layer-tensors.ts';

/** Share of the routing that a graph of a layer's fixed parts leaves to the host: what depends on how many tokens came. */
const unfixedRouting = 0.2;

export interface IssuedOperators {
  readonly forward: number;
  readonly backward: number;
}

/**
 * Operators of one expert: two products where kernels are grouped, and the casts of fp8 beside them; in the loop of plain
 * PyTorch also finding, picking and adding back its tokens (transformers models/mixtral/modeling_mixtral.py).
 */
function perExpert(job: TrainingJob): number {
  if (!job.compiled && !job.kernels.fused) return 10;
  return job.precision.fp8 ? 6 : 2;
}

export function issuedOperators(job: TrainingJob, block: Block): IssuedOperators {
  const { feedForward } = block;
  const halves = (block.mixer ? 0.5 : 0) + (feedForward ? 0.5 : 0) + (block.cross ? 0.5 : 0);
  if (job.cudaGraphs === 'step') return { forward: 0, backward: 0 };
  const captured = job.cudaGraphs === 'layer';
  let forward = captured ? 1 : hostCalibration.operatorsPerLayer * halves;
  if (feedForward?.kind === 'moe') {
    const local = feedForward.experts / job.parallel.expert;
    forward += hostCalibration.operatorsToRoute * (captured ? unfixedRouting : 1) + local * perExpert(job);
  }
  // Each adapted product adds its dropout, two small products, scaling and the sum.
  if (job.adapter) forward += 5 * job.adapter.targets.length;
  // DeepSpeed's stage 3 fetches and releases every tensor from hooks.
  if (job.zero.stage === 3 && job.zero.implementation === 'deepspeed') forward += hostCalibration.operatorsPerGather * layerTensors(block);
  // Backward issues two products for each of the forward pass, but fewer small operators.
  const again = job.recompute.granularity === 'full' ? 1 : 0;
  const heavier = feedForward?.kind === 'moe' ? 1.8 : 1.2;
  return { forward, backward: forward * (heavier + again) };
}
