/**
 * Names of Megatron Core's own configuration classes, which NeMo and Megatron-Bridge pass on under prefixes of their own.
 * Names and defaults: megatron/core/transformer/transformer_config.py, model_parallel_config.py and
 * distributed/distributed_data_parallel_config.py at d98e8a64. The virtual pipeline counts CHUNKS of a rank.
 */
import type {
  Activation,
  CudaGraphScope,
  ExpertDispatch,
  NumberFormat,
  PositionEmbedding,
  RecomputeGranularity,
  RecomputeMethod,
} from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { setDerived } from '../draft.ts';
import { bool, count, knownWord, numberFormat, size, text, word } from '../parse.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';
import type { Setting } from '../setting.ts';

/** The keys a name of Megatron Core has in a framework. */
export type KeysOf = (...names: readonly string[]) => readonly string[];

const granularities: { readonly [name: string]: RecomputeGranularity } = { full: 'full', selective: 'selective' };
const methods: { readonly [name: string]: RecomputeMethod } = { uniform: 'uniform', block: 'block' };
const dispatchers: { readonly [name: string]: ExpertDispatch } = {
  alltoall: 'all-to-all',
  alltoall_seq: 'all-to-all',
  allgather: 'all-gather',
  flex: 'deepep',
};
const positions: { readonly [name: string]: PositionEmbedding } = {
  learned_absolute: 'learned',
  rope: 'rope',
  yarn: 'rope',
  mrope: 'rope',
  none: 'none',
};
const norms = { layernorm: 'layernorm', rmsnorm: 'rmsnorm' } as const;
const contexts = { p2p: 'ring', all_gather: 'all-gather', a2a: 'all-to-all', 'a2a+p2p': 'all-to-all' } as const;
const graphs: { readonly [name: string]: CudaGraphScope } = {
  none: 'none',
  local: 'layer',
  transformer_engine: 'layer',
  full_iteration: 'step',
};

/** Functions: `torch.nn.functional.silu`, `openai_gelu`; gated by a switch of its own. */
const activation: Parse<Activation> = (setting) => {
  const name =
    String(setting.scalar ?? '')
      .split('.')
      .at(-1) ?? '';
  const known: { readonly [name: string]: Activation } = {
    gelu: 'gelu',
    openai_gelu: 'gelu',
    fast_gelu: 'gelu',
    relu: 'relu',
    squared_relu: 'squared-relu',
  };
  if (name === 'silu') return { value: 'swiglu' };
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  return found === undefined ? { unresolved: `${name} is not known to Rooflint` } : { value: found };
};

const gradients: Parse<NumberFormat> = (setting) => {
  const parsed = bool(setting);
  return parsed !== 'absent' && 'value' in parsed ? { value: parsed.value ? 'fp32' : 'bf16' } : parsed;
};

/** How a job is split. */
export function parallelCoreRows(keys: KeysOf, why: string): readonly Row[] {
  return [
    row({ field: 'parallel.tensor', keys: keys('tensor_model_parallel_size'), parse: count, fallback: 1, why }),
    row({ field: 'parallel.pipeline', keys: keys('pipeline_model_parallel_size'), parse: count, fallback: 1, why }),
    row({ field: 'parallel.virtualStages', keys: keys('virtual_pipeline_model_parallel_size'), parse: count }),
    row({ field: 'parallel.context', keys: keys('context_parallel_size'), parse: count, fallback: 1, why }),
    row({ field: 'parallel.expert', keys: keys('expert_model_parallel_size'), parse: count, fallback: 1, why }),
    row({ field: 'parallel.expertTensor', keys: keys('expert_tensor_parallel_size'), parse: count }),
    row({ field: 'parallel.sequence', keys: keys('sequence_parallel'), parse: bool, fallback: false, why }),
    row({ field: 'parallel.microBatchGroup', keys: keys('microbatch_group_size_per_vp_stage'), parse: count }),
    row({ field: 'parallel.pipelineLayout', keys: keys('pipeline_model_parallel_layout'), parse: text }),
    row({
      field: 'parallel.embeddingCountsAsLayer',
      keys: keys('account_for_embedding_in_pipeline_split'),
      parse: bool,
      fallback: false,
      why,
    }),
    row({ field: 'parallel.lossCountsAsLayer', keys: keys('account_for_loss_in_pipeline_split'), parse: bool, fallback: false, why }),
    row({
      field: 'parallel.layersFirstStage',
      keys: keys('num_layers_in_first_pipeline_stage', 'first_pipeline_num_layers'),
      parse: count,
    }),
    row({ field: 'parallel.layersLastStage', keys: keys('num_layers_in_last_pipeline_stage', 'last_pipeline_num_layers'), parse: count }),
    row({ field: 'parallel.contextKind', keys: keys('cp_comm_type'), parse: knownWord(contexts) }),
    row({ field: 'parallel.expertDispatch', keys: keys('moe_token_dispatcher_type'), parse: word(dispatchers) }),
    row({ field: 'parallel.expertOverlap', keys: keys('overlap_moe_expert_parallel_comm'), parse: bool }),
    row({ field: 'kernels.fusedPermute', keys: keys('moe_permute_fusion'), parse: bool }),
    row({ field: 'kernels.fusedExperts', keys: keys('use_transformer_engine_op_fuser'), parse: bool }),
    row({ field: 'parallel.tpCommOverlap', keys: keys('tp_comm_overlap'), parse: bool, fallback: false, why }),
    row({ field: 'overlap.pipelineTransfers', keys: keys('overlap_p2p_comm'), parse: bool }),
  ];
}

/** The shape of a model written out; a public model's is in the table. */
export function shapeCoreRows(keys: KeysOf): readonly Row[] {
  return [
    row({ field: 'model.layers', keys: keys('num_layers'), parse: count }),
    row({ field: 'model.hidden', keys: keys('hidden_size'), parse: count }),
    row({ field: 'model.ffn', keys: keys('ffn_hidden_size'), parse: count }),
    row({ field: 'model.heads', keys: keys('num_attention_heads'), parse: count }),
    row({ field: 'model.kvHeads', keys: keys('num_query_groups'), parse: count }),
    row({ field: 'model.headDim', keys: keys('kv_channels'), parse: count }),
    row({ field: 'model.vocab', keys: keys('vocab_size'), parse: count }),
    row({ field: 'model.vocabDivisor', keys: keys('make_vocab_size_divisible_by'), parse: count }),
    row({ field: 'model.tiedEmbeddings', keys: keys('share_embeddings_and_output_weights'), parse: bool }),
    row({ field: 'model.normalization', keys: keys('normalization'), parse: knownWord(norms) }),
    row({ field: 'model.activation', keys: keys('activation_func'), parse: activation }),
    row({ field: 'model.gatedMlp', keys: keys('gated_linear_unit'), parse: bool }),
    row({ field: 'model.positionEmbedding', keys: keys('position_embedding_type'), parse: knownWord(positions) }),
    row({ field: 'model.linearBias', keys: keys('add_bias_linear'), parse: bool }),
    row({ field: 'model.qkvBias', keys: keys('add_qkv_bias'), parse: bool }),
    row({ field: 'model.qkNorm', keys: keys('qk_layernorm'), parse: bool }),
    row({ field: 'model.experts', keys: keys('num_moe_experts'), parse: count }),
    row({ field: 'model.expertsPerToken', keys: keys('moe_router_topk'), parse: count }),
    row({ field: 'model.expertFfn', keys: keys('moe_ffn_hidden_size'), parse: count }),
    row({ field: 'model.sharedExpertFfn', keys: keys('moe_shared_expert_intermediate_size'), parse: count }),
    row({ field: 'model.mtpLayers', keys: keys('mtp_num_layers'), parse: size }),
  ];
}

/** What is computed again, kept on the host, or captured. */
export function memoryCoreRows(keys: KeysOf, why: string): readonly Row[] {
  return [
    row({
      field: 'recompute.granularity',
      keys: keys('recompute_granularity'),
      parse: word(granularities),
      fallback: 'none',
      why,
    }),
    row({ field: 'recompute.method', keys: keys('recompute_method'), parse: word(methods) }),
    row({ field: 'recompute.layers', keys: keys('recompute_num_layers'), parse: size }),
    row({ field: 'recompute.distributeSaved', keys: keys('distribute_saved_activations'), parse: bool }),
    row({ field: 'compile.cudaGraphs', keys: keys('cuda_graph_impl'), parse: word(graphs), fallback: 'none', why }),
  ];
}

/** The distributed data parallel configuration. */
export function ddpCoreRows(keys: KeysOf): readonly Row[] {
  return [
    row({ field: 'overlap.gradReduce', keys: keys('overlap_grad_reduce'), parse: bool }),
    row({ field: 'overlap.paramGather', keys: keys('overlap_param_gather'), parse: bool }),
    row({ field: 'precision.gradients', keys: keys('grad_reduce_in_fp32'), parse: gradients }),
  ];
}

export const numberRows = (keys: KeysOf): readonly Row[] => [
  row({ field: 'precision.params', keys: keys('params_dtype'), parse: numberFormat }),
];

/** `virtual_pipeline_model_parallel_size = None` takes back what a recipe asks for. */
export function readNoChunks(draft: Draft, settings: readonly Setting[], keys: KeysOf): void {
  const names = keys('virtual_pipeline_model_parallel_size');
  const setting = settings.findLast(({ name }) => names.includes(name));
  if (setting?.scalar !== null || draft.sources['parallel.virtualStages'] !== undefined) return;
  setDerived(draft, 'parallel.virtualStages', 1, [], `${setting.spelling} is None`);
}
