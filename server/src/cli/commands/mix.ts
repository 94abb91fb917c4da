/** `rooflint mix`: the cheapest servers for a demand, over kinds of GPU and TP. */
import type { Command } from 'commander';
import type { ServingSlo } from '../../core/serving/simulation/simulation-options.ts';
import { findAccelerator, findNode } from '../../data/index.ts';
import { highsSolver } from '../../io/integer-programme.ts';
import { settingsFrom } from '../cluster-options.ts';
import { mixText } from '../format/mix.ts';
import { givenIn, refuseIdle } from '../idle-options.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { mixOf, type Offer, sortsOfTrace } from '../mix-run.ts';
import { positive, whole } from '../numbers.ts';
import { openSession } from '../session.ts';
import { serviceLevel } from '../simulate-options.ts';

interface MixOptions {
  readonly rent: readonly Offer[];
  readonly rate?: number;
  readonly isl: number;
  readonly osl: number;
  readonly trace?: string;
  readonly slo: ServingSlo;
  readonly tp: readonly number[];
  readonly job: number;
  readonly seed: number;
  readonly json?: boolean;
}

const degrees = (text: string): readonly number[] => text.split(',').map((part) => whole('--tp')(part.trim()));

/** `h100=2.99` or `l4=0.80x16` with the number that can be had. */
function offer(text: string, before: readonly Offer[] = []): readonly Offer[] {
  const match = /^(.+)=(\d+(?:\.\d+)?)(?:x(\d+))?$/.exec(text.trim());
  if (!match) throw new UsageError(`--rent must be like h100=2.99 (USD per GPU and hour) or l4=0.80x16 (16 to be had), not "${text}".`);
  const [, name = '', price, count] = match;
  const accelerator = findAccelerator(findNode(name)?.accelerator ?? name);
  if (!accelerator) throw new UsageError(`there is no data sheet for the GPU "${name}".`);
  const available = count === undefined ? {} : { available: Number(count) };
  return [...before, { gpu: accelerator.id, label: accelerator.label, pricePerHour: Number(price), ...available }];
}

export function mixCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  program
    .command('mix <file>')
    .description('Find the cheapest mix of servers, over kinds of GPU and TP, that meets a demand within a service level.')
    .requiredOption(
      '--rent <GPU=USD>',
      'a GPU with its price per hour, and how many there are: h100=2.99, l4=0.80x16; may be repeated',
      offer,
    )
    .option('--rate <R>', 'requests per second; that of the trace unless told', positive('--rate'))
    .option('--isl <TOKENS>', 'prompt length', whole('--isl'), 1024)
    .option('--osl <TOKENS>', 'answer length', whole('--osl'), 256)
    .option('--trace <FILE>', 'a trace whose lengths are taken as up to nine sorts of requests')
    .requiredOption('--slo <LEVEL>', 'service level such as ttft=1s,tpot=60ms,share=0.99', serviceLevel)
    .option('--tp <DEGREES>', 'tensor parallel sizes to try', degrees, [1, 2, 4, 8])
    .option('--job <N>', 'which launch of the file, from 1', whole('--job'), 1)
    .option('--seed <N>', 'seed of all chance', positive('--seed'), 1)
    .option('--json', 'everything as JSON')
    .addHelpText('after', '\nExit code 2 when no mix meets the demand; the reason is printed.')
    .action(async (file: string, options: MixOptions, self: Command) => {
      if (options.trace !== undefined)
        refuseIdle(['isl', 'osl'], givenIn(self), `the requests of ${options.trace} have lengths of their own`);
      const session = await openSession(io, settingsFrom({}));
      const job = session.analyse(file).jobs[options.job - 1];
      if (job?.kind !== 'serving')
        throw new UsageError(`${file} holds no serving job ${options.job}; "rooflint read ${file}" shows what was understood.`);
      const traced = options.trace === undefined ? undefined : sortsOfTrace(io.folder, options.trace);
      const rate = options.rate ?? traced?.rate;
      if (rate === undefined || rate === 0) throw new UsageError('say how many requests come: --rate 20.');
      const sorts = traced?.sorts ?? [{ inputTokens: options.isl, outputTokens: options.osl, share: 1 }];
      const { slo, rent: offers, tp, seed } = options;
      const mixed = await mixOf(job, { rate, sorts, slo, offers, degrees: tp, seed }, highsSolver(io.solver));
      if ('refused' in mixed) throw new UsageError(`no mix meets the demand: ${mixed.refused}.`);
      io.out(
        options.json ? `${JSON.stringify({ file, rate, slo, ...mixed }, undefined, 2)}\n` : mixText(`${file}, ${rate} requests/s`, mixed),
      );
      done(exitCodes.clean);
    });
}
