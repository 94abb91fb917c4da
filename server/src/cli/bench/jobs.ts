/** The works that are timed: the same as those the peers were timed on, so that figures can be compared. */
import type { Cluster } from '../../core/hardware.ts';
import type { PartialJob } from '../../core/job-fields.ts';
import type { ScheduleRequest } from '../../core/schedules/schedule.ts';
import { simulateServing } from '../../core/serving/simulation/simulate-serving.ts';
import { syntheticWorkload } from '../../core/serving/simulation/workload/synthetic.ts';
import { findAccelerator, findNetwork } from '../../data/index.ts';

/** T1: GPT-3 175B on 1,024 A100 80 GB, TP 8, PP 8, DP 16, sequence parallel, selective recomputation, distributed optimizer. */
export const gpt3OnA100: PartialJob = {
  'model.layers': 96,
  'model.hidden': 12288,
  'model.heads': 96,
  'model.kvHeads': 96,
  'model.headDim': 128,
  'model.ffn': 49152,
  'model.gatedMlp': false,
  'model.activation': 'gelu',
  'model.normalization': 'layernorm',
  'model.positionEmbedding': 'learned',
  'model.linearBias': true,
  'model.qkvBias': true,
  'model.qkNorm': false,
  'model.vocab': 51200,
  'model.paddedVocab': 51200,
  'model.tiedEmbeddings': true,
  'model.maxPositions': 2048,
  'parallel.tensor': 8,
  'parallel.pipeline': 8,
  'parallel.virtualStages': 1,
  'parallel.context': 1,
  'parallel.data': 16,
  'parallel.dataShard': 16,
  'parallel.dataReplicate': 1,
  'parallel.sequence': true,
  'parallel.schedule': '1f1b',
  'zero.stage': 1,
  'zero.implementation': 'megatron-distributed-optimizer',
  'batch.micro': 1,
  'batch.global': 1536,
  'batch.accumulation': 96,
  'sequence.length': 2048,
  'precision.compute': 'bf16',
  'precision.fp8': false,
  'precision.params': 'bf16',
  'precision.gradients': 'fp32',
  'optimizer.kind': 'adam',
  'recompute.granularity': 'selective',
  'attention.kernel': 'unfused',
  'dropout.enabled': true,
  'cluster.gpus': 1024,
  'cluster.gpusPerNode': 8,
  'cluster.nodes': 128,
};

/** 128 nodes of 8 A100 80 GB; undefined when a data sheet is missing. */
export function a100Cluster(): Cluster | undefined {
  const [accelerator, scaleOut] = [findAccelerator('nvidia-a100-sxm-80gb'), findNetwork('infiniband-hdr-200')];
  return accelerator && scaleOut ? { accelerator, scaleOut, gpusPerNode: 8, nodes: 128 } : undefined;
}

/** P1: 1F1B with 8 stages, 32 micro batches, forward 1,000, both halves of backward 1,000 each, transfer 1. */
function evenPipeline(stages: number, microBatches: number): ScheduleRequest {
  return {
    name: '1f1b',
    stages,
    microBatches,
    virtualStages: 1,
    times: Array.from({ length: stages }, () => [{ forward: 1000, backward: 2000 }]),
    memory: Array.from({ length: stages }, () => [{ activations: 1 }]),
    residentBytes: Array.from({ length: stages }, () => 0),
    transfer: 1,
    transferOverlapped: false,
    tail: { gradientReduction: 0, optimizer: 0, parameterGather: 0 },
  };
}

export const eightStages: ScheduleRequest = evenPipeline(8, 32);
export const longPipeline: ScheduleRequest = evenPipeline(64, 4096);

/** A launch script of `lines` lines with the sections such scripts have. The micro batch stands on a line of its own. */
export function longScript(lines: number): string {
  const head = `#!/bin/bash
#SBATCH --job-name=pretrain
#SBATCH --nodes=16
#SBATCH --gpus-per-node=8
#SBATCH --gres=gpu:h100:8
set -euo pipefail
export CUDA_DEVICE_MAX_CONNECTIONS=1
TP=8
PP=4
MICRO_BATCH=1
GLOBAL_BATCH=512
`;
  const tail = `
MODEL_ARGS=(
  --num-layers 80
  --hidden-size 8192
  --ffn-hidden-size 28672
  --num-attention-heads 64
  --group-query-attention
  --num-query-groups 8
  --seq-length 8192
  --max-position-embeddings 8192
  --swiglu
  --normalization RMSNorm
  --position-embedding-type rope
  --disable-bias-linear
  --untie-embeddings-and-output-weights
  --vocab-size 128256
)
PARALLEL_ARGS=(
  --tensor-model-parallel-size $TP
  --pipeline-model-parallel-size $PP
  --sequence-parallel
  --use-distributed-optimizer
  --overlap-grad-reduce
  --overlap-param-gather
)
TRAINING_ARGS=(
  --micro-batch-size $MICRO_BATCH
  --global-batch-size $GLOBAL_BATCH
  --bf16
  --use-flash-attn
  --recompute-granularity selective
  --train-iters 100000
  --lr 1.5e-4
)
torchrun --nproc_per_node 8 --nnodes 16 pretrain_gpt.py \\
  "\${MODEL_ARGS[@]}" \\
  "\${PARALLEL_ARGS[@]}" \\
  "\${TRAINING_ARGS[@]}"
`;
  const filling: string[] = [];
  const wanted = lines - head.split('\n').length - tail.split('\n').length + 3;
  for (let index = 0; filling.length < wanted; index++) {
    filling.push(
      index % 4 === 0
        ? `# Section ${index / 4}: paths and checks of this run`
        : `export RUN_SETTING_${index}="\${RUN_SETTING_${index}:-value-${index}}"`,
    );
  }
  return `${head}${filling.slice(0, wanted).join('\n')}${tail}`;
}

/** S1: an engine of a plain linear step time, so that the scheduler is what is timed. */
export function serveFor50Seconds(): void {
  simulateServing(
    {
      engine: {
        policy: 'vllm',
        timer: { seconds: (tokens, sampled, pairs, live) => 8e-3 + tokens * 1.5e-5 + sampled * 1e-6 + pairs * 2e-10 + live * 2e-9 },
        kvTokens: 400_000,
        page: 16,
        maxSequences: 256,
        maxBatchedTokens: 8192,
        chunkedPrefill: true,
        prefixCache: true,
        pipeline: 1,
      },
      replicas: 1,
      routing: 'round-robin',
      seed: 1,
    },
    syntheticWorkload({
      arrivals: { kind: 'poisson', rate: 10 },
      prompt: { kind: 'fixed', tokens: 1024 },
      output: { kind: 'fixed', tokens: 256 },
      requests: 500,
      seed: 1,
    }),
  );
}
