import { describe, expect, test } from 'vitest';
import type { Figure } from '../../server/src/validation/accuracy.ts';
import { holdOutPublications } from '../../server/src/validation/publications.ts';

/** A figure of the table `id`, a publication's letter and a number. */
function figure(id: string, heldOut: boolean, error: number): Figure {
  const group = { source: id, heldOut, framework: 'FSDP', gpu: 'A100', engine: false };
  return { id, kind: 'throughput', field: 'iter_s', quantity: 'throughput', predicted: 1 + error, measured: 1, error, group };
}
const letter = (id: string): string => id.slice(0, 1);

describe('hold-out by publication', () => {
  const figures = [figure('a1', true, 0.1), figure('a2', false, 0.2), figure('b1', true, 0.4), figure('b2', true, -0.6)];
  const compared = holdOutPublications(figures, letter);

  test('a held-out table beside an open one of the same publication has been seen', () => {
    expect([compared.publications, compared.unseen]).toEqual([2, 1]);
    expect([compared.seen.rows, compared.heldOut.rows]).toEqual([2, 2]);
    expect(compared.ratio).toBeCloseTo(0.5 / 0.15, 9);
  });

  test('each publication is left out once', () => {
    expect(compared.withoutOne?.[0]).toBeCloseTo(0.15, 9);
    expect(compared.withoutOne?.[1]).toBeCloseTo(0.5, 9);
    expect(holdOutPublications(figures.slice(0, 2), letter).withoutOne).toBeUndefined();
  });

  test('nothing to compare', () => {
    expect(holdOutPublications([], letter)).toMatchObject({ publications: 0, unseen: 0, ratio: 1 });
    expect(holdOutPublications(figures.slice(0, 2), letter)).toMatchObject({ unseen: 0, ratio: 1 });
  });
});
