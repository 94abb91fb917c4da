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
  cdna4: 'cdna',
};

/** The set of an architecture name from a data sheet; what was not measured takes Ampere's. */
export function servingCalibration(architecture: string): ServingCalibration {
  const word = /^[a-z]+\d*/.exec(architecture.toLowerCase())?.[0] ?? '';
  return fitted(servingFits, setOf[word] ?? 'ampere');
}
