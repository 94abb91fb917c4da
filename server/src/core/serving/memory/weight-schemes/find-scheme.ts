/** The scheme by the names that engines, checkpoints and readers use. */
import type { Part } from '../matrices.ts';
import { llmInt8, nf4, nf4Double } from './bitsandbytes.ts';
import { aqlm } from './codebooks.ts';
import { bf16, fp8Block, fp8Channel, fp8Tensor, fp16, fp32, mxfp8 } from './floating.ts';
import { ggufScheme } from './gguf-mixes.ts';
import { awq, gptq, hqq, int8, mlc, packed, torchaoInt4 } from './integers.ts';
import { mxfp4, nvfp4 } from './microscaling.ts';
import type { WeightScheme } from './scheme.ts';

/** What a checkpoint says besides its method's name. */
export interface SchemeDetails {
  readonly group?: number | undefined;
  readonly order?: boolean | undefined;
  /** Symmetric: no zero points where the format has them as an option. */
  readonly symmetric?: boolean | undefined;
}

const usualGroup = 128;
/** FP8 whose scales belong to blocks says so by the side of a block. */
const blockSide = 128;

function bitsOf(name: string): number | undefined {
  const found = /-?([\d.]+)[ -]?bit/.exec(name)?.[1] ?? /w(\d)a\d+/.exec(name)?.[1] ?? /int(\d)/.exec(name)?.[1];
  return found === undefined ? undefined : Number(found);
}

type Make = (name: string, details: SchemeDetails) => WeightScheme | undefined;

/** In this order: the first pattern that is met decides. */
const families: readonly (readonly [RegExp, Make])[] = [
  [/^(?:fp32|float32|float)$/, () => fp32],
  [/^(?:fp16|float16|half|q0f16)$/, () => fp16],
  [/^(?:bf16|bfloat16|none|auto|unquant)$/, () => bf16],
  [/^q0f32$/, () => fp32],
  [/^q([34])f(?:16|32)/, (name) => mlc(Number(name[1]))],
  [/^(?:gguf[-_:])?(?:i?q\d|tq\d|f16$|f32$|mxfp4_moe)/, (name) => ggufScheme(name)],
  [/nvfp4|modelopt[-_]fp4|petit|w4a4|^fp4$/, () => nvfp4],
  [/mxfp8/, () => mxfp8],
  [/mxfp4|quark|deepseek_v4/, () => mxfp4],
  [/fp8[-_]?(?:block|w8a8_block)|(?:block|blockwise)[-_]?fp8/, () => fp8Block],
  [/compressed-tensors-fp8|fp8[-_]?(?:dynamic|channel|row)|fbgemm|ptpc|torchao-fp8/, () => fp8Channel],
  [/fp8|^modelopt$|float8/, (_name, { group }) => (group === blockSide ? fp8Block : fp8Tensor)],
  [/bitsandbytes|bnb|nf4/, (name) => (/8bit|int8/.test(name) ? llmInt8 : /dq|double/.test(name) ? nf4Double : nf4)],
  [/aqlm/, (name) => aqlm(bitsOf(name) ?? 2)],
  [/hqq/, (name, { group }) => hqq(bitsOf(name) ?? 4, group ?? 64)],
  [/torchao/, (name, { group }) => ((bitsOf(name) ?? 8) > 4 ? int8('torchao-int8') : torchaoInt4(group ?? usualGroup))],
  [/awq/, (name, { group }) => awq(bitsOf(name) ?? 4, group ?? usualGroup)],
  [/gptq|marlin|moe_wna16|auto[-_]?round|inc$/, (name, { group, order }) => gptq(bitsOf(name) ?? 4, group ?? usualGroup, order ?? false)],
  [/int8|w8a8|w8a16|eetq|experts_int8|smoothquant/, () => int8('int8')],
  [
    /w\da16|int4|compressed-tensors|^\d-?bit$/,
    (name, { group, symmetric }) => packed(bitsOf(name) ?? 4, group ?? usualGroup, symmetric === false),
  ],
];

/** Undefined: no scheme of that name is known. */
export function findScheme(name: string, details: SchemeDetails = {}): WeightScheme | undefined {
  const lower = name.toLowerCase().trim();
  for (const [pattern, make] of families) if (pattern.test(lower)) return make(lower, details);
  return undefined;
}

const partNames: readonly string[] = [
  'attention',
  'attention-output',
  'state-space',
  'mlp',
  'experts',
  'shared-experts',
  'router',
  'embedding',
  'head',
  'vision',
] satisfies readonly Part[];
const isPart = (name: string): name is Part => partNames.includes(name);

/** The same scheme that leaves further parts alone: `attention, state-space:0.25` is all attention and a quarter of the state-space layers. */
export function leaving(scheme: WeightScheme, written: string): WeightScheme {
  const further = written.split(',').flatMap((entry): [Part, number][] => {
    const [name = '', share = '1'] = entry.trim().split(':');
    return isPart(name) && Number(share) >= 0 && Number(share) <= 1 ? [[name, Number(share)]] : [];
  });
  return further.length === 0 ? scheme : { ...scheme, leaves: new Map([...scheme.leaves, ...further]) };
}
