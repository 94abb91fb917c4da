import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BandRegime } from '../../server/src/core/calibration/band-regime.ts';
import { type BandQuantity, type FittedBand, findBand } from '../../server/src/core/calibration/measured-band.ts';
import committed from '../../server/src/core/calibration/measured-bands.json' with { type: 'json' };
import { fitBands, foreignResiduals, type Residual, residualsOf } from '../../server/src/validation/bands.ts';
import { validate } from '../../server/src/validation/run.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';
import foreign from './token-residuals.json' with { type: 'json' };

const folder = join(process.cwd(), 'test/validation/cases');
/** Of each case file, which is one publication. */
const publications = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => residualsOf(validate(readFileSync(join(folder, name), 'utf8'), tableCatalog)));
const residuals = [...publications.flat(), ...foreignResiduals(foreign.tables)];
const bands = committed.bands as readonly FittedBand[];

/** Share of residuals within the band their regime gets. */
function covered(rows: readonly Residual[], list: readonly FittedBand[]): number {
  const inside = rows.filter(({ quantity, regime, size }) => size <= (findBand(list, quantity, regime)?.share ?? 0));
  return inside.length / rows.length;
}

describe.each([['memory'], ['time']] as const)('%s', (quantity) => {
  const own = residuals.filter((residual) => residual.quantity === quantity);

  test('about nine of ten rows lie within their band', () => {
    const share = covered(own, bands);
    expect(share).toBeGreaterThan(0.87);
    expect(share).toBeLessThan(0.98);
  });

  test('bands fitted without a source cover its rows nearly as often', () => {
    const sources = [...new Set(own.map(({ source }) => source))];
    const inside = sources.map((source) => {
      const mine = own.filter((residual) => residual.source === source);
      return mine.length * covered(mine, fitBands(own.filter((residual) => residual.source !== source)));
    });
    expect(inside.reduce((sum, count) => sum + count, 0) / own.length).toBeGreaterThan(0.84);
  });

  test('bands fitted without a publication cover its rows nearly as often, and on the mean over publications less', () => {
    const parts = publications.map((rows) => rows.filter((residual) => residual.quantity === quantity)).filter((rows) => rows.length > 0);
    const shares = parts.map((mine) => covered(mine, fitBands(parts.filter((rows) => rows !== mine).flat())));
    const ofRows = shares.reduce((sum, share, index) => sum + share * (parts[index]?.length ?? 0), 0) / own.length;
    expect(ofRows).toBeGreaterThan(0.82);
    expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.68);
  });
});

describe.each([['decode'], ['prefill'], ['throughput'], ['weights'], ['pool']] as const)('serving, %s', (quantity) => {
  const own = residuals.filter((residual) => residual.quantity === quantity);

  test('about nine of ten rows lie within their band', () => {
    expect(own.length).toBeGreaterThan(100);
    const share = covered(own, bands);
    expect(share).toBeGreaterThan(0.85);
    expect(share).toBeLessThan(0.99);
  });

  test('bands fitted without a source cover most of its rows', () => {
    const sources = [...new Set(own.map(({ source }) => source))];
    const inside = sources.map((source) => {
      const mine = own.filter((residual) => residual.source === source);
      return mine.length * covered(mine, fitBands(own.filter((residual) => residual.source !== source)));
    });
    expect(inside.reduce((sum, count) => sum + count, 0) / own.length).toBeGreaterThan(leastWithoutSource[quantity]);
  });
});

/** Prompts and single tokens are published by a few sources only, each unlike the others. */
const leastWithoutSource = { decode: 0.5, prefill: 0.8, throughput: 0.9, weights: 0.9, pool: 0.85 } as const;

test('rows that leave the format, the layout or the lengths to a guess shape no band', () => {
  expect(residuals.some(({ source, quantity }) => source.startsWith('mlperf') && quantity === 'throughput')).toBe(false);
  expect(residuals.some(({ source, quantity }) => source.startsWith('trtllm') && quantity === 'throughput')).toBe(true);
});

describe('choosing a band', () => {
  const regime: BandRegime = { family: 'fsdp', generation: 'hopper', technique: 'fp8' };
  const band = (parts: Partial<FittedBand>): FittedBand => ({ quantity: 'time', share: 0.5, rows: 8, sources: 2, ...parts });
  const find = (list: readonly FittedBand[], quantity: BandQuantity = 'time') => findBand(list, quantity, regime)?.share;

  test('the narrowest group wins, a foreign one never does', () => {
    const wide = [band({ share: 0.6 }), band({ technique: 'fp8', share: 0.4 }), band({ technique: 'adapter', share: 0.1 })];
    expect(find(wide)).toBe(0.4);
    expect(find([...wide, band({ family: 'fsdp', technique: 'fp8', share: 0.3 })])).toBe(0.3);
    expect(find([...wide, band({ family: 'fsdp', generation: 'ampere', technique: 'fp8', share: 0.2 })])).toBe(0.4);
    expect(find(wide, 'memory')).toBeUndefined();
  });

  test('groups with few rows or one source fall back to the wider one', () => {
    const row = (source: string, size: number, technique: BandRegime['technique']): Residual => ({
      quantity: 'time',
      regime: { ...regime, technique },
      source,
      size,
    });
    const many = Array.from({ length: 40 }, (_, index) => row(`s${index % 5}`, 0.01 * index, 'plain'));
    const fitted = fitBands([...many, ...Array.from({ length: 20 }, () => row('alone', 0.9, 'fp8'))]);
    expect(fitted.some(({ technique }) => technique === 'plain')).toBe(true);
    expect(fitted.some(({ technique }) => technique === 'fp8')).toBe(false);
    expect(findBand(fitted, 'time', regime)?.technique).toBeUndefined();
  });

  test('nine of ten equal sources: the band is the ninth of ten sizes and a little more', () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({
      quantity: 'time' as const,
      regime,
      source: `s${index}`,
      size: (index + 1) / 100,
    }));
    expect(fitBands(rows).at(-1)?.share).toBeCloseTo(0.91, 2);
  });
});
