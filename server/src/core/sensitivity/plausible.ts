/** How far a fitted parameter may be off: by what the fit was off on held-out measurements, else the ends of its range. */
import attentionFits from '../calibration/fits/attention.json' with { type: 'json' };
import deviceFits from '../calibration/fits/device.json' with { type: 'json' };
import gemmFits from '../calibration/fits/gemm.json' with { type: 'json' };
import type { FittedParameter, FittedSet } from '../calibration/fitted.ts';

interface FitFile {
  readonly parameters: Readonly<Record<string, FittedParameter>>;
  readonly sets: readonly FittedSet[];
}

const files = { attention: attentionFits, device: deviceFits, gemm: gemmFits } as unknown as Readonly<Record<string, FitFile>>;

export type Ends = readonly [low: number, high: number];

/**
 * Low and high end of parameter `name` of a fit file when it is `value` now. `architecture` picks the set. Where that says
 * how far it was off on held-out measurements, their 90th percentile is the spread. Else the range of any such device
 * bounds it: half the way to its ends where the set was fitted on this architecture, all of it where it was taken from another.
 */
export function plausibleEnds(file: 'attention' | 'device' | 'gemm', name: string, architecture: string, value: number): Ends {
  const fits = files[file];
  const [least = value, most = value] = fits?.parameters[name]?.range ?? [];
  const word = /^[a-z]+\d*/.exec(architecture.toLowerCase())?.[0] ?? '';
  const own = word === '' ? [] : (fits?.sets ?? []).filter(({ id }) => id.startsWith(word));
  const residuals = own.find((set) => set.residuals)?.residuals;
  const spread = (residuals?.heldOutLarge ?? residuals?.heldOutLong ?? residuals?.heldOut)?.p90;
  if (spread !== undefined) return [Math.max(least, value * (1 - spread)), Math.min(most, value * (1 + spread))];
  const reach = own.some(({ from }) => from === undefined) ? 0.5 : 1;
  return [value + reach * (least - value), value + reach * (most - value)];
}
