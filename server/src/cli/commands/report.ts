/** `rooflint report`: one job as a document. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { JobField } from '../../core/job-fields.ts';
import { scheduleAdvice } from '../../engine/schedule-search/advice.ts';
import { reportHtml } from '../../report/html.ts';
import { reportJson } from '../../report/json.ts';
import { reportMarkdown } from '../../report/markdown.ts';
import { type ClusterOptions, settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { type CompilerOption, compileNow, withCompilerOption } from '../compiler-option.ts';
import { givenIn } from '../idle-options.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { jobOf } from '../job-of.ts';
import { type LoadOptions, loadSettings, refuseLoad, withLoadOptions } from '../load-options.ts';
import { whole } from '../numbers.ts';
import { reasonOf } from '../reason.ts';
import { openSession } from '../session.ts';

interface ReportOptions extends ClusterOptions, LoadOptions, CompilerOption {
  readonly format: 'md' | 'html' | 'json';
  readonly output?: string;
  readonly job: number;
}

const writers = { md: reportMarkdown, html: reportHtml, json: reportJson } as const;

export function reportCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  withCompilerOption(withLoadOptions(withClusterOptions(program.command('report <file>'))))
    .description('Write a report of one job: Markdown, a self-contained HTML page, or JSON.')
    .addOption(new Option('--format <format>', 'kind of document').choices(['md', 'html', 'json']).default('md'))
    .option('-o, --output <file>', 'where to write; standard output when absent')
    .option('--job <N>', 'which launch of the file, from 1', whole('--job'), 1)
    .action(async (file: string, options: ReportOptions, self: Command) => {
      const session = await openSession(io, { ...settingsFrom(options), ...loadSettings(options) }, undefined, compileNow(options, io));
      const analysis = await session.analyseCompiled(file);
      refuseLoad(analysis.jobs, givenIn(self));
      const index = options.job - 1;
      if (!analysis.kernels) jobOf(analysis, file, options.job);
      const { engine } = session;
      const alternatives = (field: JobField) => engine.alternatives(analysis, index, field);
      const text = writers[options.format](analysis, index, alternatives, scheduleAdvice(engine, analysis, index));
      if (options.output === undefined) io.out(text);
      else write(resolve(io.folder, options.output), options.output, text);
      done(exitCodes.clean);
    });
}

function write(path: string, written: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`the report cannot be written to "${written}": ${reasonOf(error)}.`);
  }
}
