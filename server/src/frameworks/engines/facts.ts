/** Facts of a server that are no job field, and the files it names. */
import type { LinkRole } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';

/** GPUs of the server, when one of its sizes is stated and none is hidden. */
export function nameGpus(draft: Draft): void {
  const sizes = ['parallel.tensor', 'parallel.pipeline', 'serving.dataParallel'] as const;
  if (sizes.some((field) => draft.sources[field]?.kind === 'unresolved')) return;
  if (sizes.every((field) => draft.job[field] === undefined)) return;
  draft.facts.gpus = sizes.reduce((product, field) => product * (draft.job[field] ?? 1), 1);
}

/** Notes the values of settings as facts; the key of the table is the setting's name. */
export function noteFacts(draft: Draft, settings: readonly Setting[], names: { readonly [setting: string]: string }): void {
  for (const setting of settings) {
    const fact = Object.hasOwn(names, setting.name) ? names[setting.name] : undefined;
    if (fact === undefined) continue;
    draft.used.add(setting);
    const value = setting.given ? numeric(setting.scalar) : true;
    if (value !== undefined && value !== null) draft.facts[fact] = value;
  }
}

/** Flags hold text; a fact that is a number is said as one. */
function numeric(scalar: Setting['scalar']): Setting['scalar'] {
  return typeof scalar === 'string' && /^-?\d+(?:\.\d+)?$/.test(scalar) ? Number(scalar) : scalar;
}

/** Links to what settings name, by the role of each setting. */
export function linkFiles(draft: Draft, settings: readonly Setting[], roles: { readonly [setting: string]: LinkRole }): void {
  for (const [name, role] of Object.entries(roles)) {
    const setting = settings.findLast((one) => one.name === name);
    const target = settingText(setting);
    if (setting === undefined || target === undefined || target === '') continue;
    draft.used.add(setting);
    draft.links.push({ range: setting.value, target, role });
  }
}
