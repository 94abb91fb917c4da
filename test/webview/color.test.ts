import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast, lettersOn, mix, parseHex, type Rgb } from '../../webview/src/color.ts';

const css = readFileSync(join(import.meta.dirname, '../../webview/src/theme.css'), 'utf8');
const rgb = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
const black: Rgb = [0, 0, 0];

/** Every fill with the letters on it, rule by rule; a rule inherits from the first one. */
function paints(): { rule: number; name: string; fill: Rgb; letters: Rgb }[] {
  const rules = [...css.matchAll(/\{([^{}]*)\}/g)].map(
    ([, body = '']) => new Map([...body.matchAll(/--(op-[\w-]+): (#\w+);/g)].map(([, k = '', v = '']) => [k, v])),
  );
  const base = rules.find((rule) => rule.size > 0) ?? new Map<string, string>();
  return rules.flatMap((rule, index) =>
    [...base.keys()].flatMap((name) => {
      const fill = parseHex(rule.get(name) ?? base.get(name) ?? '');
      const letters = parseHex(rule.get(`${name}-text`) ?? base.get(`${name}-text`) ?? '');
      return fill && letters ? [{ rule: index, name, fill, letters }] : [];
    }),
  );
}

describe('colours', () => {
  it('reads the spellings that theme files use', () => {
    expect(parseHex('#fff')).toEqual([255, 255, 255]);
    expect(parseHex('#0072b2')).toEqual([0, 114, 178]);
    expect(parseHex('#0072b280')).toEqual([0, 114, 178]);
    expect(parseHex('rgb(1, 2, 3)')).toBeUndefined();
  });

  it('has the contrast of the definition', () => {
    expect(contrast(black, [255, 255, 255])).toBeCloseTo(21, 9);
    expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
    expect(mix([200, 100, 0], black, 0.5)).toEqual([100, 50, 0]);
  });

  it('finds letters that can be read on any colour', () => {
    fc.assert(
      fc.property(rgb, (color) => {
        expect(contrast(color, parseHex(lettersOn(color)) ?? color)).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });

  it('has letters on every kind of box in every theme that can be read (WCAG AA)', () => {
    const all = paints();
    expect(new Set(all.map(({ name }) => name)).size).toBe(6);
    for (const { name, fill, letters } of all) expect([name, contrast(fill, letters) >= 4.5]).toEqual([name, true]);
  });
});
