/**
 * Operators the host issues for one layer. Experts need many more than a dense MLP: the router's top-k, counting, sorting,
 * bringing tokens into order and back, and a call for each local expert, twice with fp8, whose casts are per expert too
 * (Transformer Engine pytorch/module/grouped_linear.py; Megatron-LM megatron/core/transformer/moe).
 */
import { hostCalibration } from '../calibration/host.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Block } from '../model-shape.ts';
import { layerTensors } from './layer-tensors.ts';

const {
  operatorsPerLayer,
  operatorsToRoute,
  operatorsPerGather,
  unfixedRouting,
  fusedRouting,
  backwardOperators,
  backwardOperatorsOfExperts,
} = hostCalibration;

/**
 * Operators of one expert: two products where kernels are grouped, and the casts of fp8 beside them, with MX also what brings
 * the scales of both operands into the order the units read (common/swizzle); none where all experts are one kernel; in the loop of plain
 * PyTorch also finding, picking and adding back its tokens (transformers models/mixtral/modeling_mixtral.py).
 */
const operatorsPerExpert = { fused: 0, grouped: 2, groupedFp8: 6, groupedMx: 10, loop: 10 };
/** Each adapted product adds its dropout, two small products, scaling and the sum (peft tuners/lora/layer.py, Linear.forward). */
const operatorsPerAdapter = 5;

export interface IssuedOperators {
  readonly forward: number;
  readonly backward: number;
}

function perExpert(job: TrainingJob): number {
  if (!job.compiled && !job.kernels.fused) return operatorsPerExpert.loop;
  if (job.kernels.fusedExperts) return operatorsPerExpert.fused;
  if (!job.precision.fp8) return operatorsPerExpert.grouped;
  return job.precision.fp8Recipe === 'mx' ? operatorsPerExpert.groupedMx : operatorsPerExpert.groupedFp8;
}

export function issuedOperators(job: TrainingJob, block: Block): IssuedOperators {
  const { feedForward } = block;
  const halves = (block.mixer ? 0.5 : 0) + (feedForward ? 0.5 : 0) + (block.cross ? 0.5 : 0);
  if (job.cudaGraphs === 'step') return { forward: 0, backward: 0 };
  const captured = job.cudaGraphs === 'layer';
  let forward = captured ? 1 : operatorsPerLayer * halves;
  if (feedForward?.kind === 'moe') {
    const local = feedForward.experts / job.parallel.expert;
    const route = operatorsToRoute * (job.kernels.fusedPermute ? fusedRouting : 1);
    forward += route * (captured ? unfixedRouting : 1) + local * perExpert(job);
  }
  if (job.adapter) forward += operatorsPerAdapter * job.adapter.targets.length;
  // DeepSpeed's stage 3 fetches and releases every tensor from hooks.
  if (job.zero.stage === 3 && job.zero.implementation === 'deepspeed') forward += operatorsPerGather * layerTensors(block);
  const again = job.recompute.granularity === 'full' ? 1 : 0;
  const heavier = feedForward?.kind === 'moe' ? backwardOperatorsOfExperts : backwardOperators;
  return { forward, backward: forward * (heavier + again) };
}
