import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FittedParameter, FittedSet } from '../../server/src/core/calibration/fitted.ts';
import { fitted } from '../../server/src/core/calibration/fitted.ts';

const folder = 'server/src/core/calibration/fits';
const files = readdirSync(folder).map((name) => ({
  name,
  fits: JSON.parse(readFileSync(`${folder}/${name}`, 'utf8')) as {
    readonly parameters: Readonly<Record<string, FittedParameter>>;
    readonly sets: readonly FittedSet[];
  },
}));

/** A generation may lack a way of communicating; a kernel has every parameter. */
const mayLack = /^(?:collectives|wires)\.json$/;

describe.each(files)('the fitted parameters of $name', ({ name: file, fits }) => {
  it('stand inside their plausible ranges, each set complete', () => {
    for (const set of fits.sets) {
      const values: Readonly<Record<string, number>> = fitted(fits, set.id);
      for (const [name, { range }] of Object.entries(fits.parameters)) {
        if (values[name] === 0 && mayLack.test(file)) continue;
        expect(values[name], `${set.id} ${name}`).toBeGreaterThanOrEqual(range[0] as number);
        expect(values[name], `${set.id} ${name}`).toBeLessThanOrEqual(range[1] as number);
      }
      for (const name of Object.keys(set.values)) expect(fits.parameters, `${set.id} ${name}`).toHaveProperty(name);
    }
  });

  it('say what they were fitted on and how, and take over only from sets that exist', () => {
    for (const set of fits.sets) {
      expect(set.fittedOn.length * set.method.length, set.id).toBeGreaterThan(0);
      if (set.from !== undefined) expect(fits.sets.map(({ id }) => id)).toContain(set.from);
    }
  });

  it('are no worse on what was held out than 1.3 times on what was fitted', () => {
    for (const { id, residuals } of fits.sets) {
      if (!residuals?.fitted || !residuals.heldOut) continue;
      expect(residuals.heldOut.median, id).toBeLessThanOrEqual(1.3 * residuals.fitted.median);
    }
  });
});
