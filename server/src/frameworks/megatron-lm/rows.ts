/**
 * Megatron-LM flags that each set one field. Names and defaults: megatron/training/arguments.py and
 * megatron/core/transformer/transformer_config.py at d98e8a64 (core_v0.20 development); old spellings from v2.5, v3.0 and
 * the Megatron-DeepSpeed forks. Flags that only mean something together are in `precision.ts`, `sharding.ts` and
 * `shape.ts`.
 */
import type { ContextKind, Normalization, OptimizerKind, RecomputeGranularity, RecomputeMethod } from '../../core/job-fields.ts';
import { bool, count, integer, numberFormat, optimizerKind, present, ratio, size, text, word } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const argumentsDefault = 'as in megatron/training/arguments.py';

const optimizer: Parse<OptimizerKind> = (setting) => ({ value: optimizerKind(String(setting.scalar ?? '')) });

const normalizations: { readonly [name: string]: Normalization } = { layernorm: 'layernorm', rmsnorm: 'rmsnorm' };
const granularities: { readonly [name: string]: RecomputeGranularity } = { full: 'full', selective: 'selective' };
const methods: { readonly [name: string]: RecomputeMethod } = { uniform: 'uniform', block: 'block' };

/** Evaluation scripts write -1 for sizes that the checkpoint they load brings along. */
const shapeCount: Parse<number> = (setting) =>
  String(setting.scalar) === '-1' ? { unresolved: `${setting.spelling} -1 leaves it to the checkpoint` } : count(setting);

/** `--num-experts 0` means none; the DeepSpeed fork takes a list, whose entries must be alike to be one model here. */
const experts: Parse<number> = (setting) => {
  if (String(setting.scalar) === '0') return 'absent';
  const differ = setting.rest.some((one) => one !== String(setting.scalar));
  return differ ? { unresolved: `${setting.spelling} gives the layers different numbers of experts` } : count(setting);
};

/** `--softmax-type learnable` adds one logit a head. */
const sinks: Parse<boolean> = (setting) => ({ value: setting.scalar === 'learnable' });

/** One kind for all layers, or one a layer, which must be alike; `a2a+p2p` sends heads inside a node and chunks between. */
const contextKinds: { readonly [name: string]: ContextKind } = {
  p2p: 'ring',
  a2a: 'all-to-all',
  allgather: 'all-gather',
  all_gather: 'all-gather',
};
const contextKind: Parse<ContextKind> = (setting) => {
  if (setting.rest.some((one) => one !== String(setting.scalar))) {
    return { unresolved: `${setting.spelling} gives the layers different kinds of communication` };
  }
  return setting.scalar === 'a2a+p2p' ? { unresolved: 'a2a+p2p mixes two kinds of communication' } : word(contextKinds)(setting);
};

/** DeepSpeed-Ulysses exchanges heads for the sequence. */
const ulysses: Parse<ContextKind> = (setting) => (String(setting.scalar) === '1' ? 'absent' : { value: 'all-to-all' });

/** Copies of the sharded optimizer states; one copy says nothing about how DP is divided. */
const instances: Parse<number> = (setting) => (String(setting.scalar) === '1' ? 'absent' : count(setting));

/** Modules of selective recomputation, joined. */
/** Words, or a list as YAML files of flags write it: `[layernorm moe_act]`. */
const modules: Parse<string> = (setting) => ({
  value: [String(setting.scalar), ...setting.rest].map((name) => name.replace(/^\[|\]$/g, '').replace(/,$/, '')).join(','),
});

const degrees: readonly Row[] = [
  row({
    field: 'parallel.tensor',
    keys: ['tensor-model-parallel-size', 'model-parallel-size'],
    parse: count,
    fallback: 1,
    why: argumentsDefault,
  }),
  row({ field: 'parallel.pipeline', keys: ['pipeline-model-parallel-size'], parse: count, fallback: 1, why: argumentsDefault }),
  row({ field: 'parallel.pipelineInsideData', keys: ['use-tp-pp-dp-mapping'], parse: present(true) }),
  row({ field: 'parallel.contextKind', keys: ['ds-sequence-parallel-size'], parse: ulysses }),
  row({
    field: 'parallel.context',
    keys: ['context-parallel-size', 'ds-sequence-parallel-size'],
    parse: count,
    fallback: 1,
    why: argumentsDefault,
  }),
  row({ field: 'parallel.contextKind', keys: ['cp-comm-type'], parse: contextKind, fallback: 'ring', why: argumentsDefault }),
  row({ field: 'parallel.expertOverlap', keys: ['overlap-moe-expert-parallel-comm'], parse: present(true) }),
  row({ field: 'kernels.fusedPermute', keys: ['moe-permute-fusion'], parse: present(true) }),
  row({ field: 'kernels.fusedExperts', keys: ['use-transformer-engine-op-fuser'], parse: present(true) }),
  row({
    field: 'parallel.expert',
    keys: ['expert-model-parallel-size', 'moe-expert-parallel-size'],
    parse: count,
    fallback: 1,
    why: argumentsDefault,
  }),
  row({ field: 'parallel.expertTensor', keys: ['expert-tensor-parallel-size'], parse: count }),
  row({ field: 'parallel.virtualStages', keys: ['num-virtual-stages-per-pipeline-rank'], parse: count }),
  row({ field: 'parallel.layersPerVirtualStage', keys: ['num-layers-per-virtual-pipeline-stage'], parse: count }),
  row({
    field: 'parallel.microBatchGroup',
    keys: ['microbatch-group-size-per-virtual-pipeline-stage', 'microbatch-group-size-per-vp-stage'],
    parse: count,
  }),
  row({ field: 'parallel.pipelineLayout', keys: ['pipeline-model-parallel-layout'], parse: text }),
  row({
    field: 'parallel.embeddingCountsAsLayer',
    keys: ['account-for-embedding-in-pipeline-split'],
    parse: present(true),
    fallback: false,
    why: argumentsDefault,
  }),
  row({
    field: 'parallel.lossCountsAsLayer',
    keys: ['account-for-loss-in-pipeline-split'],
    parse: present(true),
    fallback: false,
    why: argumentsDefault,
  }),
  row({ field: 'parallel.layersFirstStage', keys: ['decoder-first-pipeline-num-layers'], parse: count }),
  row({ field: 'parallel.layersLastStage', keys: ['decoder-last-pipeline-num-layers'], parse: count }),
  row({ field: 'parallel.sequence', keys: ['sequence-parallel'], parse: present(true), fallback: false, why: argumentsDefault }),
  row({
    field: 'parallel.tensorGradientOverlap',
    keys: ['no-async-tensor-model-parallel-allreduce'],
    parse: present(false),
  }),
  row({ field: 'parallel.tpCommOverlap', keys: ['tp-comm-overlap'], parse: present(true), fallback: false, why: argumentsDefault }),
];

const model: readonly Row[] = [
  row({ field: 'model.layers', keys: ['num-layers'], parse: shapeCount }),
  row({ field: 'model.hidden', keys: ['hidden-size'], parse: shapeCount }),
  row({ field: 'model.ffn', keys: ['ffn-hidden-size'], parse: shapeCount }),
  row({ field: 'model.heads', keys: ['num-attention-heads'], parse: shapeCount }),
  row({ field: 'model.headDim', keys: ['kv-channels'], parse: shapeCount }),
  row({ field: 'model.maxPositions', keys: ['max-position-embeddings'], parse: shapeCount }),
  row({ field: 'model.vocab', keys: ['vocab-size'], parse: shapeCount }),
  row({ field: 'model.paddedVocab', keys: ['padded-vocab-size', 'pad-vocab-size-to'], parse: count }),
  row({
    field: 'model.vocabDivisor',
    keys: ['make-vocab-size-divisible-by'],
    parse: count,
    fallback: 128,
    why: argumentsDefault,
  }),
  row({
    field: 'model.tiedEmbeddings',
    keys: ['untie-embeddings-and-output-weights'],
    parse: present(false),
    fallback: true,
    why: argumentsDefault,
  }),
  row({
    field: 'model.normalization',
    keys: ['normalization'],
    parse: word(normalizations),
    fallback: 'layernorm',
    why: 'as in megatron/core/transformer/transformer_config.py',
  }),
  row({ field: 'model.linearBias', keys: ['disable-bias-linear'], parse: present(false), fallback: true, why: argumentsDefault }),
  row({ field: 'model.qkvBias', keys: ['add-qkv-bias'], parse: present(true) }),
  row({ field: 'model.qkNorm', keys: ['qk-layernorm'], parse: present(true), fallback: false, why: argumentsDefault }),
  row({ field: 'model.experts', keys: ['num-experts'], parse: experts }),
  row({ field: 'model.expertsPerToken', keys: ['moe-router-topk', 'topk'], parse: count }),
  row({ field: 'model.expertFfn', keys: ['moe-ffn-hidden-size'], parse: count }),
  row({ field: 'model.sharedExpertFfn', keys: ['moe-shared-expert-intermediate-size'], parse: size }),
  row({ field: 'model.sharedExpertGate', keys: ['moe-shared-expert-gate'], parse: present(true) }),
  row({ field: 'model.expertLatent', keys: ['moe-latent-size'], parse: count }),
  row({ field: 'model.attentionGate', keys: ['attention-output-gate'], parse: present(true) }),
  row({ field: 'model.attentionSinks', keys: ['softmax-type'], parse: sinks }),
  row({ field: 'model.mtpLayers', keys: ['mtp-num-layers', 'num-mtp-predictor'], parse: size }),
  row({ field: 'sequence.length', keys: ['seq-length', 'encoder-seq-length'], parse: shapeCount }),
];

const training: readonly Row[] = [
  row({ field: 'batch.micro', keys: ['micro-batch-size', 'batch-size'], parse: count }),
  row({ field: 'batch.global', keys: ['global-batch-size'], parse: count }),
  row({ field: 'optimizer.name', keys: ['optimizer'], parse: text, fallback: 'adam', why: argumentsDefault }),
  row({ field: 'optimizer.kind', keys: ['optimizer'], parse: optimizer, fallback: 'adam', why: argumentsDefault }),
  row({
    field: 'optimizer.precisionAware',
    keys: ['use-precision-aware-optimizer'],
    parse: present(true),
    fallback: false,
    why: argumentsDefault,
  }),
  row({ field: 'parallel.dataReplicate', keys: ['num-distributed-optimizer-instances'], parse: instances }),
  row({ field: 'zero.reshardAfterForward', keys: ['torch-fsdp2-no-reshard-after-forward'], parse: present(false) }),
  row({
    field: 'optimizer.cpuOffload',
    keys: ['optimizer-cpu-offload', 'cpu-optimizer'],
    parse: present(true),
    fallback: false,
    why: argumentsDefault,
  }),
  row({ field: 'zero.offloadOptimizerRatio', keys: ['optimizer-offload-fraction'], parse: ratio(0, 1) }),
  row({ field: 'overlap.gradReduce', keys: ['overlap-grad-reduce'], parse: present(true), fallback: false, why: argumentsDefault }),
  row({ field: 'overlap.paramGather', keys: ['overlap-param-gather'], parse: present(true), fallback: false, why: argumentsDefault }),
  row({
    field: 'overlap.pipelineTransfers',
    keys: ['no-overlap-p2p-communication'],
    parse: present(false),
  }),
  row({ field: 'zero.reduceBucketElements', keys: ['ddp-bucket-size'], parse: integer(1) }),
];

const recompute: readonly Row[] = [
  row({ field: 'recompute.granularity', keys: ['recompute-granularity'], parse: word(granularities) }),
  row({ field: 'recompute.granularity', keys: ['recompute-activations', 'moe-layer-recompute'], parse: present('selective') }),
  row({ field: 'recompute.modules', keys: ['moe-layer-recompute'], parse: present('core_attn,moe') }),
  row({ field: 'recompute.modules', keys: ['recompute-modules'], parse: modules }),
  row({
    field: 'recompute.granularity',
    keys: ['checkpoint-activations', 'activations-checkpoint-method', 'deepspeed-activation-checkpointing'],
    parse: present('full'),
    fallback: 'none',
    why: argumentsDefault,
  }),
  row({ field: 'recompute.method', keys: ['recompute-method', 'activations-checkpoint-method'], parse: word(methods) }),
  row({
    field: 'recompute.layers',
    keys: ['recompute-num-layers', 'activations-checkpoint-num-layers', 'checkpoint-num-layers'],
    parse: count,
  }),
  row({
    field: 'recompute.distributeSaved',
    keys: ['distribute-saved-activations', 'distribute-checkpointed-activations'],
    parse: present(true),
    fallback: false,
    why: argumentsDefault,
  }),
];

/** Every row, in the order in which later ones may overrule earlier ones. */
export const megatronRows: readonly Row[] = [...degrees, ...model, ...training, ...recompute];

/** Formats of the precision-aware optimizer; without it they do nothing. */
export const precisionAwareRows: readonly Row[] = [
  row({ field: 'precision.gradients', keys: ['main-grads-dtype'], parse: numberFormat }),
  row({ field: 'optimizer.masterWeights', keys: ['main-params-dtype'], parse: numberFormat }),
  row({ field: 'optimizer.firstMoment', keys: ['exp-avg-dtype'], parse: numberFormat }),
  row({ field: 'optimizer.secondMoment', keys: ['exp-avg-sq-dtype'], parse: numberFormat }),
];

/** Environment variables of the launch. */
export const environmentRows: readonly Row[] = [
  row({ field: 'environment.cudaDeviceMaxConnections', keys: ['CUDA_DEVICE_MAX_CONNECTIONS'], parse: count }),
];

/** Flags that are facts for a reader of the file although no estimate needs them. */
export const factFlags: { readonly [flag: string]: { readonly fact: string; readonly parse: Parse<unknown> } } = {
  'qk-head-dim': { fact: 'model.qk_head_dim', parse: count },
  'qk-pos-emb-head-dim': { fact: 'model.qk_rope_dim', parse: count },
  'embed-layernorm': { fact: 'model.embed_layernorm', parse: bool },
  normalization: { fact: 'model.norm', parse: text },
  'position-embedding-type': { fact: 'model.pos_emb', parse: text },
  'ds-sequence-parallel-size': { fact: 'sequence_parallel_size', parse: count },
};
