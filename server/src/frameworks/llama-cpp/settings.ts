/** What a server of llama.cpp says beyond single fields: files, types of weights and cache, GPUs, drafts. */
import type { Draft } from '../draft.ts';
import { keyOrigin, setDefault, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { linkFiles, noteFacts } from '../engines/facts.ts';
import { fileName, ggufType } from '../engines/gguf.ts';
import type { Find } from '../find.ts';
import { finder } from '../find.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { cacheFormat, isAllLayers } from './rows.ts';

const facts = {
  alias: 'model.served_as',
  'cache-type-k': 'kv_cache_dtype',
  'split-mode': 'split_mode',
  'n-cpu-moe': 'n_cpu_moe',
  'model-draft': 'speculative.draft_model',
  'hf-repo-draft': 'speculative.draft_model',
  'draft-max': 'speculative.num_speculative_tokens',
  'spec-draft-n-max': 'speculative.num_speculative_tokens',
  'ctx-size-draft': 'speculative.draft_max_model_len',
  'spec-default': 'speculative',
} as const;

const why = 'as in common/common.h of llama.cpp';

export function completeLlamaCpp(draft: Draft, settings: readonly Setting[]): void {
  const find = finder(draft, settings);
  noteFacts(draft, settings, facts);
  const drafted = draft.facts['speculative.draft_model'];
  if (typeof drafted === 'string' && /\.gguf$/i.test(drafted)) draft.facts['speculative.draft_model'] = fileName(drafted);
  readWeights(draft, find);
  readDraftWeights(draft, find);
  readCache(draft, find);
  readGpus(draft, find);
  readSlots(draft, find);
  if (isAllLayers(settingText(find('n-gpu-layers')) ?? ''))
    setDerived(draft, 'serving.gpuLayers', 999, [], 'all layers; no model has so many');
  if (find('spec-default') === undefined && find('model-draft', 'hf-repo-draft', 'spec-type') === undefined)
    setDefault(draft, 'serving.speculativeTokens', 0, 'no draft is set');
  setDefault(draft, 'serving.prefixCaching', true, 'cache_prompt is on by default');
  linkFiles(draft, settings, { model: 'model', 'hf-repo': 'model' });
}

/** The type of the weights by the name of the file, or by the tag of a repository; a file goes before the tag. */
function readWeights(draft: Draft, find: Find): void {
  const named = find('hf-file') ?? find('model') ?? find('hf-repo', 'docker-repo', 'model-url');
  const type = ggufType(settingText(named) ?? '');
  if (named === undefined) return;
  // A script that offers a file or a repository leaves both open.
  const hidden = [find('model'), find('hf-file'), find('hf-repo')].filter((one) => one !== undefined && one.scalar === undefined);
  const [first] = hidden;
  if (first !== undefined) {
    const names = [...new Set(hidden.flatMap((one) => one?.unknown ?? []))].map((name) => (/^\w+$/.test(name) ? `$${name}` : name));
    setUnknown(
      draft,
      'serving.quantization',
      unresolvedOrigin(draft, first, names.length > 1 ? `${names.join(', ')} may name another file` : undefined),
    );
    return;
  }
  // The card of the model tells it too, in words of its own.
  if (type !== undefined) draft.facts.quantization = type;
  if (type !== undefined) setField(draft, 'serving.quantization', type, keyOrigin(draft, named));
  else if (named.name === 'hf-repo')
    setDefault(draft, 'serving.quantization', 'Q4_K_M', 'llama.cpp takes Q4_K_M of a repository that has it');
}

/** The type of the draft's weights, by the same names. */
function readDraftWeights(draft: Draft, find: Find): void {
  const named = find('model-draft') ?? find('hf-repo-draft');
  const type = ggufType(settingText(named) ?? '');
  if (named !== undefined && type !== undefined) setField(draft, 'serving.draftQuantization', type, keyOrigin(draft, named));
}

/** Keys and values have a type each; only where both are the same does one format stand for the cache. */
function readCache(draft: Draft, find: Find): void {
  const keys = find('cache-type-k');
  const values = find('cache-type-v');
  const written = keys ?? values;
  if (written === undefined) {
    setDefault(draft, 'serving.kvCacheDtype', 'fp16', why);
    return;
  }
  const hidden = [keys, values].find((setting) => setting !== undefined && setting.scalar === undefined);
  const [k, v] = [settingText(keys) ?? 'f16', settingText(values) ?? 'f16'];
  const format = k.toLowerCase() === v.toLowerCase() ? cacheFormat(k) : undefined;
  if (hidden !== undefined) setUnknown(draft, 'serving.kvCacheDtype', unresolvedOrigin(draft, hidden));
  else if (format !== undefined) setField(draft, 'serving.kvCacheDtype', format, keyOrigin(draft, written));
  else setUnknown(draft, 'serving.kvCacheDtype', unresolvedOrigin(draft, written, `keys are ${k} and values ${v}`));
}

/** Programs that work on one text at a time unless told otherwise. */
const alone = /(?:^|\/)llama-(?:cli|run|simple|bench|perplexity|speculative|mtmd-cli)(?:\.exe)?$/;

/** A server that is not told how many slots to have takes four with one cache for all; told, it divides the context (tools/server/server.cpp). */
function readSlots(draft: Draft, find: Find): void {
  const { start } = draft.launch;
  const command = draft.document.commands.find(({ range }) => range.start === start);
  if (command?.words.some(({ text }) => text !== undefined && alone.test(text))) return;
  const written = settingText(find('parallel'));
  const isOpen = find('parallel') === undefined || written === '-1';
  const source = 'n_parallel auto in tools/server/server.cpp';
  if (isOpen) {
    if (draft.sources['serving.maxSequences']?.kind === 'auto') delete draft.sources['serving.maxSequences'];
    setDefault(draft, 'serving.maxSequences', 4, source);
    setDefault(draft, 'serving.unifiedCache', true, source);
  } else setDefault(draft, 'serving.unifiedCache', false, 'kv_unified in common/common.h; slots divide the context');
}

/** One GPU with `--split-mode none`; else those that the environment or a split shows. */
function readGpus(draft: Draft, find: Find): void {
  const mode = find('split-mode');
  if (settingText(mode) === 'none') setDerived(draft, 'cluster.gpusPerNode', 1, [], '--split-mode none uses one GPU');
  const gpus = draft.job['cluster.gpusPerNode'];
  if (gpus !== undefined) draft.facts.gpus = gpus;
  if (gpus === undefined || gpus < 2) return;
  const isDivided = /^(?:row|tensor)$/.test(settingText(mode) ?? '');
  const how = isDivided ? 'every layer is divided over the GPUs' : 'layers are dealt out to the GPUs';
  setDerived(draft, isDivided ? 'parallel.tensor' : 'parallel.pipeline', gpus, ['cluster.gpusPerNode'], how);
}
