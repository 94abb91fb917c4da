/** Measured runs beside the estimate of a document, and calibrations made from them. The files read last are remembered. */
import { calibrationPath } from '../core/calibration/calibration-file.ts';
import { deriveCalibration } from '../core/measured/derive-calibration.ts';
import {
  measuredRanks,
  nameOfRun,
  notMeasured,
  type Profile,
  type ProfiledFile,
  type ProfiledJob,
  profileOf,
  trainingJobOf,
} from '../core/measured/profile.ts';
import type { MeasuredTrace } from '../core/measured/trace.ts';
import { tracksOf } from '../core/measured/tracks.ts';
import { factorsOf } from '../engine/calibration.ts';
import { formatValue } from '../engine/format.ts';
import { writeCalibration } from '../io/calibration-file.ts';
import { isInside } from '../io/confined-files.ts';
import { isAbsolutePath, pathInside, pathOfUri } from '../io/uris.ts';
import type { CalibrateParams, CalibrateResult, MeasuredParams, MeasuredResult, PanelDevice, PanelMeasured } from '../protocol/measured.ts';
import { type ReadResult, readTrace, stampOf } from '../traces/read-trace.ts';
import type { Session } from './session.ts';

/** How a request is stopped and how it tells how far it is. */
export interface Course {
  readonly signal: AbortSignal;
  readonly progress: (percent: number, words: string) => void;
}

const mostFiles = 64;

interface Remembered {
  readonly key: string;
  readonly traces: readonly MeasuredTrace[];
}

/** Measured files of one session. The last ones are kept, so that an edit of the configuration does not read them again. */
export class MeasuredRuns {
  private readonly session: Session;
  private remembered: Remembered | undefined;

  constructor(session: Session) {
    this.session = session;
  }

  async measured(params: MeasuredParams, course: Course): Promise<MeasuredResult> {
    const found = await this.profile(params, course);
    return 'error' in found ? found : { measured: panelOf(found.profile) };
  }

  async calibrate(params: CalibrateParams, course: Course): Promise<CalibrateResult> {
    const found = await this.profile(params, course);
    if ('error' in found) return found;
    const { profile, profiled } = found;
    const job = profiled && trainingJobOf(profiled);
    if (!job || !profiled)
      return { error: 'a calibration is made from the kernels of a training run, and this document has no estimate of one' };
    const useless = notMeasured(profile);
    if (useless !== undefined) return { error: useless };
    const folder = this.folderOf(params.uri);
    const document = pathOfUri(params.uri);
    if (folder === undefined || document === undefined)
      return { error: 'the document lies in no folder of the workspace, which would hold the calibration' };
    const derived = deriveCalibration(job, measuredRanks(profile), nameOfRun(profile.files, pathInside(folder, document), profiled.runsAs));
    if ('refused' in derived) return { error: derived.refused };
    const lines = [...factorsOf(derived.speeds), ...derived.left.map((one) => `left out: ${one}`)];
    if (!params.write) return { path: calibrationPath, lines };
    const written = writeCalibration(folder, derived.speeds);
    if ('error' in written) return written;
    this.session.forgetCalibration();
    return { path: written.path, lines };
  }

  private folderOf(uri: string): string | undefined {
    const path = pathOfUri(uri);
    return path === undefined ? undefined : this.session.roots().find((root) => isInside(root, path));
  }

  private async profile(
    params: MeasuredParams,
    course: Course,
  ): Promise<{ readonly profile: Profile; readonly profiled: ProfiledJob | undefined } | { readonly error: string }> {
    const { traces } = params;
    if (traces.length === 0 || traces.length > mostFiles || !traces.every(isAbsolutePath))
      return { error: `give 1 to ${mostFiles} measured files` };
    const read = await this.read(traces, course);
    if ('error' in read) return read;
    const analysis = await this.session.analysisOf(params.uri);
    const job = analysis?.jobs[params.job ?? 0];
    const profiled = job && {
      job: job.job,
      runsAs: job.runsAs,
      cluster: job.cluster,
      estimate: 'estimate' in job.result ? job.result.estimate : undefined,
    };
    return { profile: profileOf(read.traces, profiled), profiled };
  }

  private async read(paths: readonly string[], { signal, progress }: Course): Promise<Remembered | { readonly error: string }> {
    const key = stampOf(paths);
    if (this.remembered?.key === key) return this.remembered;
    this.remembered = undefined;
    const traces: MeasuredTrace[] = [];
    for (const [index, path] of paths.entries()) {
      const words = paths.length > 1 ? `file ${index + 1} of ${paths.length}` : '';
      const result: ReadResult = await readTrace(path, {
        signal,
        progress: (done, total) => progress(Math.floor((100 * (index + done / total)) / paths.length), words),
      });
      if ('error' in result) return { error: result.error };
      traces.push(result.trace);
    }
    this.remembered = { key, traces };
    return this.remembered;
  }
}

function panelOf({ files, doubts }: Profile): PanelMeasured {
  return {
    devices: files.flatMap((file) => file.devices.map((device) => deviceOf(file, device))),
    logs: files.filter(({ figures }) => figures.length > 0).map(({ name, label, figures }) => ({ title: `${name} (${label})`, figures })),
    doubts,
  };
}

function deviceOf({ name, label, devices }: ProfiledFile, found: ProfiledFile['devices'][number]): PanelDevice {
  const { device, name: called, rank, stage, step, comparison, recording, slots, beyond } = found;
  const who = [...(rank === undefined ? [] : [`rank ${rank}`]), ...(devices.length > 1 ? [called ?? `device ${device}`] : [])];
  const steps =
    step.found === 0
      ? 'the whole trace, which marks no steps'
      : `mean of ${step.steps} of ${step.found} steps, ${formatValue(step.shortest, 's')} to ${formatValue(step.longest, 's')}`;
  return {
    title: [name, ...who].join(', '),
    basis: `${label}; ${steps}${beyond > 0 ? `; ${beyond} further kernels are not shown` : ''}`,
    ...(stage === undefined ? {} : { stage }),
    seconds: step.shown.end - step.shown.start,
    parts: comparison.parts,
    step: comparison.step,
    words: comparison.words,
    ...tracksOf(recording, slots, device, step.shown),
  };
}
