/** No prediction is below what the hardware can do, and none falls when a dimension of the kernel doubles. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accelerators, findAccelerator } from '../../server/src/data/index.ts';
import { Row } from '../../server/src/predictor/cases/row.ts';
import { type DeviceFigures, deviceFigures } from '../../server/src/predictor/device.ts';
import { families } from '../../server/src/predictor/families.ts';
import { InputWriter } from '../../server/src/predictor/inputs/inputs.ts';
import { Predictor } from '../../server/src/predictor/predict.ts';
import { familyNames, modelFolder, networkOf, rows } from './models.ts';

const predictor = new Predictor(modelFolder);
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

  test.skipIf(family === 'gemm_power')(
    'a time is at least its bound, inside its band, and no longer than that of twice the size',
    async () => {
      await fc.assert(
        fc.asyncProperty(rows[family], fc.constantFrom(...sizes), async (row, size) => {
          const larger = size in row ? { ...row, [size]: 2 * Number(row[size]) } : row;
          const [one, two] = await predictor.predict([row, larger]);
          const bound = families[family].ask(new Row(row), figures(row.device)).bound;
          expect(one?.error).toBeUndefined();
          expect(one?.latency_ms).toBeGreaterThanOrEqual(bound * 1e3 * (1 - 1e-5));
          expect(one?.low).toBeLessThanOrEqual(one?.latency_ms ?? 0);
          expect(one?.high).toBeGreaterThanOrEqual(one?.latency_ms ?? 0);
          // Twice the size is held against this one; one that fell for two doublings in turn would be a step of tiles.
          expect(two?.latency_ms).toBeGreaterThanOrEqual((one?.latency_ms ?? 0) * 0.9);
        }),
        { numRuns: 150 },
      );
    },
  );
});
