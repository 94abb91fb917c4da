/** `rooflint estimate`: what each job of each file will need and take. */
import type { Command } from 'commander';
import type { Analysis } from '../../engine/analysis.ts';
import { reportData } from '../../report/json.ts';
import { type ClusterOptions, settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { type CompilerOption, compileNow, withCompilerOption } from '../compiler-option.ts';
import { estimateText } from '../format/estimate.ts';
import { givenIn } from '../idle-options.ts';
import { type CliIo, exitCodes } from '../io.ts';
import { type LoadOptions, loadSettings, refuseLoad, withLoadOptions } from '../load-options.ts';
import { openSession } from '../session.ts';

interface EstimateOptions extends ClusterOptions, LoadOptions, CompilerOption {
  readonly json?: boolean;
}

export function estimateCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  withCompilerOption(withLoadOptions(withClusterOptions(program.command('estimate <files...>'))))
    .description('Estimate memory per GPU, step time, MFU and communication of the jobs in each file.')
    .option('--json', 'one array, one object per job, every number with its tree of terms')
    .addHelpText('after', '\nExit code 0 when at least one job has an estimate or is a model alone, else 2; the reasons are printed.')
    .action(async (files: string[], options: EstimateOptions, self: Command) => {
      const session = await openSession(io, { ...settingsFrom(options), ...loadSettings(options) }, undefined, compileNow(options, io));
      const analyses: { readonly file: string; readonly analysis: Analysis }[] = [];
      for (const file of files) analyses.push({ file, analysis: await session.analyseCompiled(file) });
      refuseLoad(
        analyses.flatMap(({ analysis }) => analysis.jobs),
        givenIn(self),
      );
      if (options.json) {
        const jobs = analyses.flatMap(({ file, analysis }) =>
          (analysis.jobs.length === 0 && analysis.kernels ? [0] : analysis.jobs.map((_, index) => index)).map((index) => ({
            file,
            ...asObject(reportData(analysis, index)),
          })),
        );
        io.out(`${JSON.stringify(jobs, undefined, 2)}\n`);
      } else {
        for (const { file, analysis } of analyses) io.out(`${estimateText(file, analysis)}\n`);
      }
      const told = analyses.some(
        ({ analysis }) =>
          analysis.kernels !== undefined || analysis.jobs.some(({ kind, result }) => kind === 'model' || 'estimate' in result),
      );
      done(told ? exitCodes.clean : exitCodes.cannotRun);
    });
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
