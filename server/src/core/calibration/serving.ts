/**
 * Parameters of what only serving engines do: attention over a paged cache, small all-reduces, widened weights, host work.
 * The values, what they mean and on what they were fitted stand in `fits/serving.json` and `fits/engines.json`.
 */

import servingFits from './fits/serving.json' with { type: 'json' };
import { fitted } from './fitted.ts';

export type ServingCalibration = Readonly<Record<keyof typeof servingFits.parameters, number>>;

const setOf: Readonly<Record<string, string>> = {
  hopper: 'hopper',
  ada: 'ada',
  blackwell: 'blackwell',
  cdna: 'cdna',
  cdna2: 'cdna',
  cdna3: 'cdna',
  cdna4: 'cdna4',
};

/** Architectures whose own kernels were fitted on; older ones of CDNA take those of the third. */
const measuredOn: ReadonlySet<string> = new Set(['ampere', 'hopper', 'ada', 'blackwell', 'cdna3', 'cdna4']);

const wordOf = (architecture: string): string => /^[a-z]+\d*/.exec(architecture.toLowerCase())?.[0] ?? '';

export const architectureMeasured = (architecture: string): boolean => measuredOn.has(wordOf(architecture));

/** The set of an architecture name from a data sheet; what was not measured takes Ampere's. */
export function servingCalibration(architecture: string): ServingCalibration {
  return fitted(servingFits, setOf[wordOf(architecture)] ?? 'ampere');
}
