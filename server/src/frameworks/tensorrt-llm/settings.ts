/** What TensorRT-LLM's settings say beyond single fields. */
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { linkFiles, nameGpus, noteFacts } from '../engines/facts.ts';
import type { Find } from '../find.ts';
import { finder } from '../find.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingNumber, settingText } from '../setting.ts';
import { engineFileRows, tensorRtLlmRows } from './rows.ts';

const facts = {
  'kv-cache-config.dtype': 'kv_cache_dtype',
  'kv-cache-dtype': 'kv_cache_dtype',
  dtype: 'precision',
  'storage-type': 'precision',
  'gpt-attention-plugin': 'precision',
  'max-input-len': 'max_input_len',
  'max-batch-size': 'max_batch_size',
  'max-num-tokens': 'max_num_tokens',
  'moe-config.backend': 'moe_backend',
  'speculative-config.decoding_type': 'speculative.method',
  'speculative-config.max_draft_len': 'speculative.num_speculative_tokens',
  'speculative-config.num_nextn_predict_layers': 'speculative.num_speculative_tokens',
  'cuda-graph-config.max_batch_size': 'cuda_graph_max_bs',
  'benchmark.input_length': 'isl',
  'benchmark.output_length': 'osl',
  'benchmark.max_concurrency': 'concurrency',
} as const;

const isOn = (setting: Setting | undefined): boolean =>
  setting !== undefined && (!setting.given || /^(?:true|1|enable)$/i.test(settingText(setting) ?? ''));

export function completeTensorRtLlm(draft: Draft, settings: readonly Setting[]): void {
  const find = finder(draft, settings);
  readRows(draft, engineFileRows, settings);
  noteFacts(draft, settings, facts);
  readLength(draft, find);
  readAttention(draft, find);
  readGraphs(draft, find);
  const expert = draft.job['parallel.expert'];
  if (expert !== undefined) setDerived(draft, 'serving.expertParallel', expert > 1, ['parallel.expert'], `EP is ${expert}`);
  nameGpus(draft);
  applyDefaults(draft, tensorRtLlmRows);
  setDefault(draft, 'serving.dataParallel', 1, 'one engine per server');
  setDefault(draft, 'serving.maxSequences', 2048, 'max_batch_size of BuildConfig in tensorrt_llm/llmapi/llm_args.py');
  setDefault(draft, 'serving.maxBatchedTokens', 8192, 'max_num_tokens of BuildConfig in tensorrt_llm/llmapi/llm_args.py');
  nameNodes(draft);
  linkFiles(draft, settings, {
    model: 'model',
    'model-id': 'model',
    'model-dir': 'model',
    'model-path': 'model',
    tokenizer: 'tokenizer',
    'extra-llm-api-options': 'engine-config',
    config: 'engine-config',
    'checkpoint-dir': 'engine-config',
  });
}

/** Older engines are built for a prompt and an answer, which together are the longest request. */
function readLength(draft: Draft, find: Find): void {
  const [input, output] = [find('max-input-len'), find('max-output-len')];
  const [a, b] = [settingNumber(input), settingNumber(output)];
  if (draft.sources['serving.maxModelLen'] !== undefined || a === undefined || b === undefined) return;
  setDerived(draft, 'serving.maxModelLen', a + b, [], `max_input_len ${a} + max_output_len ${b}`);
}

function readAttention(draft: Draft, find: Find): void {
  const attention = find('enable-attention-dp');
  if (attention === undefined || !isOn(attention)) return;
  const tensor = draft.job['parallel.tensor'] ?? (draft.document.commands.length > 0 || draft.document.python ? 1 : undefined);
  if (tensor === undefined)
    setUnknown(draft, 'serving.attentionDataParallel', unresolvedOrigin(draft, attention, 'it is TP, which the launch says'));
  else setDerived(draft, 'serving.attentionDataParallel', tensor, ['parallel.tensor'], 'every GPU of TP attends to requests of its own');
}

/** `cuda_graph_config: null` captures none; a block of any kind captures. */
function readGraphs(draft: Draft, find: Find): void {
  const graphs = find('cuda-graph-config');
  if (graphs === undefined) return;
  setField(draft, 'serving.enforceEager', graphs.container !== true && graphs.scalar === null, keyOrigin(draft, graphs));
}

/** Nodes by the GPUs that one has. */
function nameNodes(draft: Draft): void {
  const { 'parallel.tensor': tensor = 1, 'parallel.pipeline': pipeline = 1, 'cluster.gpusPerNode': perNode } = draft.job;
  if (perNode === undefined || draft.sources['cluster.nodes'] !== undefined || draft.sources['cluster.gpusPerNode']?.kind !== 'key') return;
  const nodes = (tensor * pipeline) / perNode;
  if (Number.isInteger(nodes))
    setDerived(draft, 'cluster.nodes', nodes, ['parallel.tensor', 'parallel.pipeline', 'cluster.gpusPerNode'], 'TP x PP / GPUs per node');
}
