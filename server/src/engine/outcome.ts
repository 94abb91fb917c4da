/** What an estimate comes to in a few words, for lists of values. */
import type { EstimateResult } from '../core/estimate.ts';
import type { Term } from '../core/term.ts';
import { formatRange, formatTerm } from './format.ts';
import { worstStageOf } from './terms.ts';

export interface Outcome {
  /** Bands alone, for the row of a list: `57 to 66 GiB, MFU 35 to 48 %`. */
  readonly brief: string;
  /** `61.2 GiB (57 to 66), step 4.20 s (3.6 to 4.9), MFU 41 % (35 to 48)`. */
  readonly whole: string;
}

const fitWords = { yes: '', close: ', close', no: ', does not fit' } as const;

/** Undefined for a refusal. */
export function outcomeOf(result: EstimateResult): Outcome | undefined {
  if (!('estimate' in result)) return undefined;
  const { estimate } = result;
  const { fits } = estimate.memory;
  if (estimate.kind === 'serving') {
    const { total } = estimate.memory;
    const { timePerToken } = estimate.decode;
    return inWords(fits, total, `TPOT ${formatRange(timePerToken)}`, `TPOT ${formatTerm(timePerToken)}`);
  }
  const { mfu } = estimate.throughput;
  const speed = `step ${formatTerm(estimate.time.step)}, MFU ${formatTerm(mfu)}`;
  return inWords(fits, worstStageOf(estimate)?.device, `MFU ${formatRange(mfu)}`, speed);
}

/** How fast something would be that does not fit has no room in a row. */
function inWords(fits: keyof typeof fitWords, memory: Term | undefined, brief: string, whole: string): Outcome {
  if (!memory) return { brief, whole };
  const range = formatRange(memory) + fitWords[fits];
  return { brief: fits === 'no' ? range : `${range}, ${brief}`, whole: `${formatTerm(memory)}${fitWords[fits]}, ${whole}` };
}
