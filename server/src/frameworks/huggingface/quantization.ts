/**
 * Schemes of `quantization_config`, named so that the bits of a weight are known. Keys: transformers utils/quantization_config.py
 * (5.x), compressed-tensors quantization/quant_args.py and quant_scheme.py, modelopt's export (`hf_quant_config.json`).
 */
import type { BaseFormat } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { keyOrigin, setDerived, setField } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { settingNumber, settingText } from '../setting.ts';
import { unquantizedParts } from './unquantized.ts';

interface Scheme {
  readonly name: string;
  /** The stored weights of an adapter job that trains beside them. */
  readonly base?: BaseFormat;
}

/** The value of a key of the block, by its dotted path. */
type Get = (name: string) => Setting | undefined;

const withBits = (method: string, bits: number | undefined, base?: BaseFormat): Scheme =>
  bits === undefined || bits === 4 ? { name: method, ...(base === undefined ? {} : { base }) } : { name: `${method}-${bits}bit` };

/** Weights in 8 bits (LLM.int8) or in 4, whose scales may be quantized too. */
function bitsandbytes(get: Get): Scheme | undefined {
  if (get('load_in_8bit')?.scalar === true) return { name: 'bitsandbytes-8bit', base: 'int8' };
  if (get('load_in_4bit')?.scalar !== true) return undefined;
  const type = settingText(get('bnb_4bit_quant_type')) ?? 'fp4';
  const base = get('bnb_4bit_use_double_quant')?.scalar === true ? 'nf4-dq' : 'nf4';
  return { name: `bitsandbytes-${type}`, base };
}

/** One group of layers as a rule; activations that stay as they are make it weight-only. */
function compressedTensors(get: Get, settings: readonly Setting[]): Scheme | undefined {
  const group = /^(config_groups\.[^.]+)\.weights\.num_bits$/;
  const first = settings.flatMap(({ name }) => group.exec(name)?.[1] ?? [])[0];
  const bits = settingNumber(get(`${first}.weights.num_bits`));
  if (first === undefined || bits === undefined) return undefined;
  const isFloat = settingText(get(`${first}.weights.type`)) === 'float';
  if (isFloat) return { name: bits === 8 ? 'compressed-tensors-fp8' : `compressed-tensors-${bits === 4 ? 'nvfp4' : `fp${bits}`}` };
  const activations = settingNumber(get(`${first}.input_activations.num_bits`)) ?? 16;
  return { name: `compressed-tensors-w${bits}a${activations}` };
}

/** `int4_weight_only`, `Int8DynamicActivationInt8WeightConfig`, `Float8WeightOnlyConfig`. */
function torchao(get: Get): Scheme | undefined {
  const type = (settingText(get('quant_type.default._type')) ?? settingText(get('quant_type')) ?? '').toLowerCase();
  if (/float8|fp8/.test(type)) return { name: 'torchao-fp8' };
  const bits = /int(\d)_?weight/.exec(type)?.[1];
  return bits === undefined ? undefined : { name: `torchao-int${bits}` };
}

/** Additive codebooks: so many of so many bits for a group of weights. */
function aqlm(get: Get): Scheme | undefined {
  const [books, bits, group] = ['num_codebooks', 'nbits_per_codebook', 'in_group_size'].map((name) => settingNumber(get(name)));
  return books && bits && group ? { name: `aqlm-${(books * bits) / group}bit` } : undefined;
}

function hqq(settings: readonly Setting[]): Scheme | undefined {
  const bits = settingNumber(settings.find(({ name }) => /(?:^|\.)(?:weight_quant_params\.)?nbits$/.test(name)));
  return bits === undefined ? undefined : { name: `hqq-${bits}bit` };
}

function schemeOf(get: Get, settings: readonly Setting[]): Scheme | undefined {
  const method = settingText(get('quant_method'))?.toLowerCase();
  const algorithm = settingText(get('quant_algo'))?.toLowerCase();
  if (algorithm !== undefined) return { name: `modelopt-${algorithm}` };
  const bits = settingNumber(get('bits') ?? get('w_bit'));
  switch (method) {
    case 'gptq':
      return withBits('gptq', bits, 'gptq-4bit');
    case 'awq':
      return withBits('awq', bits, 'awq-4bit');
    case 'bitsandbytes':
      return bitsandbytes(get);
    case 'compressed-tensors':
      return compressedTensors(get, settings);
    case 'torchao':
      return torchao(get);
    case 'aqlm':
      return aqlm(get);
    case 'hqq':
      return hqq(settings);
    default:
      return undefined;
  }
}

/** Group size, order and what is left out. FP8 with scales per block tells the side of a block. */
function readDetails(draft: Draft, own: readonly Setting[]): void {
  const find = (pattern: RegExp) => own.find(({ name }) => pattern.test(name));
  const group = find(
    /^(?:q_group_size|group_size|weight_block_size\.0|quant_config\.weight_quant_params\.group_size|config_groups\.[^.]+\.weights\.group_size)$/,
  );
  const size = settingNumber(group);
  if (group !== undefined && size !== undefined && Number.isInteger(size))
    setField(draft, 'model.quantGroupSize', size, keyOrigin(draft, group));
  const order = find(/^desc_act$/);
  if (typeof order?.scalar === 'boolean') setField(draft, 'model.quantActOrder', order.scalar, keyOrigin(draft, order));
  const symmetric = find(/^(?:sym|config_groups\.[^.]+\.weights\.symmetric)$/);
  if (typeof symmetric?.scalar === 'boolean') setField(draft, 'model.quantSymmetric', symmetric.scalar, keyOrigin(draft, symmetric));
  const left = own.filter(({ name }) =>
    /^(?:ignore|ignored_layers|modules_to_not_convert|exclude_modules|llm_int8_skip_modules)\.\d+$/.test(name),
  );
  const parts = unquantizedParts(
    left.flatMap((setting) => settingText(setting) ?? []),
    draft.job,
  );
  const [first] = left;
  if (first !== undefined && parts !== '') setField(draft, 'model.quantExcluded', parts, keyOrigin(draft, first));
}

/** The scheme of a block in place of its method's bare name; `prefix` is where the block's keys stand. */
export function readScheme(draft: Draft, settings: readonly Setting[], prefix: string): void {
  const own = settings.flatMap((setting) =>
    setting.name.startsWith(prefix) ? [{ ...setting, name: setting.name.slice(prefix.length) }] : [],
  );
  const get: Get = (name) => own.findLast((setting) => setting.name === name);
  const told = get('quant_algo') ?? get('quant_method');
  const scheme = schemeOf(get, own);
  if (told === undefined) return;
  readDetails(draft, own);
  if (scheme === undefined) return;
  setField(draft, 'model.quantization', scheme.name, keyOrigin(draft, told));
  if (scheme.base !== undefined)
    setDerived(draft, 'model.baseFormat', scheme.base, ['model.quantization'], `weights are stored by ${scheme.name}`);
}

/** `hf_quant_config.json`, which modelopt writes beside a model. */
export const isQuantizationFile = (names: ReadonlySet<string>): boolean =>
  names.has('quantization.quant_algo') && (names.has('producer') || names.has('quantization.exclude_modules'));
