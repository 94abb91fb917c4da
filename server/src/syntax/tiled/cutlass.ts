/**
 * Kernels that CUTLASS makes of template arguments. Release 2: device and kernel templates with three `GemmShape`s
 * (include/cutlass/gemm/device/gemm.h: element A, layout A, element B, ..., accumulator, operator class, architecture,
 * tiles of threadblock, warp and instruction, epilogue, swizzle, stages). Release 3: `gemm::collective::CollectiveBuilder`
 * (include/cutlass/gemm/collective/collective_builder_decl.hpp). Read at NVIDIA/cutlass 4.2.
 */
import type { Expression } from '../../core/kernels/expression.ts';
import type { NamedTile, TileBuffer, TileFile, TileKernel } from '../../core/kernels/tiled/facts.ts';
import type { Range } from '../../core/origin.ts';
import { givenSizes } from '../cuda/given-sizes.ts';
import { Aliases, type TemplateUse, templateAt, withoutComments } from './template-text.ts';

/** Whether a file may hold such kernels. */
export const mayHoldCutlass = (text: string): boolean => /\bcutlass\b/.test(text) && /\bGemmShape\s*<|\bCollectiveBuilder\s*</.test(text);

/** Templates of release 2 that take the whole configuration. */
const wholeKernels =
  /\b(?:cutlass\s*::\s*)?(?:gemm|conv)\s*::\s*(?:device|kernel)\s*::\s*(?:Gemm\w*|Default\w*(?:Gemm|Conv|Group|Gemv)\w*|Rank\w+|Symm\w*|Trmm\w*|ImplicitGemm\w*)\s*</g;
const builders = /\b(?:cutlass\s*::\s*)?gemm\s*::\s*collective\s*::\s*CollectiveBuilder\s*</g;

interface Reading {
  readonly text: string;
  readonly aliases: Aliases;
}

const lastPart = (name: string): string => name.replace(/<.*$/s, '').replace(/^.*::/, '').trim();

/** Names of number formats (include/cutlass/numeric_types.h), and what wraps them. */
const format =
  /^(?:float|double|half|int|u?int(?:4b|8|16|32|64)_t|uint\w*_t|half_t|bfloat16_t|tfloat32_t|float_\w+|mx_float\d_t|nv_float4_t|complex|__half|__nv_bfloat16|type_erased\w*|int4b_t|bin1_t|uint1b_t)$/;

function numberOf(text: string): Expression {
  const cut = text.replace(/^cute::/, '').replace(/(?:\{\}|\(\))$/, '');
  const value = /^_?(\d+)$/.exec(cut)?.[1] ?? /^(?:cute::)?(?:Int|C)<(\d+)>$/.exec(cut)?.[1];
  if (value !== undefined) return { kind: 'number', value: Number(value), text: cut };
  return /^\w+$/.test(cut) ? { kind: 'name', name: cut, text: cut } : { kind: 'other', text: cut };
}

/** Factors of `GemmShape<128, 128, 32>` or `Shape<_128, _128, _64>`, also behind names. */
function shapeOf({ text, aliases }: Reading, range: Range): Omit<NamedTile, 'label'> | undefined {
  const opened = aliases.opened(range);
  const made = /^decltype\(\s*(?:cute::)?make_shape\(([^()]*)\)\s*\)$/.exec(text.slice(opened.start, opened.end))?.[1];
  if (made !== undefined) return { shape: made.split(',').map((part) => numberOf(part.trim())), range: opened };
  const use = templateAt(text, opened.start);
  if (!use || !/^(?:GemmShape|Shape|MatrixShape)$/.test(lastPart(use.name))) return undefined;
  const shape = use.values.map((value) => {
    const at = aliases.opened(value);
    return numberOf(text.slice(at.start, at.end));
  });
  return { shape, range: use.range };
}

function formatsOf({ text, aliases }: Reading, values: readonly Range[]): readonly string[] {
  return values.flatMap((value) => {
    const { start, end } = aliases.opened(value);
    const written = text.slice(start, end);
    return format.test(lastPart(written)) ? [written.replace(/\s+/g, ' ')] : [];
  });
}

const architecture = (text: string): string | undefined => {
  const number = /\barch\s*::\s*Sm(\d+)/.exec(text)?.[1];
  return number === undefined ? undefined : `sm${number}`;
};

const number = (value: number): Expression => ({ kind: 'number', value, text: String(value) });
const named = (name: string): Expression => ({ kind: 'name', name, text: name });

/** The operand tiles of one stage: rows x depth of A, columns x depth of B. */
function operandBuffers(tile: NamedTile | undefined, formats: readonly (string | undefined)[]): readonly TileBuffer[] {
  const [m, n, k] = tile?.shape ?? [];
  if (!tile || !m || !n || !k) return [];
  return [['A', m] as const, ['B', n] as const].map(([name, rows], index) => {
    const written = formats[index];
    return {
      name,
      memory: 'shared',
      shape: [rows, k],
      ...(written === undefined ? {} : { format: named(written) }),
      copies: 'stages',
      range: tile.range,
    };
  });
}

/** The name of the alias a template stands behind, as people call the kernel. */
function aliasOf({ text }: Reading, { range, name, nameRange }: TemplateUse): { readonly name: string; readonly nameRange: Range } {
  const before = /\busing\s+(\w+)\s*=\s*(?:typename\s+)?$/.exec(text.slice(Math.max(0, range.start - 200), range.start));
  if (!before?.[1]) return { name: lastPart(name), nameRange };
  const start = range.start - before[0].length + before[0].indexOf(before[1], 5);
  return { name: before[1], nameRange: { start, end: start + before[1].length } };
}

function ofRelease2(reading: Reading, use: TemplateUse): TileKernel | undefined {
  const { text, aliases } = reading;
  const labels = ['threadblock', 'warp', 'mma'];
  const shapes = use.values.flatMap((value, index) => {
    const shape = shapeOf(reading, value);
    const isGemm = shape && /^(?:\w+::)*GemmShape/.test(text.slice(shape.range.start, shape.range.end));
    return shape && isGemm ? [{ ...shape, index }] : [];
  });
  // Two products in one kernel have two of each; of a sparse operand only a part is kept, with its places.
  if (shapes.length > labels.length || /Sparse/.test(use.name)) return undefined;
  const tiles = shapes.map(({ shape, range }, index): NamedTile => ({ label: labels[index] ?? '', shape, range }));
  const last = shapes.at(-1)?.index ?? -1;
  const [threadblock] = tiles;
  if (!threadblock) return undefined;
  const [a, b, c, acc] = formatsOf(reading, use.values.slice(0, last));
  const arch = use.values.flatMap((value) => {
    const { start, end } = aliases.opened(value);
    return architecture(text.slice(start, end)) ?? [];
  })[0];
  const stages = use.values
    .slice(last + 1)
    .map((value) => aliases.opened(value))
    .find(({ start, end }) => /^\d+$/.test(text.slice(start, end)));
  return {
    dialect: 'cutlass2',
    ...aliasOf(reading, use),
    range: use.range,
    tiles,
    ...(stages
      ? { stages: { expression: number(Number(text.slice(stages.start, stages.end))), range: stages } }
      : // Left to DefaultGemmConfiguration, which has other stages for every architecture.
        { stages: { expression: named('Stages'), range: use.range } }),
    buffers: operandBuffers(threadblock, [a, b]),
    formats: formatMap({ a, b, c, acc }),
    ...(arch === undefined ? {} : { architecture: arch }),
    constants: new Map(),
  };
}

const formatMap = (formats: Readonly<Record<string, string | undefined>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(formats).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

/** `StageCount<4>` and `_4` are numbers; `StageCountAuto` and a carve-out leave it to the builder. */
function stagesOf({ text, aliases }: Reading, range: Range | undefined): TileKernel['stages'] {
  if (!range) return undefined;
  const opened = aliases.opened(range);
  const written = text.slice(opened.start, opened.end).replace(/\s+/g, '');
  if (/StageCountAuto/.test(written)) return 'auto';
  const value = /(?:StageCount<|^(?:cute::)?(?:Int<|_))(\d+)/.exec(written)?.[1] ?? /^(\d+)$/.exec(written)?.[1];
  return { expression: value === undefined ? named('StageCount') : number(Number(value)), range: opened };
}

function ofRelease3(reading: Reading, use: TemplateUse): TileKernel | undefined {
  const { text, aliases } = reading;
  const [arch, , a, , , b, , , acc, tile, cluster, stages, schedule] = use.values;
  const spelt = (range: Range | undefined): string | undefined => {
    if (!range) return undefined;
    const { start, end } = aliases.opened(range);
    return text.slice(start, end).replace(/\s+/g, ' ');
  };
  const shape = tile && shapeOf(reading, tile);
  if (!shape) return undefined;
  const wholeTile: NamedTile = { label: 'tile', ...shape };
  const clusterShape = cluster && shapeOf(reading, cluster);
  const architectureName = architecture(spelt(arch) ?? '');
  const scheduled = spelt(schedule);
  const count = stagesOf(reading, stages);
  return {
    dialect: 'cutlass3',
    ...aliasOf(reading, use),
    range: use.range,
    tiles: [wholeTile, ...(clusterShape ? [{ label: 'cluster', ...clusterShape }] : [])],
    ...(count === undefined ? {} : { stages: count }),
    buffers: operandBuffers(wholeTile, [spelt(a), spelt(b)]),
    formats: formatMap({ a: spelt(a), b: spelt(b), acc: spelt(acc) }),
    ...(architectureName === undefined ? {} : { architecture: architectureName }),
    ...(scheduled === undefined ? {} : { schedule: lastPart(scheduled) }),
    constants: new Map(),
  };
}

/** @returns undefined for a file without such kernels. Never throws. */
export function readCutlass(source: string): TileFile | undefined {
  if (!mayHoldCutlass(source)) return undefined;
  const text = withoutComments(source);
  const reading: Reading = { text, aliases: new Aliases(text) };
  const uses = (pattern: RegExp, read: (reading: Reading, use: TemplateUse) => TileKernel | undefined): readonly TileKernel[] =>
    [...text.matchAll(pattern)].flatMap(({ index }) => {
      const use = templateAt(text, index);
      return (use && read(reading, use)) ?? [];
    });
  const kernels = [...uses(wholeKernels, ofRelease2), ...uses(builders, ofRelease3)].toSorted((x, y) => x.range.start - y.range.start);
  return kernels.length === 0 ? undefined : { kernels, constants: new Map(), given: givenSizes(source, '//') };
}
