/** Facts of a vLLM server that are no job field, and the files it names. */
import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';

export function readVllmFacts(draft: Draft, settings: readonly Setting[]): void {
  const find = (name: string): Setting | undefined => settings.findLast((setting) => setting.name === name);
  const served = settingText(find('served-model-name'));
  if (served !== undefined) draft.facts['model.served_as'] = served;
  for (const [name, fact] of [
    ['speculative-config', 'speculative'],
    ['dtype', 'precision'],
    ['kv-cache-dtype', 'kv_cache_dtype'],
    ['max-num-partial-prefills', 'max_num_partial_prefills'],
  ] as const) {
    const setting = find(name);
    const text = settingText(setting);
    if (setting === undefined || text === undefined) continue;
    draft.used.add(setting);
    draft.facts[fact] = text;
  }
  if (draft.job['serving.expertParallel'] === true) draft.facts.expert_parallel = true;
  nameGpus(draft);
  readLora(draft, find);
  readLinks(draft, find);
}

/** GPUs of the server, when one of its sizes is stated and none is hidden. */
function nameGpus(draft: Draft): void {
  const sizes = ['parallel.tensor', 'parallel.pipeline', 'serving.dataParallel'] as const;
  if (sizes.some((field) => draft.sources[field]?.kind === 'unresolved')) return;
  if (sizes.every((field) => draft.job[field] === undefined)) return;
  draft.facts.gpus = sizes.reduce((product, field) => product * (draft.job[field] ?? 1), 1);
}

function readLora(draft: Draft, find: (name: string) => Setting | undefined): void {
  if (find('enable-lora') === undefined) return;
  const rank = Number(settingText(find('max-lora-rank')) ?? Number.NaN);
  const modules = find('lora-modules');
  const adapters = modules === undefined ? 0 : 1 + modules.rest.length;
  draft.facts.lora = {
    enabled: true,
    ...(adapters > 0 ? { adapters } : {}),
    ...(Number.isInteger(rank) ? { max_rank: rank } : {}),
  };
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
