/** `rooflint compare`: two jobs side by side as Markdown. */
import type { Command } from 'commander';
import { compareMarkdown } from '../../report/compare.ts';
import { type ClusterOptions, settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { type CliIo, exitCodes } from '../io.ts';
import { jobOf } from '../job-of.ts';
import { whole } from '../numbers.ts';
import { openSession } from '../session.ts';

interface CompareOptions extends ClusterOptions {
  readonly job: number;
  readonly otherJob: number;
}

export function compareCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  withClusterOptions(program.command('compare <file> <other>'))
    .description('Put two jobs side by side: the numbers with their changes, and the settings that differ. Markdown.')
    .option('--job <N>', 'which launch of the first file, from 1', whole('--job'), 1)
    .option('--other-job <N>', 'which launch of the second file, from 1', whole('--other-job'), 1)
    .action(async (file: string, other: string, options: CompareOptions) => {
      const session = await openSession(io, settingsFrom(options));
      const [left, right] = [session.analyse(file), session.analyse(other)];
      jobOf(left, file, options.job);
      jobOf(right, other, options.otherJob, '--other-job');
      io.out(compareMarkdown(left, right, options.job - 1, options.otherJob - 1));
      done(exitCodes.clean);
    });
}
