/** `--rate`, `--isl`, `--osl`, `--slo`: the load on servers from the command line, as the settings `rooflint.load` state it in an editor. */
import type { Command } from 'commander';
import type { ServingSlo } from '../core/serving/simulation/simulation-options.ts';
import type { EngineSettings, JobAnalysis } from '../engine/analysis.ts';
import { type IsGiven, refuseIdle } from './idle-options.ts';
import { UsageError } from './io.ts';
import { positive, whole } from './numbers.ts';
import { serviceLevel } from './simulate-options.ts';

export interface LoadOptions {
  readonly rate?: number;
  readonly isl?: number;
  readonly osl?: number;
  readonly slo?: ServingSlo;
}

/** Adds the options to a command. */
export function withLoadOptions(command: Command): Command {
  return command
    .option('--rate <R>', 'requests per second at a server, with --isl and --osl', positive('--rate'))
    .option('--isl <TOKENS>', 'tokens of a prompt', whole('--isl'))
    .option('--osl <TOKENS>', 'tokens of an answer', whole('--osl'))
    .option('--slo <LEVEL>', 'limits on mean TTFT and TPOT such as ttft=500ms,tpot=50ms', serviceLevel);
}

/** A load is that of a server. */
export function refuseLoad(jobs: readonly JobAnalysis[], isGiven: IsGiven): void {
  if (jobs.length > 0 && jobs.every(({ kind }) => kind !== 'serving'))
    refuseIdle(['rate', 'isl', 'osl', 'slo'], isGiven, 'it states the load of a server, and no server is started here');
}

/** The options as engine settings; a part of a load alone says nothing. */
export function loadSettings({ rate, isl, osl, slo }: LoadOptions): Pick<EngineSettings, 'load'> {
  const given = [rate, isl, osl].filter((value) => value !== undefined).length;
  if (given === 0 && slo === undefined) return {};
  if (given < 3) throw new UsageError('a load needs all of --rate, --isl and --osl.');
  return {
    load: {
      ...(rate === undefined ? {} : { requestRate: rate }),
      ...(isl === undefined ? {} : { inputTokens: isl }),
      ...(osl === undefined ? {} : { outputTokens: osl }),
      ...(slo?.ttft === undefined ? {} : { firstTokenLimit: slo.ttft }),
      ...(slo?.tpot === undefined ? {} : { perTokenLimit: slo.tpot }),
    },
  };
}
