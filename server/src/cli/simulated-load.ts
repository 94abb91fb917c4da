/** The load that `rooflint simulate` runs: what the command line says, over what the file or the settings state, over usual lengths. */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJob } from '../core/job-fields.ts';
import type { Lengths } from '../core/serving/simulation/workload/lengths.ts';
import { UsageError } from './io.ts';
import type { SimulateOptions } from './simulate-options.ts';

/** Options with every length known. */
export interface LoadedOptions extends SimulateOptions {
  readonly isl: Lengths;
  readonly osl: Lengths;
}

const usualLengths = { isl: 1024, osl: 256 };

const lengthOf = (given: Lengths | undefined, stated: number | undefined, usual: number): Lengths =>
  given ?? { kind: 'fixed', tokens: stated ?? usual };

/** A trace has lengths and times of its own. */
export function withLoadOf(job: PartialJob, options: SimulateOptions): LoadedOptions {
  const rate = options.rate ?? (options.trace === undefined && options.arrivals !== 'at-once' ? job['load.requestRate'] : undefined);
  const { arrivals } = options;
  if (rate === undefined && arrivals !== undefined && arrivals !== 'at-once')
    throw new UsageError(`--arrivals ${arrivals} needs a rate; give --rate in requests per second.`);
  return {
    ...options,
    ...(rate === undefined || !(rate > 0) ? {} : { rate }),
    isl: lengthOf(options.isl, job['load.inputTokens'], usualLengths.isl),
    osl: lengthOf(options.osl, job['load.outputTokens'], usualLengths.osl),
  };
}

/** Clients that wait for answers are not simulated. */
export const withoutLimit = ({ 'load.concurrency': limit }: PartialJob): readonly Assumption[] =>
  limit === undefined
    ? []
    : [{ field: 'load.concurrency', value: 'no limit', why: `requests arrive whether or not ${limit} of them are under way already` }];
