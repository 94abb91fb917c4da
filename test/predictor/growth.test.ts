/** No prediction is below what the hardware can do, and hardly any falls when a dimension of the kernel doubles. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accelerators, findAccelerator } from '../../server/src/data/index.ts';
import { Row } from '../../server/src/predictor/cases/row.ts';
import { type DeviceFigures, deviceFigures } from '../../server/src/predictor/device.ts';
import { type FamilyName, families } from '../../server/src/predictor/families.ts';
import { InputWriter } from '../../server/src/predictor/inputs/inputs.ts';
import { Predictor } from '../../server/src/predictor/predict.ts';
import { familyNames, modelFolder, networkOf, rows } from './models.ts';

const predictor = new Predictor(modelFolder);
/** The family whose time a row of the family asks. */
const timeOf = (family: FamilyName): FamilyName => (family === 'gemm_power' ? 'gemm' : family);
const sizes = ['m', 'n', 'k', 'batch_size', 'num_tokens', 'message_size'];

function figures(name: unknown): DeviceFigures {
  const accelerator = findAccelerator(String(name));
  const found = accelerator && deviceFigures(accelerator, accelerators);
  if (found === undefined || typeof found === 'string') throw new Error(`no figures of ${String(name)}`);
  return found;
}

describe.each(familyNames)('%s', (family) => {
  test('the network itself never falls when an input of the growing kind grows', () => {
    const network = networkOf(family);
    const inputs = fc.array(fc.double({ min: -3, max: 15, noNaN: true }), { minLength: network.width, maxLength: network.width });
    fc.assert(
      fc.property(
        inputs,
        fc.integer({ min: 0, max: families[family].growing - 1 }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (values, at, more) => {
          const grown = values.map((value, index) => (index === at ? value + more : value));
          const [before, after] = [values, grown].map((row) => network.run(Float32Array.from(row))[0]?.[0] ?? Number.NaN);
          // Power is a share and may fall; times may not.
          if (family !== 'gemm_power') expect(after).toBeGreaterThanOrEqual((before ?? 0) - 1e-4);
          else expect(after).toBeTypeOf('number');
        },
      ),
      { numRuns: 60 },
    );
  });

  test('inputs of the growing kind never fall when a size doubles', () => {
    fc.assert(
      fc.property(rows[family], fc.constantFrom(...sizes), (row, size) => {
        if (!(size in row)) return;
        const written = [row, { ...row, [size]: 2 * Number(row[size]) }].map((each) => {
          const writer = new InputWriter(1, families[family].inputs.length);
          families[family].ask(new Row(each), figures(row.device)).write(writer);
          return writer.values;
        });
        for (let at = 0; at < families[family].growing; at++)
          expect(written[1]?.[at]).toBeGreaterThanOrEqual((written[0]?.[at] ?? 0) - 1e-4);
      }),
      { numRuns: 100 },
    );
  });

  test('a time is at least its bound and inside its band', async () => {
    await fc.assert(
      fc.asyncProperty(rows[family], async (row) => {
        const [answer] = await predictor.predict([row]);
        const bound = families[timeOf(family)].ask(new Row(row), figures(row.device)).bound;
        expect(answer?.error).toBeUndefined();
        expect(answer?.latency_ms).toBeGreaterThanOrEqual(bound * 1e3 * (1 - 1e-5));
        expect(answer?.low).toBeLessThanOrEqual(answer?.latency_ms ?? 0);
        expect(answer?.high).toBeGreaterThanOrEqual(answer?.latency_ms ?? 0);
      }),
      { numRuns: 100 },
    );
  });

  test('where nothing was measured, twice a size never takes less time', async () => {
    await fc.assert(
      fc.asyncProperty(rows[family], fc.constantFrom(...sizes), async (row, size) => {
        if (!(size in row)) return;
        const here = { ...row, device: 'mi300x' };
        const [one, two] = await predictor.predict([here, { ...here, [size]: 2 * Number(row[size]) }]);
        expect(two?.latency_ms).toBeGreaterThanOrEqual((one?.latency_ms ?? 0) * (1 - 1e-4));
      }),
      { numRuns: 60 },
    );
  });

  test('on measured devices it takes less only where libraries change kernels: in less than 3 of 100 doublings', async () => {
    // Single rows and columns have kernels of their own, and libraries leave them at two.
    const least = 16;
    const asked = fc.sample(rows[family], { numRuns: 800, seed: 5 }).flatMap((row) => {
      const size = sizes.find((name) => name in row);
      const wide = ['m', 'n', 'k', 'num_tokens'].every((name) => !(name in row) || Number(row[name]) >= least);
      return size && wide ? [row, { ...row, [size]: 2 * Number(row[size]) }] : [];
    });
    const answers = await predictor.predict(asked);
    let fallen = 0;
    for (let at = 0; at < answers.length; at += 2) if ((answers[at + 1]?.latency_ms ?? 0) < 0.95 * (answers[at]?.latency_ms ?? 0)) fallen++;
    expect(fallen / (answers.length / 2)).toBeLessThan(0.03);
  });
});
