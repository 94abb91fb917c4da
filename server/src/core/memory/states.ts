/**
 * Bytes per parameter of weights, gradients and optimizer states, and what each is divided by.
 *
 * Mixed-precision Adam keeps 2 (compute copy) + 4 or 2 (gradient) + 4 (master) + 4 + 4 (moments) bytes a parameter;
 * ZeRO stage 1 divides master and moments, 2 the gradients too, 3 the compute copy too (Rajbhandari et al. 2020,
 * section 3; Megatron-LM docs/source/api-guide/dist_optimizer). FSDP keeps fp32 shards as parameters and gathers bf16
 * copies, so its shards count 4 + 4 + 4 + 4 (PyTorch torch/distributed/fsdp). A plain PyTorch optimizer keeps its moments
 * in the type of the weights and no master copy (torch/optim/adam.py), so bf16 fine-tuning counts 2 + 2 + 2 + 2.
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { OptimizerKind } from '../job-fields.ts';
import { bytesPerElement } from '../number-format.ts';
import type { RankPlan } from '../training/stage-plan.ts';

export interface StateBytes {
  /** Bytes per parameter before division. */
  readonly weights: number;
  readonly gradients: number;
  readonly master: number;
  readonly moments: number;
  /** What each is divided by. */
  readonly weightShards: number;
  readonly gradientShards: number;
  readonly optimizerShards: number;
}

/**
 * Parameters of which one GPU keeps its part when they are divided over `shards` ranks of DP and CP. Routed experts lie on
 * fewer GPUs each, so that fewer ranks share them: those of the expert data-parallel group.
 */
export function dividedParameters(job: TrainingJob, plan: RankPlan, shards: number): number {
  if (shards <= 1) return plan.parameters;
  const { tensor, expert, expertTensor } = job.parallel;
  const expertShards = Math.max(1, (shards * tensor) / (expert * expertTensor));
  return (plan.parameters - plan.expertParameters) / shards + plan.expertParameters / expertShards;
}

/** Optimizer moments per parameter: how many fp32 values it keeps. */
const momentBytes: Readonly<Record<OptimizerKind, number>> = {
  adam: 8,
  sgd: 4,
  adafactor: 0.1,
  lion: 4,
  muon: 4,
  'adam-8bit': 2,
  'adam-4bit': 1,
  other: 8,
};

export function stateBytes(job: TrainingJob): StateBytes {
  const { stage, implementation } = job.zero;
  const shards = job.parallel.dataShard * job.parallel.context;
  const full = job.precision.compute === 'fp32';
  const plain = job.framework === 'huggingface';
  const halved = plain && bytesPerElement(job.precision.params) === 2 && job.optimizer.kind !== 'adam-8bit';
  const moments = momentBytes[job.optimizer.kind] * (halved ? 0.5 : 1);
  const fsdp = implementation === 'fsdp1' || implementation === 'fsdp2';
  const offloaded = job.optimizer.cpuOffload || job.zero.offloadOptimizer !== 'none';
  const weights = fsdp || plain ? bytesPerElement(job.precision.params) : full ? 4 : 2;
  const master = fsdp || plain || full || offloaded ? 0 : 4;
  return {
    weights: job.zero.offloadParam === 'none' ? weights : 0,
    gradients: bytesPerElement(job.precision.gradients),
    master,
    moments: offloaded ? 0 : moments,
    weightShards: stage >= 3 ? shards : 1,
    gradientShards: stage >= 2 ? shards : 1,
    optimizerShards: stage >= 1 ? shards : 1,
  };
}
