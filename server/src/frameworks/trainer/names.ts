/**
 * Settings of a trainer under one spelling. `TrainingArguments` and the classes beside it are filled from flags, from YAML
 * or JSON and from Python keywords; names are compared as Python writes them, with underscores.
 */
import { bool } from '../parse.ts';
import { remember } from '../remember.ts';
import type { Setting } from '../setting.ts';

/** Settings under their Python names: the flag `--per-device-train-batch-size` is `per_device_train_batch_size`. */
export const pythonNames = remember((settings: readonly Setting[]): readonly Setting[] =>
  settings.flatMap((setting) => {
    const named = setting.name.includes('-') ? { ...setting, name: setting.name.replaceAll('-', '_') } : setting;
    return [named, ...insideJson(named)];
  }),
);

/** The keys of a block that a flag takes as JSON: `--fsdp_config '{"fsdp_version": 2}'`. They all stand where the text stands. */
function insideJson(setting: Setting): readonly Setting[] {
  if (typeof setting.scalar !== 'string' || !setting.scalar.startsWith('{')) return [];
  try {
    return flattened(setting, JSON.parse(setting.scalar), setting.name);
  } catch {
    return [];
  }
}

function flattened(setting: Setting, value: unknown, name: string): readonly Setting[] {
  const spelling = name.slice(name.lastIndexOf('.') + 1);
  if (value === null || typeof value !== 'object') {
    const scalar = typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : null;
    return [{ ...setting, name, spelling, scalar, rest: [] }];
  }
  return Object.entries(value).flatMap(([key, inner]) => flattened(setting, inner, `${name}.${key}`));
}

/** The last setting of one of these names that stands alone or opens a list. */
export function lastOf(settings: readonly Setting[], ...names: readonly string[]): Setting | undefined {
  return settings.findLast(({ name }) => names.includes(name));
}

/**
 * The words of a list: the items of a YAML, JSON or Python list, the values behind a flag, or one text with commas or spaces
 * in it. Undefined when nothing is written or a part of it is hidden.
 */
export function wordsOf(settings: readonly Setting[], name: string): readonly string[] | undefined {
  const setting = lastOf(settings, name);
  if (setting === undefined || setting.scalar === null) return undefined;
  const items = setting.container === true ? itemsOf(settings, name) : [setting.scalar, ...setting.rest];
  if (items.some((item) => item === undefined)) return undefined;
  return items.flatMap((item) => String(item).split(/[\s,]+/)).filter((word) => word !== '');
}

function itemsOf(settings: readonly Setting[], name: string): readonly (Setting['scalar'] | undefined)[] {
  const isItem = new RegExp(`^${name}\\.\\d+$`);
  return settings.filter((one) => isItem.test(one.name)).map(({ scalar }) => scalar);
}

/** The settings of a block under their names inside it: `fsdp_config.fsdp_version` of `fsdp_config` is `fsdp_version`. */
export function blockOf(settings: readonly Setting[], block: string): readonly Setting[] {
  const prefix = `${block}.`;
  return settings.filter(({ name }) => name.startsWith(prefix)).map((setting) => ({ ...setting, name: setting.name.slice(prefix.length) }));
}

/** Whether a switch is known to be on. */
export function isOn(setting: Setting | undefined): boolean {
  if (setting === undefined) return false;
  const parsed = bool(setting);
  return typeof parsed === 'object' && 'value' in parsed && parsed.value;
}
