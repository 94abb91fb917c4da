/**
 * The calibration of a workspace on disk: `.rooflint/calibration.json` in its folder and nowhere else, links followed, and no larger than
 * a file of such entries can be.
 */
import { mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type CalibrationFile,
  calibrationPath,
  largestCalibration,
  parseCalibration,
  withEntry,
} from '../core/calibration/calibration-file.ts';
import type { MeasuredSpeeds } from '../core/calibration/measured-speeds.ts';
import { isInside } from './confined-files.ts';

const none: CalibrationFile = { entries: [], problems: [] };
const problem = (words: string): CalibrationFile => ({ entries: [], problems: [words] });

/** What the workspace in `folder` was calibrated by. Never throws. */
export function readCalibration(folder: string): CalibrationFile {
  const path = join(folder, calibrationPath);
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return none;
    if (!isInside(realpathSync(folder), realpathSync(path))) return problem('it leads out of the workspace and is not read');
    if (!found.isFile()) return problem('it is no regular file');
    if (found.size > largestCalibration) return problem('it is larger than 1 MiB');
    return parseCalibration(readFileSync(path, 'utf8'));
  } catch (error) {
    return problem(`it cannot be read (${reason(error)})`);
  }
}

/** The calibrations of several folders as one; of two for the same GPU and software the first counts. */
export function readCalibrations(folders: readonly string[]): CalibrationFile {
  const files = folders.map(readCalibration);
  return { entries: files.flatMap(({ entries }) => entries), problems: files.flatMap(({ problems }) => problems) };
}

/** Puts an entry into the file of a workspace, which is made when it is not there. Returns where it stands, or why it does not. */
export function writeCalibration(folder: string, entry: MeasuredSpeeds): { readonly path: string } | { readonly error: string } {
  const path = join(folder, calibrationPath);
  try {
    const before = readCalibration(folder);
    if (before.problems.length > 0) return { error: `${path} is left as it is: ${before.problems.join('; ')}` };
    mkdirSync(dirname(path), { recursive: true });
    if (!isInside(realpathSync(folder), realpathSync(dirname(path)))) return { error: `${dirname(path)} leads out of the workspace` };
    // Whole or not at all: a reader never meets half a file.
    const half = `${path}.new`;
    writeFileSync(half, withEntry(before, entry));
    renameSync(half, path);
    return { path };
  } catch (error) {
    return { error: `${path} cannot be written: ${reason(error)}` };
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
