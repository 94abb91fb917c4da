/** `rooflint check`: findings of files and folders. */
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { Severity } from '../../core/finding.ts';
import { type ClusterOptions, settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { type CompilerOption, compileNow, withCompilerOption } from '../compiler-option.ts';
import { filesToCheck } from '../files-to-check.ts';
import { type Entry, entriesOf, reaches } from '../findings.ts';
import { findingsGithub } from '../format/findings-github.ts';
import { findingsSarif } from '../format/findings-sarif.ts';
import { findingsText } from '../format/findings-text.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { type LoadOptions, loadSettings, withLoadOptions } from '../load-options.ts';
import { progressOf } from '../progress.ts';
import { openSession, type Session } from '../session.ts';

type Format = 'text' | 'json' | 'sarif' | 'github';

interface CheckOptions extends ClusterOptions, LoadOptions, CompilerOption {
  readonly format: Format;
  readonly maxSeverity: Severity;
}

export function checkCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  withCompilerOption(withLoadOptions(withClusterOptions(program.command('check <paths...>'))))
    .description('Find mistakes in files and folders: configurations that will not start, will not fit, or waste.')
    .addOption(new Option('--format <format>', 'how findings are written').choices(['text', 'json', 'sarif', 'github']).default('text'))
    .addOption(
      new Option('--max-severity <level>', 'findings of this severity or worse make the exit code 1')
        .choices(['error', 'warning', 'info'])
        .default('warning'),
    )
    .addHelpText('after', '\nExit code 0: nothing at or above --max-severity. 1: findings at or above it. 2: could not run.')
    .action(async (paths: string[], options: CheckOptions) => {
      const session = await openSession(io, { ...settingsFrom(options), ...loadSettings(options) }, undefined, compileNow(options, io));
      const files = await filesToCheck(paths, io.folder);
      if (files.length === 0)
        throw new UsageError(`there are no configuration files in ${paths.join(', ')}; name a file to check it whatever its ending.`);
      const { entries, unreadable } = await checkAll(files, new Set(paths), session, io);
      io.out(written(options.format, entries, files.length - unreadable, io));
      if (files.length === unreadable) return done(exitCodes.cannotRun);
      done(entries.some(({ severity }) => reaches(severity, options.maxSeverity)) ? exitCodes.findings : exitCodes.clean);
    });
}

/** A file that was found by walking and cannot be read is left out with a word; one that was named is a mistake. */
async function checkAll(
  files: readonly string[],
  named: ReadonlySet<string>,
  session: Session,
  io: CliIo,
): Promise<{ entries: Entry[]; unreadable: number }> {
  const progress = progressOf(files.length, io);
  const entries: Entry[] = [];
  let unreadable = 0;
  try {
    for (const file of files) {
      progress.step(file);
      try {
        entries.push(...entriesOf(await session.analyseCompiled(file), io.folder, session.textOf));
      } catch (error) {
        if (!(error instanceof UsageError) || named.has(file)) throw error;
        unreadable += 1;
        io.error(`rooflint: skipped, ${error.message}\n`);
      }
    }
  } finally {
    progress.stop();
  }
  return { entries, unreadable };
}

function written(format: Format, entries: readonly Entry[], files: number, io: CliIo): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify({ files, findings: entries }, undefined, 2)}\n`;
    case 'sarif':
      return findingsSarif(entries, io.folder, join(io.dist, '..', 'docs', 'rules'));
    case 'github':
      return findingsGithub(entries);
    case 'text':
      return findingsText(entries, files);
  }
}
