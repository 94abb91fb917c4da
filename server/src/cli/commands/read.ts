/** `rooflint read`: what was understood of each file, and where every value came from. */
import type { Command } from 'commander';
import { readingOf, readingText } from '../format/reading.ts';
import { type CliIo, exitCodes } from '../io.ts';
import { openSession } from '../session.ts';

export function readCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  program
    .command('read <files...>')
    .description('Show what is understood of each file: facts, where they come from, links, and what could not be read.')
    .option('--json', 'one array, one object per file')
    .action(async (files: string[], options: { json?: boolean }) => {
      const session = await openSession(io, {});
      const readings = files.map((file) => readingOf(file, session.analyse(file)));
      if (options.json) io.out(`${JSON.stringify(readings, undefined, 2)}\n`);
      else for (const reading of readings) io.out(`${readingText(reading)}\n`);
      done(exitCodes.clean);
    });
}
