/** The load that `rooflint simulate` runs: what the command line says, over what the file or the settings state, over usual lengths. */
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
  const concurrency = options.concurrency ?? (options.trace === undefined ? job['load.concurrency'] : undefined);
  const { arrivals } = options;
  if (rate === undefined && arrivals !== undefined && arrivals !== 'at-once')
    throw new UsageError(`--arrivals ${arrivals} needs a rate; give --rate in requests per second.`);
  return {
    ...options,
    ...(rate === undefined || !(rate > 0) ? {} : { rate }),
    ...(concurrency === undefined ? {} : { concurrency }),
    isl: lengthOf(options.isl, job['load.inputTokens'], usualLengths.isl),
    osl: lengthOf(options.osl, job['load.outputTokens'], usualLengths.osl),
  };
}
