/** `rooflint profile`: measured files, beside the prediction of the configuration that ran. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { deriveCalibration } from '../../core/measured/derive-calibration.ts';
import {
  measuredRanks,
  nameOfRun,
  notMeasured,
  type Profile,
  type ProfiledJob,
  profileOf,
  trainingJobOf,
} from '../../core/measured/profile.ts';
import type { MeasuredTrace } from '../../core/measured/trace.ts';
import type { JobAnalysis } from '../../engine/analysis.ts';
import { factorsOf } from '../../engine/calibration.ts';
import { writeCalibration } from '../../io/calibration-file.ts';
import { readTrace } from '../../traces/read-trace.ts';
import { type ClusterOptions, settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { profileJson, profileText } from '../format/profile.ts';
import { givenIn, hardwareOptions, refuseIdle } from '../idle-options.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { jobOf } from '../job-of.ts';
import { whole } from '../numbers.ts';
import { openSession } from '../session.ts';

interface ProfileOptions extends ClusterOptions {
  readonly config?: string;
  readonly job: number;
  readonly json?: boolean;
  readonly writeCalibration?: boolean;
}

export function profileCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  withClusterOptions(program.command('profile <traces...>'))
    .description(
      'Read measured runs and hold them against the prediction: PyTorch profiler (JSON, JSON.gz), Chrome traces, Nsight Systems exports (SQLite), logs of Megatron-LM and vLLM.',
    )
    .option('--config <FILE>', 'the configuration that was run')
    .option('--job <N>', 'which launch of it', whole('--job'), 1)
    .option('--json', 'everything as one object')
    .option(
      '--write-calibration',
      'keep what was measured in .rooflint/calibration.json: estimates in this folder then rest on it, and say so',
    )
    .addHelpText(
      'after',
      '\nSeveral files are several ranks of one run. Control-C stops the reading. Exit code 2 when a file cannot be used; the reason is printed.',
    )
    .action(async (paths: string[], options: ProfileOptions, self: Command) => {
      if (options.writeCalibration && options.config === undefined)
        throw new UsageError('--write-calibration needs the configuration that was run; give --config FILE.');
      if (options.config === undefined)
        refuseIdle(['job', ...hardwareOptions], givenIn(self), 'it is about the configuration that was run; give --config FILE');
      const ran = options.config === undefined ? undefined : await ranOf(options.config, options, io);
      const traces = await readAll(paths, io);
      const profile = profileOf(traces, ran?.profiled);
      const written = options.writeCalibration && ran ? calibrate(profile, ran, io) : undefined;
      io.out(options.json ? `${profileJson(profile, written?.entry)}\n` : `${profileText(profile, options.config)}${written?.text ?? ''}`);
      done(exitCodes.clean);
    });
}

interface Ran {
  readonly profiled: ProfiledJob;
  readonly analysis: JobAnalysis;
  readonly file: string;
}

async function ranOf(file: string, options: ProfileOptions, io: CliIo): Promise<Ran> {
  // A calibration is made against the plain model.
  const plain = { calibration: { entries: [], problems: [] } };
  const session = await openSession(io, { ...settingsFrom(options), ...(options.writeCalibration ? plain : {}) });
  const analysis = jobOf(session.analyse(file), file, options.job);
  if ('refusal' in analysis.result) throw new UsageError(`${file} has no estimate: ${analysis.result.refusal.why}.`);
  const { job, runsAs, cluster, result } = analysis;
  return { file, analysis, profiled: { job, runsAs, cluster, estimate: result.estimate } };
}

/** Reads all files, one after the other, with the progress on stderr. Throws `UsageError` for one that cannot be used. */
async function readAll(paths: readonly string[], io: CliIo): Promise<readonly MeasuredTrace[]> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);
  io.signal?.addEventListener('abort', interrupt);
  try {
    const traces: MeasuredTrace[] = [];
    for (const path of paths) {
      const show = progressLine(path, io);
      const result = await readTrace(resolve(io.folder, path), { signal: stop.signal, progress: show.step });
      show.stop();
      if ('error' in result) throw new UsageError(`${result.error}.`);
      traces.push(result.trace);
    }
    return traces;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

/** One line that is written over, for people at a terminal. */
function progressLine(path: string, io: CliIo): { readonly step: (read: number, total: number) => void; readonly stop: () => void } {
  if (!io.terminal) return { step: () => {}, stop: () => {} };
  let shown = -1;
  return {
    step: (read, total) => {
      const percent = Math.floor((100 * read) / total);
      if (percent === shown) return;
      shown = percent;
      io.error(`\r${path}: ${percent} % of ${Math.round(total / 2 ** 20)} MiB`);
    },
    stop: () => io.error('\r\u001b[K'),
  };
}

function calibrate(profile: Profile, { profiled, analysis, file }: Ran, io: CliIo): { readonly text: string; readonly entry: unknown } {
  const job = trainingJobOf(profiled);
  if (!job) throw new UsageError('a calibration is made from the kernels of a training run; this configuration is of a server.');
  const useless = notMeasured(profile);
  if (useless !== undefined) throw new UsageError(`no calibration was written: ${useless}.`);
  const derived = deriveCalibration(job, measuredRanks(profile), nameOfRun(profile.files, file, analysis.runsAs));
  if ('refused' in derived) throw new UsageError(`no calibration was written: ${derived.refused}.`);
  const written = writeCalibration(io.folder, derived.speeds);
  if ('error' in written) throw new UsageError(`${written.error}.`);
  const lines = [...factorsOf(derived.speeds), ...derived.left.map((one) => `left out: ${one}`)];
  return { text: `\nCalibration written to ${written.path}\n${lines.map((line) => `  ${line}\n`).join('')}`, entry: derived.speeds };
}
