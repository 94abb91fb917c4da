/** Facts of a vLLM server that are no job field, and the files it names. */
import type { Draft } from '../draft.ts';
import { nameGpus } from '../engines/facts.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';

export function readVllmFacts(draft: Draft, settings: readonly Setting[]): void {
  const find = (name: string): Setting | undefined => settings.findLast((setting) => setting.name === name);
  const served = settingText(find('served-model-name'));
  if (served !== undefined) draft.facts['model.served_as'] = served;
  for (const [name, fact] of [
    ['speculative-config', 'speculative'],
    ['speculative-config.method', 'speculative.method'],
    ['speculative-config.model', 'speculative.draft_model'],
    ['speculative-config.num_speculative_tokens', 'speculative.num_speculative_tokens'],
    ['speculative-config.draft_tensor_parallel_size', 'speculative.draft_tensor_parallel_size'],
    ['dtype', 'precision'],
    ['kv-cache-dtype', 'kv_cache_dtype'],
    ['all2all-backend', 'all2all'],
    ['max-num-partial-prefills', 'max_num_partial_prefills'],
  ] as const) {
    const setting = find(name);
    const text = settingText(setting);
    if (setting === undefined || text === undefined) continue;
    draft.used.add(setting);
    draft.facts[fact] = fact.startsWith('speculative.') ? setting.scalar : text;
  }
  if (draft.job['serving.expertParallel'] === true) draft.facts.expert_parallel = true;
  nameGpus(draft);
  nameEncoder(draft, find);
  readLora(draft, find);
  readLinks(draft, find);
}

/** `--ec-transfer-config` puts the encoder of pictures on a server of its own. */
function nameEncoder(draft: Draft, find: (name: string) => Setting | undefined): void {
  const setting = find('ec-transfer-config.ec_role');
  const role = settingText(setting);
  if (setting === undefined || role === undefined) return;
  draft.used.add(setting);
  draft.facts.role = role === 'ec_producer' ? 'encoder' : 'prefill+decode';
}

function readLora(draft: Draft, find: (name: string) => Setting | undefined): void {
  if (find('enable-lora') === undefined) return;
  const rank = Number(settingText(find('max-lora-rank')) ?? Number.NaN);
  const modules = find('lora-modules');
  const adapters = modules === undefined ? 0 : 1 + modules.rest.length;
  draft.facts['lora.enabled'] = true;
  if (adapters > 0) draft.facts['lora.adapters'] = adapters;
  if (Number.isInteger(rank)) draft.facts['lora.max_rank'] = rank;
}

function readLinks(draft: Draft, find: (name: string) => Setting | undefined): void {
  const roles = { model: 'model', tokenizer: 'tokenizer', config: 'engine-config' } as const;
  for (const [name, role] of Object.entries(roles)) {
    const setting = find(name);
    const target = settingText(setting);
    if (setting === undefined || target === undefined) continue;
    draft.used.add(setting);
    draft.links.push({ range: setting.value, target, role });
  }
}
