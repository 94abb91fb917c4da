/**
 * Keys of a YAML file as the flags of Megatron-LM they stand for. Flags with dashes in front are taken as they are; plain names
 * are those of Megatron's argument object, where some switches are turned round: `add_bias_linear: false` is
 * `--disable-bias-linear` (dest of megatron/training/arguments.py at d98e8a64).
 */
import type { Scalar } from '../../syntax/document.ts';
import type { Setting } from '../setting.ts';
import { canonicalFlag } from '../setting.ts';

/** Names of the argument object that are `false` when the flag is given. */
const turned: { readonly [name: string]: string } = {
  'add-bias-linear': 'disable-bias-linear',
  'add-position-embedding': 'no-position-embedding',
  'overlap-p2p-comm': 'no-overlap-p2p-communication',
  'async-tensor-model-parallel-allreduce': 'no-async-tensor-model-parallel-allreduce',
  'masked-softmax-fusion': 'no-masked-softmax-fusion',
  'bias-gelu-fusion': 'no-bias-gelu-fusion',
  'bias-swiglu-fusion': 'no-bias-swiglu-fusion',
  'bias-dropout-fusion': 'no-bias-dropout-fusion',
  'gradient-accumulation-fusion': 'no-gradient-accumulation-fusion',
  'persist-layer-norm': 'no-persist-layer-norm',
  'share-embeddings-and-output-weights': 'untie-embeddings-and-output-weights',
};

/** Names of the argument object, or of a YAML dialect, that differ from the flag's. */
const renamed: { readonly [name: string]: string } = {
  fp8: 'fp8-format',
  fp4: 'fp4-format',
  'deprecated-use-mcore-models': 'use-mcore-models',
  'virtual-pipeline-model-parallel-size': 'num-virtual-stages-per-pipeline-rank',
};

/** Values of `activation_func`, which the YAML of `--yaml-cfg` has instead of switches. */
const activations: ReadonlySet<string> = new Set(['swiglu', 'squared-relu', 'quick-geglu', 'openai-gelu']);

/** Settings under `prefix` (`MODEL_ARGS.`) as flags, lists joined to one flag with several values. */
export function flagSettings(settings: readonly Setting[], prefix: string): readonly Setting[] {
  const inside = settings.filter(({ name }) => name.startsWith(prefix)).map((one) => ({ ...one, name: one.name.slice(prefix.length) }));
  return inside.flatMap((setting): readonly Setting[] => {
    if (/\.\d+(?:\.|$)/.test(setting.name)) return [];
    if (setting.container === true) return listFlag(setting, inside);
    return setting.name.includes('.') ? [] : oneFlag(setting);
  });
}

/** Switches under `prefix` that say `false`, which a file behind this one may turn on. */
export function switchedOff(settings: readonly Setting[], prefix: string): readonly Setting[] {
  return settings.flatMap((setting) => {
    if (!setting.name.startsWith(prefix) || environmentValue(setting).scalar !== false) return [];
    const name = canonicalFlag(setting.name.slice(prefix.length));
    return name.includes('.') || Object.hasOwn(turned, name) ? [] : [{ ...setting, name }];
  });
}

/** Megatron counts virtual stages itself where the layout names them, whatever this name of its argument object says. */
export function withoutCountOfLayout(settings: readonly Setting[]): readonly Setting[] {
  const hasLayout = settings.some(({ name }) => name === 'pipeline-model-parallel-layout');
  return hasLayout ? settings.filter(({ spelling }) => canonicalFlag(spelling) !== 'virtual-pipeline-model-parallel-size') : settings;
}

/** Primus gives the number of groups in one file and the switch in another. */
export function withGrouping(settings: readonly Setting[]): readonly Setting[] {
  const groups = settings.find(({ name }) => name === 'num-query-groups');
  const isSwitched = settings.some(({ name }) => name === 'group-query-attention');
  return groups === undefined || isSwitched ? settings : [...settings, bare(groups, 'group-query-attention')];
}

function listFlag(setting: Setting, all: readonly Setting[]): readonly Setting[] {
  const items = all.filter(({ name }) => name.startsWith(`${setting.name}.`) && /^\d+$/.test(name.slice(setting.name.length + 1)));
  const [first, ...rest] = items.map(({ scalar }) => String(scalar));
  if (first === undefined) return [];
  const { container: _, ...bare } = setting;
  return [{ ...bare, name: canonicalFlag(setting.name), given: true, scalar: first, rest }];
}

/** `true` is the bare flag, `false` and nothing are no flag at all. */
function oneFlag(setting: Setting): readonly Setting[] {
  const written = canonicalFlag(setting.name);
  const value = environmentValue(setting);
  const { scalar } = value;
  if (scalar === null) return [];
  const opposite = setting.name.startsWith('-') || !Object.hasOwn(turned, written) ? undefined : turned[written];
  if (opposite !== undefined) return scalar === false ? [bare(value, opposite)] : [];
  if (scalar === false) return [];
  const name = Object.hasOwn(renamed, written) ? (renamed[written] ?? written) : written;
  if (scalar === true) return [bare(value, name)];
  if (written === 'activation-func') {
    const kind = canonicalFlag(String(scalar ?? ''));
    return activations.has(kind) ? [bare(value, kind)] : [];
  }
  const [first, ...rest] = typeof scalar === 'string' ? unquoted(scalar).split(/\s+/) : [scalar];
  return [{ ...value, name, scalar: first, rest: rest.map(String) }];
}

/** A shell takes the quotes that stand inside a value away. */
const unquoted = (text: string): string => /^(['"])(.*)\1$/.exec(text)?.[2] ?? text;

/** A switch; its text stays where the value is written. */
function bare(setting: Setting, name: string): Setting {
  const { scalar: _, ...rest } = setting;
  return { ...rest, name, given: false, scalar: undefined };
}

/**
 * Variables of the environment in a value: `${TP}` is not known, `${PRIMUS_TP:1}` (Primus) has a default and takes it.
 */
function environmentValue(setting: Setting): Setting {
  const { scalar } = setting;
  if (typeof scalar !== 'string' || !scalar.includes('$')) return setting;
  const whole = /^\$\{\w+:([^${}]*)\}$/.exec(scalar)?.[1];
  if (whole !== undefined) return { ...setting, scalar: plain(whole) };
  const names = [...scalar.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
  const { scalar: _, ...rest } = setting;
  return { ...rest, scalar: undefined, unknown: names, written: scalar };
}

function plain(word: string): Scalar {
  if (word === 'null' || word === '') return null;
  if (word === 'true' || word === 'false') return word === 'true';
  return /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(word) ? Number(word) : word;
}
