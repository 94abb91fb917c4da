/** For each rule: jobs it must speak about and jobs it must leave alone. The literate pages hold the same for whole files. */
import type { Severity } from '../../server/src/core/finding.ts';
import type { JobField, PartialJob } from '../../server/src/core/job-fields.ts';
import { clusterOf, type Surroundings, servingEstimate, trainingEstimate, writtenAs } from './support.ts';

export interface Case extends Surroundings {
  readonly job: PartialJob;
}
export interface Flagged extends Case {
  readonly at: JobField;
  readonly severity: Severity;
  /** Text that the line must contain. */
  readonly says: string;
  /** Values that fixes write or fields that they remove, in order. */
  readonly fixes?: readonly string[];
}
export interface RuleCases {
  readonly flagged: readonly Flagged[];
  readonly clean: readonly Case[];
}

const gpt = { 'model.layers': 48, 'model.hidden': 4096, 'model.heads': 32 } as const;
const serving = { 'parallel.tensor': 4 } as const;
const setting = { kind: 'setting', name: 'test' } as const;
const torchFsdp2 = { 'zero.implementation': writtenAs('--use-torch-fsdp2') } as const;
const granularity = { 'recompute.granularity': writtenAs('--recompute-granularity') } as const;
const expertModel = { 'parallel.expert': writtenAs('--expert-model-parallel-size') } as const;
const cpuOffload = { 'optimizer.cpuOffload': writtenAs('--optimizer-cpu-offload') } as const;
const missing = { kind: 'default', framework: 'test', release: 'test', why: 'test' } as const;

export const cases: Readonly<Record<string, RuleCases>> = {
  'world-size-not-divisible': {
    flagged: [
      {
        job: { 'cluster.gpus': 32, 'parallel.tensor': 4, 'parallel.pipeline': 3 },
        at: 'parallel.pipeline',
        severity: 'error',
        says: '32 GPUs cannot be divided into groups of TP 4 x PP 3 = 12',
        fixes: ['parallel.pipeline=2', 'parallel.pipeline=4'],
      },
      {
        job: { 'cluster.gpus': 12, 'parallel.tensor': 2, 'parallel.pipeline': 2, 'parallel.context': 2 },
        sources: { 'cluster.gpus': setting },
        at: 'parallel.pipeline',
        severity: 'warning',
        says: 'CP 2 = 8',
        fixes: ['parallel.pipeline=1', 'parallel.pipeline=3', 'parallel.tensor=1', 'parallel.tensor=3'],
      },
    ],
    clean: [
      { job: { 'cluster.gpus': 32, 'parallel.tensor': 4, 'parallel.pipeline': 4 } },
      { job: { 'cluster.gpus': 8, 'parallel.tensor': 0, 'parallel.pipeline': 3 } },
      { job: { 'parallel.tensor': 4, 'parallel.pipeline': 3 } },
      {
        job: { 'cluster.gpus': 1, 'parallel.tensor': 4, 'parallel.pipeline': 1 },
        sources: { 'cluster.gpus': { kind: 'derived', from: [], how: 'python starts one process' } },
      },
    ],
  },
  'heads-not-divisible-by-tensor-parallel': {
    flagged: [
      {
        job: { 'model.heads': 40, 'parallel.tensor': 16 },
        at: 'parallel.tensor',
        severity: 'error',
        says: '40 attention heads cannot be split over TP 16',
        fixes: ['parallel.tensor=10', 'parallel.tensor=20'],
      },
    ],
    clean: [{ job: { 'model.heads': 40, 'parallel.tensor': 8 } }, { job: { 'model.heads': 40, 'parallel.tensor': 0 } }],
  },
  'kv-heads-incompatible-with-tensor-parallel': {
    flagged: [
      {
        job: { 'model.heads': 24, 'model.kvHeads': 8, 'parallel.tensor': 12 },
        at: 'parallel.tensor',
        severity: 'error',
        says: '8 KV heads can be neither split nor copied evenly over TP 12',
        fixes: ['parallel.tensor=8', 'parallel.tensor=24'],
      },
    ],
    clean: [
      { job: { 'model.heads': 32, 'model.kvHeads': 8, 'parallel.tensor': 16 } },
      { job: { 'model.heads': 32, 'model.kvHeads': 8, 'parallel.tensor': 4 } },
      { job: { 'model.heads': 32, 'model.kvHeads': 32, 'parallel.tensor': 12 } },
      { job: { 'model.heads': 32, 'model.kvHeads': 8, 'parallel.tensor': 12 } },
    ],
  },
  'kv-heads-replicated-by-tensor-parallel': {
    flagged: [
      {
        framework: 'vllm',
        job: { 'model.kvHeads': 4, 'parallel.tensor': 8 },
        at: 'parallel.tensor',
        severity: 'warning',
        says: 'TP 8 keeps 2 copies of the KV cache',
      },
    ],
    clean: [
      { job: { 'model.kvHeads': 8, 'parallel.tensor': 8 } },
      { job: { 'model.kvHeads': 4, 'parallel.tensor': 8, 'serving.decodeContextParallel': 2 } },
      { job: { 'model.kvHeads': 1, 'parallel.tensor': 8, 'model.attentionKind': 'MLA' } },
    ],
  },
  'kv-heads-do-not-divide-heads': {
    flagged: [
      { job: { 'model.heads': 32, 'model.kvHeads': 6 }, at: 'model.kvHeads', severity: 'error', says: '6 KV heads do not divide 32' },
    ],
    clean: [{ job: { 'model.heads': 32, 'model.kvHeads': 8 } }, { job: { 'model.heads': 32, 'model.kvHeads': 0 } }],
  },
  'hidden-not-divisible-by-heads': {
    flagged: [
      { job: { 'model.hidden': 4096, 'model.heads': 30 }, at: 'model.heads', severity: 'error', says: '4096 cannot be cut into 30' },
    ],
    clean: [
      { job: { 'model.hidden': 4096, 'model.heads': 32 } },
      { job: { 'model.hidden': 2880, 'model.heads': 64, 'model.headDim': 64 } },
    ],
  },
  'layers-not-divisible-by-pipeline': {
    flagged: [
      {
        job: { ...gpt, 'parallel.pipeline': 10 },
        at: 'parallel.pipeline',
        severity: 'error',
        says: '48 layers cannot be dealt evenly to PP 10',
        fixes: ['parallel.pipeline=8', 'parallel.pipeline=12'],
      },
      {
        job: { 'model.layers': 31, 'parallel.pipeline': 4, 'parallel.embeddingCountsAsLayer': true, 'parallel.lossCountsAsLayer': true },
        at: 'parallel.pipeline',
        severity: 'error',
        says: '33 layers (31 and 2 for embedding and loss)',
      },
    ],
    clean: [
      { job: { ...gpt, 'parallel.pipeline': 8 } },
      { job: { ...gpt, 'parallel.pipeline': 10, 'parallel.layersFirstStage': 3 } },
      { job: { ...gpt, 'parallel.pipeline': 10, 'parallel.pipelineLayout': 'Et*10|L' } },
      { job: { ...gpt, 'parallel.pipeline': 10, 'zero.implementation': 'deepspeed' } },
      {
        job: { 'model.layers': 30, 'parallel.pipeline': 4, 'parallel.embeddingCountsAsLayer': true, 'parallel.lossCountsAsLayer': true },
      },
    ],
  },
  'layers-not-divisible-by-virtual-stages': {
    flagged: [
      {
        job: { ...gpt, 'parallel.pipeline': 4, 'parallel.virtualStages': 5 },
        at: 'parallel.virtualStages',
        severity: 'error',
        says: 'The 12 layers of a stage cannot be cut into 5 virtual stages',
        fixes: ['parallel.virtualStages=4', 'parallel.virtualStages=6'],
      },
      {
        job: { ...gpt, 'parallel.pipeline': 4, 'parallel.layersPerVirtualStage': 5 },
        at: 'parallel.layersPerVirtualStage',
        severity: 'error',
        says: 'virtual stages of 5',
        fixes: ['parallel.layersPerVirtualStage=4', 'parallel.layersPerVirtualStage=6'],
      },
    ],
    clean: [
      { job: { ...gpt, 'parallel.pipeline': 4, 'parallel.virtualStages': 3 } },
      { job: { ...gpt, 'parallel.pipeline': 5, 'parallel.virtualStages': 5 } },
      { job: { ...gpt, 'parallel.pipeline': 4, 'parallel.layersPerVirtualStage': 6 } },
    ],
  },
  'too-few-stages-for-interleaving': {
    flagged: [
      {
        job: { 'parallel.pipeline': 1, 'parallel.virtualStages': 2 },
        at: 'parallel.virtualStages',
        severity: 'error',
        says: '2 virtual stages per rank need more than PP 1',
        fixes: ['-parallel.virtualStages'],
      },
      {
        job: { 'parallel.pipeline': 2, 'parallel.virtualStages': 2, 'overlap.pipelineTransfers': false },
        at: 'parallel.virtualStages',
        severity: 'error',
        says: 'more than PP 2',
        fixes: ['-parallel.virtualStages'],
      },
    ],
    clean: [
      { job: { 'parallel.pipeline': 2, 'parallel.virtualStages': 2, 'overlap.pipelineTransfers': true } },
      { job: { 'parallel.pipeline': 1, 'parallel.virtualStages': 1 } },
    ],
  },
  'virtual-stages-set-twice': {
    flagged: [
      {
        job: { 'parallel.virtualStages': 2, 'parallel.layersPerVirtualStage': 2 },
        at: 'parallel.layersPerVirtualStage',
        severity: 'error',
        says: 'asked for twice',
        fixes: ['-parallel.virtualStages', '-parallel.layersPerVirtualStage'],
      },
    ],
    clean: [
      { job: { 'parallel.virtualStages': 2 } },
      {
        job: { 'parallel.virtualStages': 2, 'parallel.layersPerVirtualStage': 2 },
        sources: { 'parallel.virtualStages': { kind: 'derived', from: ['parallel.layersPerVirtualStage'], how: 'test' } },
      },
    ],
  },
  'micro-batches-not-multiple-of-stages': {
    flagged: [
      {
        job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 2, 'batch.global': 36, 'batch.micro': 1, 'parallel.data': 2 },
        at: 'batch.global',
        severity: 'error',
        says: 'a multiple of 4 micro batches, this batch gives 18',
        fixes: ['batch.global=32', 'batch.global=40'],
      },
    ],
    clean: [
      { job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 2, 'batch.global': 40, 'batch.micro': 1, 'parallel.data': 2 } },
      { job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 1, 'batch.global': 36, 'batch.micro': 1, 'parallel.data': 2 } },
      { job: { 'parallel.pipeline': 4, 'parallel.virtualStages': 2, 'batch.global': 37, 'batch.micro': 1, 'parallel.data': 2 } },
    ],
  },
  'micro-batches-fewer-than-stages': {
    flagged: [
      {
        job: { 'parallel.pipeline': 8, 'batch.global': 8, 'batch.micro': 1, 'parallel.data': 2 },
        at: 'batch.global',
        severity: 'warning',
        says: '4 micro batches cannot fill a pipeline of 8 stages',
        fixes: ['batch.global=16'],
      },
    ],
    clean: [
      { job: { 'parallel.pipeline': 8, 'batch.global': 16, 'batch.micro': 1, 'parallel.data': 2 } },
      { job: { 'parallel.pipeline': 1, 'batch.global': 2, 'batch.micro': 1, 'parallel.data': 2 } },
    ],
  },
  'sequence-parallel-without-tensor-parallel': {
    flagged: [
      {
        job: { 'parallel.sequence': true, 'parallel.tensor': 1 },
        at: 'parallel.sequence',
        severity: 'warning',
        says: 'no effect with TP 1',
        fixes: ['-parallel.sequence'],
      },
    ],
    clean: [{ job: { 'parallel.sequence': true, 'parallel.tensor': 2 } }, { job: { 'parallel.sequence': false, 'parallel.tensor': 1 } }],
  },
  'expert-parallel-without-sequence-parallel': {
    flagged: [
      {
        job: { 'parallel.expert': 4, 'parallel.tensor': 2, 'parallel.sequence': false },
        at: 'parallel.expert',
        severity: 'warning',
        says: 'EP 4 with TP 2 needs sequence parallelism',
        fixes: ['parallel.sequence=true'],
      },
    ],
    clean: [
      { job: { 'parallel.expert': 4, 'parallel.tensor': 2, 'parallel.sequence': true } },
      { job: { 'parallel.expert': 4, 'parallel.tensor': 1, 'parallel.sequence': false } },
    ],
  },
  'experts-not-divisible-by-expert-parallel': {
    flagged: [
      {
        job: { 'parallel.expert': 6, 'model.experts': 64 },
        sources: expertModel,
        at: 'parallel.expert',
        severity: 'error',
        says: '64 experts cannot be shared out over EP 6',
        fixes: ['parallel.expert=4', 'parallel.expert=8'],
      },
      {
        job: { 'parallel.expert': 8, 'model.layers': 24 },
        sources: expertModel,
        at: 'parallel.expert',
        severity: 'error',
        says: 'no experts',
        fixes: ['parallel.expert=1'],
      },
    ],
    clean: [
      { job: { 'parallel.expert': 8, 'model.experts': 64 } },
      { job: { 'parallel.expert': 1 } },
      { job: { 'parallel.expert': 8 }, sources: expertModel },
      { job: { 'parallel.expert': 6, 'model.experts': 64 }, sources: { 'parallel.expert': writtenAs('--moe-expert-parallel-size') } },
      {
        job: { 'parallel.expert': 8, 'model.layers': 24 },
        sources: {
          ...expertModel,
          'model.experts': {
            kind: 'unresolved',
            uri: 'file:///job',
            key: { start: 0, end: 1 },
            value: { start: 0, end: 1 },
            spelling: '--num-experts',
            why: 'test',
          },
        },
      },
    ],
  },
  'sequence-not-divisible-by-context-parallel': {
    flagged: [
      {
        job: { 'sequence.length': 4100, 'parallel.context': 4 },
        at: 'sequence.length',
        severity: 'error',
        says: '4100 is no multiple of 2 x CP 4 = 8',
        fixes: ['sequence.length=4096', 'sequence.length=4104'],
      },
    ],
    clean: [{ job: { 'sequence.length': 4096, 'parallel.context': 4 } }, { job: { 'sequence.length': 4097, 'parallel.context': 1 } }],
  },
  'positions-shorter-than-sequence': {
    flagged: [
      {
        job: { 'model.maxPositions': 2048, 'sequence.length': 4096, 'model.positionEmbedding': 'learned' },
        at: 'model.maxPositions',
        severity: 'error',
        says: '4096 tokens exceed the 2048 positions',
        fixes: ['model.maxPositions=4096'],
      },
    ],
    clean: [{ job: { 'model.maxPositions': 4096, 'sequence.length': 4096 } }],
  },
  'tensor-parallel-crosses-node': {
    flagged: [
      {
        job: { 'parallel.tensor': 16, 'cluster.gpusPerNode': 8 },
        at: 'parallel.tensor',
        severity: 'warning',
        says: 'TP 16 spans more than one node of 8 GPUs',
        fixes: ['parallel.tensor=8'],
      },
    ],
    clean: [{ job: { 'parallel.tensor': 8, 'cluster.gpusPerNode': 8 } }, { job: { 'parallel.tensor': 16, 'cluster.gpusPerNode': 72 } }],
  },
  'tensor-overlap-without-sequence-parallel': {
    flagged: [
      {
        job: { 'parallel.tpCommOverlap': true, 'parallel.sequence': false, 'parallel.tensor': 4 },
        at: 'parallel.tpCommOverlap',
        severity: 'error',
        says: 'without sequence parallelism',
        fixes: ['parallel.sequence=true'],
      },
      {
        job: { 'parallel.tpCommOverlap': true, 'parallel.sequence': true, 'parallel.tensor': 1 },
        at: 'parallel.tpCommOverlap',
        severity: 'error',
        says: 'without sequence parallelism',
        fixes: ['-parallel.tpCommOverlap'],
      },
    ],
    clean: [{ job: { 'parallel.tpCommOverlap': true, 'parallel.sequence': true, 'parallel.tensor': 4 } }],
  },
  'cuda-device-max-connections-not-one': {
    flagged: [
      {
        job: { 'parallel.tensor': 2, 'environment.cudaDeviceMaxConnections': 8 },
        at: 'environment.cudaDeviceMaxConnections',
        severity: 'error',
        says: 'TP 2 needs CUDA_DEVICE_MAX_CONNECTIONS=1, not 8',
        fixes: ['environment.cudaDeviceMaxConnections=1'],
      },
      {
        job: { 'parallel.tensor': 1, 'parallel.context': 2, 'cluster.gpus': 8 },
        cluster: clusterOf(9),
        at: 'parallel.context',
        severity: 'warning',
        says: 'CP 2 needs it',
      },
    ],
    clean: [
      { job: { 'parallel.tensor': 2, 'environment.cudaDeviceMaxConnections': 1 } },
      { job: { 'parallel.tensor': 1, 'cluster.gpus': 8 } },
      { job: { 'parallel.tensor': 2 } },
      { job: { 'parallel.tensor': 2, 'cluster.gpus': 8 }, cluster: clusterOf(10) },
      { job: { 'parallel.tensor': 2, 'cluster.gpus': 8 }, cluster: clusterOf(undefined) },
      { job: { 'parallel.tensor': 2, 'zero.implementation': 'fsdp2', 'cluster.gpus': 8 } },
    ],
  },
  'cuda-device-max-connections-one-with-fsdp': {
    flagged: [
      {
        job: { 'environment.cudaDeviceMaxConnections': 1, 'zero.implementation': 'fsdp2' },
        at: 'environment.cudaDeviceMaxConnections',
        severity: 'error',
        says: 'FSDP cannot run',
        fixes: ['environment.cudaDeviceMaxConnections=8'],
      },
    ],
    clean: [
      { job: { 'environment.cudaDeviceMaxConnections': 1, 'zero.implementation': 'megatron-distributed-optimizer' } },
      { job: { 'environment.cudaDeviceMaxConnections': 32, 'zero.implementation': 'fsdp2' } },
    ],
  },
  'fsdp2-with-unsupported-option': {
    flagged: [
      {
        job: { 'zero.implementation': 'fsdp2', 'parallel.pipeline': 2 },
        sources: torchFsdp2,
        at: 'parallel.pipeline',
        severity: 'error',
        says: 'PP 2',
      },
      {
        job: { 'zero.implementation': 'fsdp2', 'model.tiedEmbeddings': true },
        sources: torchFsdp2,
        at: 'model.tiedEmbeddings',
        severity: 'error',
        says: 'tied',
      },
    ],
    clean: [
      {
        job: { 'zero.implementation': 'fsdp2', 'parallel.pipeline': 1, 'model.tiedEmbeddings': false, 'precision.fp16': false },
        sources: torchFsdp2,
      },
      { job: { 'zero.implementation': 'fsdp2', 'parallel.pipeline': 2 } },
      { job: { 'zero.implementation': 'megatron-distributed-optimizer', 'parallel.pipeline': 2 } },
    ],
  },
  'param-gather-overlap-unsupported': {
    flagged: [
      {
        job: { 'overlap.paramGather': true, 'overlap.gradReduce': true, 'zero.stage': 0 },
        at: 'overlap.paramGather',
        severity: 'error',
        says: 'not sharded',
        fixes: ['-overlap.paramGather'],
      },
      {
        job: {
          'overlap.paramGather': true,
          'overlap.gradReduce': false,
          'zero.stage': 1,
          'zero.implementation': 'megatron-distributed-optimizer',
        },
        at: 'overlap.paramGather',
        severity: 'error',
        says: 'overlapped gradient reduction',
        fixes: ['overlap.gradReduce=true'],
      },
    ],
    clean: [
      { job: { 'overlap.paramGather': true, 'overlap.gradReduce': true, 'zero.stage': 1 } },
      { job: { 'overlap.paramGather': false, 'zero.stage': 0 } },
    ],
  },
  'recompute-method-with-selective': {
    flagged: [
      {
        job: { 'recompute.granularity': 'selective', 'recompute.method': 'uniform' },
        at: 'recompute.method',
        severity: 'error',
        says: 'takes no recompute method',
        fixes: ['-recompute.method'],
      },
    ],
    clean: [
      { job: { 'recompute.granularity': 'full', 'recompute.method': 'uniform', 'recompute.layers': 1 } },
      { job: { 'recompute.granularity': 'selective' } },
    ],
  },
  'full-recompute-without-method': {
    flagged: [
      {
        job: { 'recompute.granularity': 'full' },
        sources: granularity,
        at: 'recompute.granularity',
        severity: 'error',
        says: 'without a method and a number of layers',
        fixes: ['recompute.method=uniform,recompute.layers=1'],
      },
      {
        job: { 'recompute.granularity': 'full', 'recompute.method': 'block' },
        sources: granularity,
        at: 'recompute.granularity',
        severity: 'error',
        says: 'without a number of layers',
        fixes: ['recompute.layers=1'],
      },
    ],
    clean: [
      { job: { 'recompute.granularity': 'full', 'recompute.method': 'block', 'recompute.layers': 2 } },
      { job: { 'recompute.granularity': 'selective' } },
      { job: { 'recompute.granularity': 'full' }, sources: { 'recompute.granularity': writtenAs('--checkpoint-activations') } },
    ],
  },
  'saved-activations-distributed-with-sequence-parallel': {
    flagged: [
      {
        job: { 'recompute.distributeSaved': true, 'parallel.sequence': true, 'parallel.tensor': 2 },
        at: 'recompute.distributeSaved',
        severity: 'error',
        says: 'already split',
        fixes: ['-recompute.distributeSaved'],
      },
    ],
    clean: [{ job: { 'recompute.distributeSaved': true, 'parallel.sequence': false, 'parallel.tensor': 2 } }],
  },
  'optimizer-offload-without-precision-aware': {
    flagged: [
      {
        job: { 'optimizer.cpuOffload': true, 'optimizer.precisionAware': false },
        sources: cpuOffload,
        at: 'optimizer.cpuOffload',
        severity: 'error',
        says: 'precision-aware',
        fixes: ['optimizer.precisionAware=true'],
      },
    ],
    clean: [
      { job: { 'optimizer.cpuOffload': true, 'optimizer.precisionAware': true }, sources: cpuOffload },
      {
        job: { 'optimizer.cpuOffload': true, 'optimizer.precisionAware': false },
        sources: { 'optimizer.cpuOffload': writtenAs('--cpu-optimizer') },
      },
    ],
  },
  'mla-with-grouped-query-attention': {
    flagged: [
      {
        job: { 'model.attentionKind': 'MLA', 'model.kvHeads': 8 },
        at: 'model.kvHeads',
        severity: 'error',
        says: 'exclude each other',
        fixes: ['-model.kvHeads'],
      },
    ],
    clean: [
      { job: { 'model.attentionKind': 'GQA', 'model.kvHeads': 8 } },
      { job: { 'model.attentionKind': 'MLA', 'model.kvHeads': 8 }, sources: { 'model.kvHeads': missing } },
    ],
  },
  'vocabulary-padded': {
    flagged: [
      {
        job: { 'model.vocab': 50257, 'model.vocabDivisor': 128, 'parallel.tensor': 8 },
        at: 'model.vocab',
        severity: 'info',
        says: 'from 50257 to 51200',
      },
    ],
    clean: [{ job: { 'model.vocab': 51200, 'model.vocabDivisor': 128, 'parallel.tensor': 8 } }],
  },
  'global-batch-not-divisible': {
    flagged: [
      {
        job: { 'batch.global': 100, 'batch.micro': 2, 'parallel.data': 8 },
        at: 'batch.global',
        severity: 'error',
        says: 'Global batch 100 is no multiple of micro batch 2 x DP 8 = 16',
        fixes: ['batch.global=96', 'batch.global=112'],
      },
    ],
    clean: [{ job: { 'batch.global': 96, 'batch.micro': 2, 'parallel.data': 8 } }],
  },
  'batch-triple-mismatch': {
    flagged: [
      {
        job: { 'batch.global': 256, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 },
        at: 'batch.global',
        severity: 'error',
        says: 'Batch 256 is not micro batch 4 x accumulation 2 x 8 ranks = 64',
        fixes: ['batch.accumulation=8', 'batch.global=64'],
      },
      {
        job: { 'batch.global': 100, 'batch.micro': 4, 'batch.accumulation': 2 },
        at: 'batch.global',
        severity: 'error',
        says: 'no multiple of micro batch 4 x accumulation 2 = 8',
        fixes: ['batch.global=104'],
      },
      {
        job: { 'batch.global': 256, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 },
        sources: { 'parallel.data': { kind: 'derived', from: ['cluster.gpus'], how: 'test' }, 'cluster.gpus': setting },
        at: 'batch.global',
        severity: 'warning',
        says: '= 64',
      },
    ],
    clean: [
      { job: { 'batch.global': 64, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 } },
      { job: { 'batch.global': 64, 'batch.micro': 4, 'batch.accumulation': 2 } },
      {
        job: { 'batch.global': 256, 'batch.micro': 4, 'batch.accumulation': 2, 'parallel.data': 8 },
        sources: { 'batch.accumulation': { kind: 'derived', from: ['batch.global'], how: 'test' } },
      },
    ],
  },
  'batch-size-missing': {
    flagged: [
      {
        job: { 'zero.stage': 2, 'batch.accumulation': 4 },
        at: 'batch.accumulation',
        severity: 'info',
        says: 'Neither train_batch_size',
      },
      { job: { 'zero.stage': 2 }, at: 'zero.stage', severity: 'info', says: 'Neither train_batch_size' },
    ],
    clean: [
      { job: { 'zero.stage': 2, 'batch.micro': 4 } },
      {
        job: { 'zero.stage': 2 },
        sources: {
          'batch.global': {
            kind: 'auto',
            uri: 'file:///job',
            key: { start: 0, end: 1 },
            value: { start: 0, end: 1 },
            spelling: 'train_batch_size',
            filledBy: 'test',
          },
        },
      },
    ],
  },
  'fp16-and-bf16-together': {
    flagged: [
      {
        framework: 'deepspeed',
        job: { 'precision.fp16': true, 'precision.bf16': true },
        at: 'precision.fp16',
        severity: 'error',
        says: 'both on',
        fixes: ['precision.fp16=false', 'precision.bf16=false'],
      },
      {
        job: { 'precision.fp16': true, 'precision.bf16': true },
        at: 'precision.fp16',
        severity: 'error',
        says: 'both on',
        fixes: ['-precision.fp16', '-precision.bf16'],
      },
    ],
    clean: [{ job: { 'precision.fp16': false, 'precision.bf16': true } }],
  },
  'zero-stage-with-pipeline': {
    flagged: [
      {
        job: { 'zero.stage': 2, 'zero.implementation': 'deepspeed', 'parallel.pipeline': 4 },
        at: 'zero.stage',
        severity: 'error',
        says: 'ZeRO stage 2 does not work with PP 4',
        fixes: ['zero.stage=1'],
      },
    ],
    clean: [
      { job: { 'zero.stage': 1, 'zero.implementation': 'deepspeed', 'parallel.pipeline': 4 } },
      { job: { 'zero.stage': 3, 'zero.implementation': 'deepspeed', 'parallel.pipeline': 1 } },
      { job: { 'zero.stage': 3, 'zero.implementation': 'fsdp2', 'parallel.pipeline': 2 } },
    ],
  },
  'offload-param-without-stage-3': {
    flagged: [
      {
        job: { 'zero.offloadParam': 'cpu', 'zero.stage': 2 },
        at: 'zero.offloadParam',
        severity: 'warning',
        says: 'no effect with ZeRO stage 2',
        fixes: ['zero.stage=3', '-zero.offloadParam'],
      },
    ],
    clean: [{ job: { 'zero.offloadParam': 'cpu', 'zero.stage': 3 } }, { job: { 'zero.offloadParam': 'none', 'zero.stage': 2 } }],
  },
  'partial-offload-without-stage-3': {
    flagged: [
      {
        job: { 'zero.offloadOptimizerRatio': 0.4, 'zero.stage': 2 },
        at: 'zero.offloadOptimizerRatio',
        severity: 'error',
        says: 'needs ZeRO stage 3',
        fixes: ['zero.offloadOptimizerRatio=1', 'zero.stage=3'],
      },
    ],
    clean: [{ job: { 'zero.offloadOptimizerRatio': 0.4, 'zero.stage': 3 } }, { job: { 'zero.offloadOptimizerRatio': 1, 'zero.stage': 2 } }],
  },
  'compressed-optimizer-with-zero': {
    flagged: [
      {
        job: { 'optimizer.name': 'OneBitAdam', 'zero.stage': 1 },
        at: 'optimizer.name',
        severity: 'error',
        says: '1-bit Adam does not work with ZeRO stage 1',
        fixes: ['zero.stage=0'],
      },
    ],
    clean: [{ job: { 'optimizer.name': 'OneBitAdam', 'zero.stage': 0 } }, { job: { 'optimizer.name': 'constructor', 'zero.stage': 1 } }],
  },
  'max-grad-norm-in-optimizer': {
    flagged: [
      {
        job: { 'optimizer.maxGradNorm': 1 },
        at: 'optimizer.maxGradNorm',
        severity: 'error',
        says: 'no parameter of the optimizer',
        fixes: ['-optimizer.maxGradNorm'],
      },
    ],
    clean: [{ job: {} }],
  },
  'memory-over-capacity': {
    flagged: [
      {
        job: { 'parallel.tensor': 1, 'batch.micro': 4 },
        estimate: trainingEstimate({ device: 100 * 2 ** 30, usable: 79 * 2 ** 30, band: 0.1 }),
        at: 'batch.micro',
        severity: 'error',
        says: 'Needs 100 GiB (90.0 to 110), 79.0 GiB are usable',
      },
      {
        job: { 'parallel.tensor': 1, 'batch.micro': 4 },
        estimate: trainingEstimate({ device: 78 * 2 ** 30, usable: 79 * 2 ** 30, band: 0.1 }),
        at: 'batch.micro',
        severity: 'warning',
        says: 'May need',
      },
      {
        framework: 'vllm',
        job: serving,
        estimate: servingEstimate({ weights: 140 * 2 ** 30, overhead: 2 * 2 ** 30, usable: 70 * 2 ** 30, kvTokens: 0 }),
        at: 'parallel.tensor',
        severity: 'error',
        says: 'no room for a KV cache',
      },
    ],
    clean: [
      { job: { 'parallel.tensor': 1 }, estimate: trainingEstimate({ device: 60 * 2 ** 30, usable: 79 * 2 ** 30, band: 0.1 }) },
      { job: { 'parallel.tensor': 1 } },
    ],
  },
  'bubble-over-budget': {
    flagged: [
      {
        job: { 'parallel.pipeline': 8, 'model.layers': 48 },
        estimate: trainingEstimate({ device: 1, usable: 2, bubble: 0.3, schedule: { stages: 8, microBatches: 16, virtualStages: 1 } }),
        at: 'parallel.pipeline',
        severity: 'warning',
        says: 'bubble takes 30 %',
        fixes: ['parallel.virtualStages=2'],
      },
    ],
    clean: [
      {
        job: { 'parallel.pipeline': 8, 'model.layers': 48 },
        estimate: trainingEstimate({ device: 1, usable: 2, bubble: 0.1, schedule: { stages: 8, microBatches: 64, virtualStages: 1 } }),
      },
      { job: { 'parallel.pipeline': 8, 'model.layers': 48 } },
    ],
  },
  'kv-cache-below-context': {
    flagged: [
      {
        job: { 'serving.maxModelLen': 32768 },
        estimate: servingEstimate({ weights: 1, overhead: 1, usable: 10, kvTokens: 20_001, band: 0.1 }),
        at: 'serving.maxModelLen',
        severity: 'error',
        says: 'holds about 20001 tokens, one request may need 32768',
        fixes: ['serving.maxModelLen=18000'],
      },
      {
        job: { 'serving.maxModelLen': 32768, 'serving.blockSize': 128 },
        estimate: servingEstimate({ weights: 1, overhead: 1, usable: 10, kvTokens: 33_000, band: 0.1 }),
        at: 'serving.maxModelLen',
        severity: 'warning',
        says: 'may hold',
        fixes: ['serving.maxModelLen=29696'],
      },
    ],
    clean: [
      {
        job: { 'serving.maxModelLen': 8192 },
        estimate: servingEstimate({ weights: 1, overhead: 1, usable: 10, kvTokens: 10_000, band: 0.1 }),
      },
      { job: { 'serving.maxModelLen': 8192 } },
    ],
  },
  'kv-cache-over-capacity': {
    flagged: [
      {
        job: { 'serving.kvCacheBytes': 50 * 2 ** 30 },
        estimate: servingEstimate({ weights: 30 * 2 ** 30, overhead: 2 * 2 ** 30, usable: 79 * 2 ** 30, kvTokens: 1 }),
        at: 'serving.kvCacheBytes',
        severity: 'error',
        says: 'does not fit beside 30.0 GiB',
        fixes: [`serving.kvCacheBytes=${47 * 2 ** 30}`],
      },
    ],
    clean: [
      {
        job: { 'serving.kvCacheBytes': 40 * 2 ** 30 },
        estimate: servingEstimate({ weights: 30 * 2 ** 30, overhead: 2 * 2 ** 30, usable: 79 * 2 ** 30, kvTokens: 1 }),
      },
    ],
  },
  'context-over-model-limit': {
    flagged: [
      {
        job: { 'serving.maxModelLen': 65536, 'model.maxPositions': 32768 },
        at: 'serving.maxModelLen',
        severity: 'error',
        says: "65536 tokens exceeds the model's own limit of 32768",
        fixes: ['serving.maxModelLen=32768'],
      },
      {
        job: { 'serving.maxModelLen': 65536, 'model.maxPositions': 32768, 'environment.allowLongMaxModelLen': true },
        at: 'serving.maxModelLen',
        severity: 'warning',
        says: 'limit of 32768',
      },
      {
        job: {
          'serving.maxModelLen': 200_000,
          'model.maxPositions': 40_960,
          'model.ropeScalingType': 'yarn',
          'model.ropeScalingFactor': 4,
          'model.ropeOriginalPositions': 32_768,
        },
        at: 'serving.maxModelLen',
        severity: 'error',
        says: 'limit of 131072',
      },
    ],
    clean: [
      { job: { 'serving.maxModelLen': 32768, 'model.maxPositions': 32768 } },
      {
        job: {
          'serving.maxModelLen': 131_072,
          'model.maxPositions': 40_960,
          'model.ropeScalingType': 'yarn',
          'model.ropeScalingFactor': 4,
          'model.ropeOriginalPositions': 32_768,
        },
      },
      { job: { 'serving.maxModelLen': 8192, 'model.maxPositions': 4096, 'model.ropeScalingType': 'linear', 'model.ropeScalingFactor': 2 } },
      { job: { 'serving.maxModelLen': 8192, 'model.maxPositions': 4096, 'model.ropeScalingType': 'dynamic' } },
    ],
  },
  'batched-tokens-below-context': {
    flagged: [
      {
        job: { 'serving.maxBatchedTokens': 2048, 'serving.maxModelLen': 8192, 'serving.chunkedPrefill': false },
        at: 'serving.maxBatchedTokens',
        severity: 'error',
        says: '2048 batched tokens are fewer than the context of 8192',
        fixes: ['serving.maxBatchedTokens=8192', 'serving.maxModelLen=2048'],
      },
    ],
    clean: [
      { job: { 'serving.maxBatchedTokens': 2048, 'serving.maxModelLen': 8192, 'serving.chunkedPrefill': true } },
      { job: { 'serving.maxBatchedTokens': 8192, 'serving.maxModelLen': 8192, 'serving.chunkedPrefill': false } },
    ],
  },
  'batched-tokens-below-sequences': {
    flagged: [
      {
        job: { 'serving.maxBatchedTokens': 256, 'serving.maxSequences': 512 },
        at: 'serving.maxBatchedTokens',
        severity: 'error',
        says: '256 batched tokens are fewer than 512 sequences',
        fixes: ['serving.maxSequences=256', 'serving.maxBatchedTokens=512'],
      },
    ],
    clean: [
      { job: { 'serving.maxBatchedTokens': 512, 'serving.maxSequences': 512 } },
      { job: { 'serving.maxBatchedTokens': 256, 'serving.maxSequences': 512 }, sources: { 'serving.maxSequences': missing } },
    ],
  },
  'batched-tokens-over-sequences': {
    flagged: [
      {
        job: { 'serving.maxBatchedTokens': 65536, 'serving.maxSequences': 4, 'serving.maxModelLen': 4096 },
        at: 'serving.maxBatchedTokens',
        severity: 'warning',
        says: '4 sequences x 4096 tokens = 16384',
        fixes: ['serving.maxBatchedTokens=16384'],
      },
    ],
    clean: [{ job: { 'serving.maxBatchedTokens': 8192, 'serving.maxSequences': 4, 'serving.maxModelLen': 4096 } }],
  },
  'memory-utilization-left-at-default': {
    flagged: [
      {
        job: { 'serving.gpuMemoryUtilization': 0.92 },
        sources: { 'serving.gpuMemoryUtilization': missing },
        at: 'serving.gpuMemoryUtilization',
        severity: 'info',
        says: 'default, 0.92',
      },
    ],
    clean: [
      { job: { 'serving.gpuMemoryUtilization': 0.92 } },
      {
        job: { 'serving.gpuMemoryUtilization': 0.92, 'serving.kvCacheBytes': 1 },
        sources: { 'serving.gpuMemoryUtilization': missing },
      },
    ],
  },
  'decode-context-parallel-unsupported': {
    flagged: [
      {
        job: { 'serving.decodeContextParallel': 2, 'parallel.tensor': 8, 'model.kvHeads': 8, 'model.heads': 64 },
        at: 'serving.decodeContextParallel',
        severity: 'error',
        says: '2 does not work with TP 8 and 8 KV heads',
        fixes: ['serving.decodeContextParallel=1'],
      },
      {
        job: { 'serving.decodeContextParallel': 3, 'parallel.tensor': 8, 'model.attentionKind': 'MLA' },
        at: 'serving.decodeContextParallel',
        severity: 'error',
        says: '3 does not work with TP 8',
        fixes: ['serving.decodeContextParallel=8'],
      },
    ],
    clean: [
      { job: { 'serving.decodeContextParallel': 2, 'parallel.tensor': 8, 'model.kvHeads': 4, 'model.heads': 32 } },
      { job: { 'serving.decodeContextParallel': 8, 'parallel.tensor': 8, 'model.attentionKind': 'MLA' } },
      { job: { 'serving.decodeContextParallel': 1, 'parallel.tensor': 8, 'model.kvHeads': 8 } },
    ],
  },
  'more-ranks-than-gpus': {
    flagged: [
      {
        framework: 'vllm',
        job: { 'cluster.gpus': 4, 'parallel.tensor': 4, 'parallel.pipeline': 2 },
        at: 'parallel.tensor',
        severity: 'error',
        says: 'needs 8 GPUs, there are 4',
      },
    ],
    clean: [{ job: { 'cluster.gpus': 8, 'parallel.tensor': 4, 'parallel.pipeline': 2 } }],
  },
  'bf16-unsupported-by-gpu': {
    flagged: [
      {
        framework: 'vllm',
        job: { 'precision.compute': 'bf16' },
        cluster: clusterOf(7),
        at: 'precision.compute',
        severity: 'error',
        says: 'Test GPU has no bf16 arithmetic (compute capability 7.0)',
      },
      { job: { 'precision.compute': 'bf16' }, cluster: clusterOf(7.5), at: 'precision.compute', severity: 'warning', says: 'no bf16' },
    ],
    clean: [
      { job: { 'precision.compute': 'bf16' }, cluster: clusterOf(8) },
      { job: { 'precision.compute': 'bf16' } },
      { job: { 'precision.compute': 'bf16' }, cluster: clusterOf(7), sources: { 'precision.compute': missing } },
    ],
  },
  'fp8-unsupported-by-gpu': {
    flagged: [{ job: { 'precision.fp8': true }, cluster: clusterOf(8), at: 'precision.fp8', severity: 'error', says: 'cannot run FP8' }],
    clean: [{ job: { 'precision.fp8': true }, cluster: clusterOf(8.9) }, { job: { 'precision.fp8': true } }],
  },
  'flash-attention-unsupported-by-gpu': {
    flagged: [
      {
        job: { 'attention.kernel': 'flash' },
        cluster: clusterOf(7.5),
        at: 'attention.kernel',
        severity: 'error',
        says: 'does not run on Test GPU',
      },
    ],
    clean: [
      { job: { 'attention.kernel': 'flash' }, cluster: clusterOf(8) },
      { job: { 'attention.kernel': 'unfused' }, cluster: clusterOf(7) },
    ],
  },
  'implausible-value': {
    flagged: [{ job: { 'parallel.tensor': 80_000 }, at: 'parallel.tensor', severity: 'warning', says: 'TP 80000 looks like a slip' }],
    clean: [{ job: { 'parallel.tensor': 8, 'sequence.length': 10_000_000 } }],
  },
};
