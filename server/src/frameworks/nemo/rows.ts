/**
 * Keys of a NeMo 1 configuration (Hydra) by dotted path. Names and defaults: nemo/collections/nlp/models/language_modeling/
 * megatron_base_model.py and megatron_gpt_model.py, and examples/nlp/language_modeling/conf/ of NeMo 8cfedd72. NeMo counts virtual
 * pipeline CHUNKS of a rank where Megatron-LM's older flag counts layers.
 */
import type { Activation, JobField, Normalization, NumberFormat, OptimizerKind, PositionEmbedding } from '../../core/job-fields.ts';
import { memoryCoreRows, parallelCoreRows, shapeCoreRows } from '../megatron-core/core-rows.ts';
import { splitFields } from '../megatron-core/splits.ts';
import { bool, count, knownWord, numberFormat, optimizerKind, text } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';

const configDefault = 'as in the class of the model (megatron_base_model.py)';

/** Lightning's devices: a count, or all there are. */
const devices: Parse<number> = (setting) =>
  ['auto', '-1'].includes(String(setting.scalar))
    ? { unresolved: `${String(setting.scalar)} takes every GPU of the node`, asksMachine: true }
    : count(setting);

const precisions: { readonly [name: string]: NumberFormat } = {
  '32': 'fp32',
  '32-true': 'fp32',
  '16': 'fp16',
  '16-mixed': 'fp16',
  '16-true': 'fp16',
  bf16: 'bf16',
  'bf16-mixed': 'bf16',
  'bf16-true': 'bf16',
};

const normalizations: { readonly [name: string]: Normalization } = {
  layernorm: 'layernorm',
  layernorm1p: 'layernorm',
  low_precision_layernorm: 'layernorm',
  rmsnorm: 'rmsnorm',
};

const activations: { readonly [name: string]: Activation } = {
  gelu: 'gelu',
  'openai-gelu': 'gelu',
  relu: 'relu',
  silu: 'gelu',
  'squared-relu': 'squared-relu',
  swiglu: 'swiglu',
  'fast-swiglu': 'swiglu',
  geglu: 'geglu',
  'fast-geglu': 'geglu',
  reglu: 'geglu',
  'fast-reglu': 'geglu',
};
const gated: { readonly [name: string]: boolean } = Object.fromEntries(Object.keys(activations).map((name) => [name, /glu$/.test(name)]));

const positions: { readonly [name: string]: PositionEmbedding } = {
  learned_absolute: 'learned',
  learned_parameters: 'learned',
  rope: 'rope',
  xpos: 'rope',
  alibi: 'alibi',
  kerple: 'alibi',
  sandwich: 'alibi',
  none: 'none',
};

/** Megatron Core's distributed optimizer is Adam. */
const optimizer: Parse<OptimizerKind> = ({ scalar }) => ({
  value: scalar === 'mcore_distributed_optim' ? 'adam' : optimizerKind(String(scalar ?? '')),
});

const model = (...names: readonly string[]): readonly string[] => names.map((name) => `model.${name}`);

/** NeMo 1 has its own words for recomputation. */
const ownNames: { readonly [name: string]: string } = {
  recompute_granularity: 'activations_checkpoint_granularity',
  recompute_method: 'activations_checkpoint_method',
  recompute_num_layers: 'activations_checkpoint_num_layers',
};
const renamed = (...names: readonly string[]): readonly string[] => model(...names.map((name) => ownNames[name] ?? name));

/** What NeMo 1 hands to Megatron Core under the same meaning; the rest has words or defaults of its own below. */
const shared: ReadonlySet<JobField> = new Set([
  ...splitFields,
  'parallel.expertDispatch',
  'parallel.expertTensor',
  'parallel.embeddingCountsAsLayer',
  'parallel.lossCountsAsLayer',
  'parallel.layersFirstStage',
  'parallel.layersLastStage',
  'parallel.pipelineLayout',
  'overlap.pipelineTransfers',
  'model.layers',
  'model.hidden',
  'model.ffn',
  'model.heads',
  'model.kvHeads',
  'model.headDim',
  'model.experts',
  'model.expertsPerToken',
  'model.expertFfn',
  'recompute.granularity',
  'recompute.method',
  'recompute.layers',
]);
const coreRows: readonly Row[] = [
  ...parallelCoreRows(model, configDefault),
  ...shapeCoreRows(model),
  ...memoryCoreRows(renamed, configDefault),
].filter(({ field }) => shared.has(field));

export const nemoRows: readonly Row[] = [
  row({ field: 'cluster.gpusPerNode', keys: ['trainer.devices'], parse: devices }),
  row({ field: 'cluster.nodes', keys: ['trainer.num_nodes'], parse: count, fallback: 1, why: "Lightning's num_nodes defaults to 1" }),
  row({
    field: 'precision.compute',
    keys: ['trainer.precision'],
    parse: knownWord(precisions),
    fallback: 'fp32',
    why: "Lightning's default precision",
  }),
  ...coreRows,
  row({ field: 'parallel.tpCommOverlap', keys: model('ub_tp_comm_overlap'), parse: bool, fallback: false, why: configDefault }),
  row({ field: 'batch.micro', keys: model('micro_batch_size'), parse: count }),
  row({ field: 'batch.global', keys: model('global_batch_size'), parse: count }),
  row({ field: 'sequence.length', keys: model('encoder_seq_length'), parse: count }),
  row({ field: 'sequence.length', keys: model('data.seq_length', 'data.train_ds.max_seq_length'), parse: count }),
  row({ field: 'model.maxPositions', keys: model('max_position_embeddings'), parse: count }),
  row({ field: 'model.vocab', keys: model('override_vocab_size'), parse: count }),
  row({ field: 'model.vocabDivisor', keys: model('make_vocab_size_divisible_by'), parse: count, fallback: 128, why: configDefault }),
  row({
    field: 'model.tiedEmbeddings',
    keys: model('share_embeddings_and_output_weights'),
    parse: bool,
    fallback: true,
    why: configDefault,
  }),
  row({
    field: 'model.normalization',
    keys: model('normalization'),
    parse: knownWord(normalizations),
    fallback: 'layernorm',
    why: configDefault,
  }),
  row({ field: 'model.activation', keys: model('activation'), parse: knownWord(activations), fallback: 'gelu', why: configDefault }),
  row({ field: 'model.gatedMlp', keys: model('activation'), parse: knownWord(gated), fallback: false, why: configDefault }),
  row({
    field: 'model.positionEmbedding',
    keys: model('position_embedding_type'),
    parse: knownWord(positions),
    fallback: 'learned',
    why: configDefault,
  }),
  row({ field: 'model.linearBias', keys: model('bias'), parse: bool, fallback: true, why: configDefault }),
  row({ field: 'model.qkvBias', keys: model('add_qkv_bias', 'qkv_bias'), parse: bool }),
  row({ field: 'model.qkNorm', keys: model('qk_layernorm'), parse: bool, fallback: false, why: configDefault }),
  row({ field: 'precision.fp8', keys: model('fp8'), parse: bool, fallback: false, why: configDefault }),
  row({ field: 'optimizer.name', keys: model('optim.name'), parse: text }),
  row({ field: 'optimizer.kind', keys: model('optim.name'), parse: optimizer }),
  row({ field: 'overlap.gradReduce', keys: model('optim.overlap_grad_sync'), parse: bool }),
  row({ field: 'overlap.paramGather', keys: model('optim.overlap_param_sync'), parse: bool }),
  row({ field: 'precision.gradients', keys: model('optim.grad_sync_dtype', 'grad_sync_dtype'), parse: numberFormat }),
];
