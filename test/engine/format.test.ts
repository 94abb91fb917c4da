/** Numbers as people read them. */
import { expect, test } from 'vitest';
import type { Term } from '../../server/src/core/term.ts';
import type { Unit } from '../../server/src/core/units.ts';
import { formatFieldValue, formatTerm, formatValue } from '../../server/src/engine/format.ts';

const GiB = 2 ** 30;

test.each<[number, Unit, string, string]>([
  [71.94 * GiB, 'B', '', '71.9 GiB'],
  [9.123 * GiB, 'B', '', '9.12 GiB'],
  [1023.9 * GiB, 'B', '', '1.00 TiB'],
  [0, 'B', '', '0 B'],
  [131072, 'B', '', '128 KiB'],
  [12.34, 's', '', '12.3 s'],
  [0.0123, 's', '', '12.3 ms'],
  [3.4e-6, 's', '', '3.40 µs'],
  [312e12, 'FLOP/s', '', '312 TFLOP/s'],
  [12345.6, 'tokens/s', '', '12,346 tokens/s'],
  [8_030_261_248, 'count', '', '8.03 B'],
  [1536, 'count', '', '1,536'],
  [0.468, '1', 'throughput.mfu', '47 %'],
  [0.0912, '1', 'time.share', '9.1 %'],
  [1.25, '1', 'imbalance', '1.25'],
  [3.5, 'USD', '', '$3.50'],
  [12_345, 'USD', '', '$12,345'],
])('%d %s is written %s', (value, unit, id, text) => {
  expect(formatValue(value, unit, id)).toBe(text);
});

test('a band stands behind the value in the same unit', () => {
  const term: Term = {
    id: 'memory.device',
    label: '',
    value: 71.9 * GiB,
    unit: 'B',
    band: { low: 67.2 * GiB, high: 76.6 * GiB, basis: '' },
  };
  expect(formatTerm(term)).toBe('71.9 GiB (67 to 77)');
  expect(formatTerm({ ...term, value: 15 * GiB, band: { low: 14.7 * GiB, high: 15.3 * GiB, basis: '' } })).toBe('15 GiB (14.7 to 15.3)');
  expect(formatTerm({ ...term, value: 0, band: { low: 0, high: 0, basis: '' } })).toBe('0 B');
  expect(formatTerm({ ...term, id: 'mfu', value: 0.47, unit: '1', band: { low: 0.43, high: 0.51, basis: '' } })).toBe('47 % (43 to 51)');
});

test('values of fields', () => {
  expect(formatFieldValue(true)).toBe('on');
  expect(formatFieldValue(16384, 'tokens')).toBe('16,384 tokens');
  expect(formatFieldValue(1, 'sequences')).toBe('1 sequence');
  expect(formatFieldValue(0.9)).toBe('0.9');
});
