/**
 * Tile sizes that host code chooses: functions that return them by head dimension, as FlashAttention's hopper/tile_size.h
 * does, worked out for the dimensions models have. What the problem decides leaves a span.
 */
import { evaluate, type Scope } from './expression.ts';
import type { TileFunction, TraitUse } from './facts.ts';
import { possibleValues } from './options.ts';

/** Head dimensions that kernels of attention are made for. */
const headSizes = [64, 96, 128, 192, 256];
const elementSizes: readonly (readonly [bytes: number, name: string])[] = [
  [2, 'fp16'],
  [1, 'fp8'],
];

const isHead = (name: string): boolean => /^(?:head_?dim|hdim|kHeadDim|d)$/i.test(name);
const isElement = (name: string): boolean => /^element_?size$/i.test(name);

/** The values of each part of what is returned, over all branches that may be taken. */
function returned({ returns, constants }: TileFunction, outer: Scope, given: ReadonlyMap<string, number>): readonly (readonly number[])[] {
  const scope: Scope = { ...outer, lookUp: (name) => given.get(name) ?? constants.get(name) ?? outer.lookUp(name) };
  const found: number[][] = [];
  for (const { conditions, values } of returns) {
    const tests = conditions.map(({ expression, isNegated }) => {
      const value = evaluate(expression, scope);
      return value === undefined ? undefined : (value !== 0) !== isNegated;
    });
    if (tests.includes(false)) continue;
    for (const [at, value] of values.entries()) found[at] = [...(found[at] ?? []), ...possibleValues(value, scope)];
    if (tests.every((test) => test === true)) break;
  }
  return found;
}

const span = (values: readonly number[]): string => {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low}..${high}`;
};

/** "128 x 80..112, 4 warps"; undefined where one of the two sizes is not known. */
function tileText(names: readonly string[], values: readonly (readonly number[])[]): string | undefined {
  const at = (pattern: RegExp, fallback: number): readonly number[] => {
    const place = names.findIndex((name) => pattern.test(name));
    return values[place < 0 ? fallback : place] ?? [];
  };
  const [m, n] = [at(/BlockM$/i, 0), at(/BlockN$/i, 1)];
  if (m.length === 0 || n.length === 0) return undefined;
  const warps = names.some((name) => /Warps$/i.test(name)) ? at(/Warps$/i, 2) : [];
  return `${span(m)} x ${span(n)}${warps.length > 0 ? `, ${span(warps)} warps` : ''}`;
}

/** Tiles by `hdim96_fp16`; those of one generation only by `sm8x_hdim64`. */
export function tileTable(functions: readonly TileFunction[], outer: Scope): ReadonlyMap<string, string> {
  const table = new Map<string, string>();
  for (const one of functions) {
    const head = one.parameters.find(isHead);
    const element = one.parameters.find(isElement);
    if (head === undefined) continue;
    const generation = /_(sm8x|sm\d+)$/.exec(one.name)?.[1];
    for (const size of headSizes) {
      for (const [bytes, format] of element === undefined ? [[2, ''] as const] : elementSizes) {
        const given = new Map([[head, size], ...(element === undefined ? [] : [[element, bytes] as const])]);
        const text = tileText(one.parts, returned(one, outer, given));
        const name = `hdim${size}${format === '' ? '' : `_${format}`}`;
        if (text === undefined) continue;
        if (!table.has(name) && generation !== 'sm8x') table.set(name, text);
        if (generation !== undefined && bytes === 2) table.set(`${generation}_hdim${size}`, text);
      }
    }
  }
  return table;
}

/** Tiles of kernels whose traits are given as template arguments: `hdim32` [128, 128, 4], or each of several that branches choose from. */
export function traitTiles(uses: readonly TraitUse[], outer: Scope): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, Map<string, readonly number[]>>();
  for (const { within, values, constants } of uses) {
    const head = /hdim(\d+)/.exec(within)?.[1];
    const scope: Scope = { ...outer, lookUp: (name) => constants.get(name) ?? outer.lookUp(name) };
    const [first, ...sizes] = values.flatMap((value) => evaluate(value, scope) ?? []);
    if (head === undefined || first !== Number(head) || sizes.length < 3) continue;
    const tile = sizes.slice(0, 3);
    found.set(head, (found.get(head) ?? new Map<string, readonly number[]>()).set(tile.join(), tile));
  }
  return new Map(
    [...found].map(([head, tiles]) => {
      const [only, ...others] = tiles.values();
      return [`hdim${head}`, only && others.length === 0 ? only : [...tiles.values()]];
    }),
  );
}
