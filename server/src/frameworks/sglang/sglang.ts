/**
 * SGLang: `python -m sglang.launch_server`, `sglang serve`, its benchmarks that start an engine themselves, `sglang.Engine(...)`
 * in Python, and the YAML of `--config`. One reading per engine.
 */
import type { Adapter } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { linkFiles, nameGpus, noteFacts } from '../engines/facts.ts';
import { engineAdapter } from '../engines/frame.ts';
import { applyDefaults, readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { settingNumber, settingText } from '../setting.ts';
import { expandSglangFlag, isSglangFlag, sglangSwitches } from './flag-names.ts';
import { sglangKeys } from './keys.ts';
import { sglangNotModelled } from './not-modelled.ts';
import { sglangModelRows, sglangRows } from './rows.ts';
import type { SglangRelease } from './versions.ts';
import { sglangRelease } from './versions.ts';

/** Keys that only a file of SGLang has. */
const telling: ReadonlySet<string> = new Set([
  'model-path',
  'mem-fraction-static',
  'context-length',
  'max-running-requests',
  'chunked-prefill-size',
  'tp-size',
  'disable-radix-cache',
  'speculative-algorithm',
  'disaggregation-mode',
]);

const facts = {
  'served-model-name': 'model.served_as',
  dtype: 'precision',
  'kv-cache-dtype': 'kv_cache_dtype',
  'page-size': 'page_size',
  'chunked-prefill-size': 'chunked_prefill_size',
  'max-prefill-tokens': 'max_prefill_tokens',
  'cuda-graph-max-bs': 'cuda_graph_max_bs',
  'cuda-graph-max-bs-decode': 'cuda_graph_max_bs',
  'attention-backend': 'attention_backend',
  'speculative-algorithm': 'speculative.method',
  'speculative-draft-model-path': 'speculative.draft_model',
  'speculative-draft-model': 'speculative.draft_model',
  'speculative-num-draft-tokens': 'speculative.num_speculative_tokens',
  'speculative-num-steps': 'speculative.num_steps',
  'speculative-eagle-topk': 'speculative.topk',
} as const;

type Find = (...names: readonly string[]) => Setting | undefined;

const isOn = (setting: Setting | undefined): boolean =>
  setting !== undefined && (!setting.given || /^(?:true|1)$/i.test(settingText(setting) ?? ''));

function complete(draft: Draft, settings: readonly Setting[], release: SglangRelease): void {
  const find: Find = (...names) => {
    const found = settings.findLast(({ name }) => names.includes(name));
    if (found !== undefined) draft.used.add(found);
    return found;
  };
  readRows(draft, sglangModelRows, settings);
  readDataParallel(draft, find, release);
  readExperts(draft, find);
  readDrafts(draft, find);
  readStep(draft, find);
  noteFacts(draft, settings, facts);
  nameGpus(draft);
  if (draft.job['serving.enforceEager'] !== undefined) draft.facts.cuda_graph = !draft.job['serving.enforceEager'];
  applyDefaults(draft, sglangRows);
  setDefault(draft, 'serving.dataParallel', 1, 'dp_size in server_args.py');
  setDefault(draft, 'serving.blockSize', 1, 'page_size in server_args.py; some attention kernels take larger pages');
  if (release.exact !== undefined) setDefault(draft, 'serving.engineVersion', release.exact, release.name);
  readLora(draft, settings, find);
  linkFiles(draft, settings, {
    'model-path': 'model',
    model: 'model',
    'tokenizer-path': 'tokenizer',
    config: 'engine-config',
  });
}

/** With attention that is data parallel, DP divides TP; without, each of the DP copies has TP GPUs. */
function readDataParallel(draft: Draft, find: Find, release: SglangRelease): void {
  const copies = find('dp-size', 'data-parallel-size', 'dp');
  const inside = find('attn-dp-size', 'attention-data-parallel-size');
  const isInside = isOn(find('enable-dp-attention'));
  if (isInside) draft.facts.dp_attention = true;
  if (inside !== undefined) place(draft, 'serving.attentionDataParallel', inside);
  if (copies === undefined && !(isInside && release.attentionOverAllRanks)) return;
  if (!isInside) {
    if (copies !== undefined) place(draft, 'serving.dataParallel', copies);
    return;
  }
  setDerived(draft, 'serving.dataParallel', 1, ['serving.attentionDataParallel'], 'the copies of attention share one model over TP');
  const tensor = draft.job['parallel.tensor'];
  if (release.attentionOverAllRanks && tensor !== undefined)
    setDerived(draft, 'serving.attentionDataParallel', tensor, ['parallel.tensor'], '--enable-dp-attention sets DP to TP in this release');
  else if (copies !== undefined) place(draft, 'serving.attentionDataParallel', copies);
}

function place(draft: Draft, field: 'serving.dataParallel' | 'serving.attentionDataParallel', setting: Setting): void {
  const number = settingNumber(setting);
  if (number !== undefined && number > 0) setField(draft, field, number, keyOrigin(draft, setting));
  else setUnknown(draft, field, unresolvedOrigin(draft, setting));
  if (number !== undefined && field === 'serving.dataParallel') draft.facts.dp = number;
}

/** Whole experts on each GPU: by a size, or by a switch or a way of sending tokens that spreads them over TP. */
function readExperts(draft: Draft, find: Find): void {
  const switches = [find('enable-ep-moe'), find('enable-deepep-moe')].some(isOn);
  const sender = settingText(find('moe-a2a-backend'));
  const tensor = draft.job['parallel.tensor'];
  const spreads = switches || (sender !== undefined && sender !== 'none');
  if (spreads && tensor !== undefined && draft.sources['parallel.expert'] === undefined)
    setDerived(draft, 'parallel.expert', tensor, ['parallel.tensor'], 'experts are spread over TP');
  const expert = draft.job['parallel.expert'];
  if (expert !== undefined)
    setDerived(draft, 'serving.expertParallel', expert > 1, ['parallel.expert'], expert > 1 ? 'EP is more than 1' : 'EP is 1');
  else if (draft.sources['parallel.expert'] === undefined)
    setDefault(draft, 'serving.expertParallel', false, 'ep_size 1 in server_args.py');
}

/** A chain of drafts (top-k 1) proposes as many tokens as it has steps; the one after them comes from the model itself. */
function readDrafts(draft: Draft, find: Find): void {
  const steps = find('speculative-num-steps');
  const number = settingNumber(steps);
  const topk = settingNumber(find('speculative-eagle-topk')) ?? 1;
  if (steps !== undefined && number !== undefined && topk === 1)
    setField(draft, 'serving.speculativeTokens', number, keyOrigin(draft, steps));
  if (find('speculative-algorithm') === undefined) setDefault(draft, 'serving.speculativeTokens', 0, 'no speculative_algorithm is set');
}

/** Without chunks a step takes what `--max-prefill-tokens` allows. */
function readStep(draft: Draft, find: Find): void {
  const most = find('max-prefill-tokens');
  if (draft.job['serving.chunkedPrefill'] !== false) return;
  const number = settingNumber(most);
  if (most !== undefined && number !== undefined) setField(draft, 'serving.maxBatchedTokens', number, keyOrigin(draft, most));
  else if (most === undefined) setDefault(draft, 'serving.maxBatchedTokens', 16384, 'max_prefill_tokens in server_args.py');
}

function readLora(draft: Draft, settings: readonly Setting[], find: Find): void {
  const paths = find('lora-paths');
  if (paths === undefined && !isOn(find('enable-lora'))) return;
  draft.facts['lora.enabled'] = true;
  const inside = settings.filter(({ name }) => /^lora-paths\.[^.]+$/.test(name)).length;
  const number = inside > 0 ? inside : (paths?.rest.length ?? 0) + (settingText(paths) === undefined ? 0 : 1);
  if (number > 0) draft.facts['lora.adapters'] = number;
  setDefault(draft, 'serving.loraSlots', 8, 'max_loras_per_batch in server_args.py');
}

export const adapter: Adapter = engineAdapter<SglangRelease>({
  id: 'sglang',
  label: 'SGLang',
  start: {
    module:
      /(?:^|\/)sglang[./](?:launch_server|bench_one_batch|bench_offline_throughput|bench_latency|bench_one_batch_server|compile_deep_gemm)(?:\.py)?$|^sglang_router\.launch_server$/,
    command: { program: /(?:^|\/)sglang$/, subcommands: /^(?:serve|generate)$/ },
  },
  flags: {
    short: { tp: 'tp-size', dp: 'dp-size', pp: 'pp-size', ep: 'ep-size' },
    switches: sglangSwitches,
    several: new Set(['lora-paths', 'cuda-graph-bs', 'lora-target-modules']),
    expand: expandSglangFlag,
  },
  positional: ['model-path'],
  calls: { callee: /^sglang\b(?:.*\.)?(?:Engine|Runtime|ServerArgs|launch_server)$/, positional: [] },
  telling,
  isKnown: isSglangFlag,
  rows: sglangRows,
  blocks: new Set(['json-model-override-args']),
  notModelled: sglangNotModelled,
  keys: sglangKeys,
  release: sglangRelease,
  complete,
});
