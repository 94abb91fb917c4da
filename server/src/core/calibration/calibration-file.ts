/**
 * The calibrations of a workspace as a file of JSON, `.rooflint/calibration.json`: one entry per kind of GPU and software. Whatever stands
 * there is checked before it is used; what cannot be used is told in one sentence.
 */
import { modelFingerprint } from './measured.ts';
import {
  type CalibratedCollective,
  calibratedCollectives,
  type MeasuredCollective,
  type MeasuredFactor,
  type MeasuredSpeeds,
} from './measured-speeds.ts';

/** Where it stands in a workspace, and how large it may be. */
export const calibrationPath = '.rooflint/calibration.json';
export const largestCalibration = 2 ** 20;
const version = 1;
const mostEntries = 256;

/** Entries that can be used, and what is wrong with the rest. */
export interface CalibrationFile {
  readonly entries: readonly MeasuredSpeeds[];
  readonly problems: readonly string[];
}

type Json = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.length > 0 && value.length <= 500;
const between = (value: unknown, low: number, high: number): value is number => typeof value === 'number' && value >= low && value <= high;
/** A factor outside is no calibration but another machine or another job. */
const isFactor = (value: unknown): value is number => between(value, 0.2, 20);

/** Reads the text of a calibration file. Never throws. */
export function parseCalibration(text: string): CalibrationFile {
  if (text.length > largestCalibration) return { entries: [], problems: ['it is larger than 1 MiB'] };
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return { entries: [], problems: ['it is no valid JSON'] };
  }
  if (!isRecord(root) || !Array.isArray(root.entries)) return { entries: [], problems: ['it has no list "entries"'] };
  if (root.version !== version)
    return { entries: [], problems: [`its version is ${JSON.stringify(root.version)}; this release reads ${version}`] };
  if (root.entries.length > mostEntries) return { entries: [], problems: [`it has more than ${mostEntries} entries`] };
  const read = root.entries.map((entry: unknown, at) => entryOf(entry, at + 1));
  return {
    entries: read.flatMap((one) => (typeof one === 'string' ? [] : [one])),
    problems: read.filter((one) => typeof one === 'string'),
  };
}

/** The entry, or what is wrong with it. */
function entryOf(value: unknown, number: number): MeasuredSpeeds | string {
  const wrong = (what: string): string => `entry ${number} ${what}`;
  if (!isRecord(value)) return wrong('is no object');
  const { name, gpu, software, model, configuration, collectives = [], hostOperator } = value;
  if (!isText(name) || !isText(gpu) || !isText(software) || !isText(model) || !isText(configuration))
    return wrong('does not say its name, GPU, software, model and configuration');
  const factors: { gemm?: MeasuredFactor; attention?: MeasuredFactor; memoryBound?: MeasuredFactor } = {};
  for (const part of ['gemm', 'attention', 'memoryBound'] as const) {
    if (value[part] === undefined) continue;
    const factor = factorOf(value[part]);
    if (!factor) return wrong(`has a "${part}" that is no measured factor (slowdown from 0.2 to 20, samples, spread)`);
    factors[part] = factor;
  }
  if (!Array.isArray(collectives) || collectives.length > 100) return wrong('has "collectives" that are no list');
  const read = collectives.map(collectiveOf);
  if (read.some((one) => one === undefined)) return wrong('has a collective that is not readable');
  if (hostOperator !== undefined && !(isRecord(hostOperator) && between(hostOperator.seconds, 1e-7, 1e-3) && isCount(hostOperator.samples)))
    return wrong('has a "hostOperator" that is no time between 0.1 µs and 1 ms');
  return {
    name,
    gpu,
    software,
    model,
    configuration,
    ...factors,
    ...(isRecord(hostOperator) ? { hostOperator: { seconds: Number(hostOperator.seconds), samples: Number(hostOperator.samples) } } : {}),
    collectives: read.filter((one) => one !== undefined),
  };
}

const isCount = (value: unknown): value is number => between(value, 1, 1e12) && Number.isInteger(value);

function factorOf(value: unknown): MeasuredFactor | undefined {
  if (!isRecord(value)) return undefined;
  const { slowdown, samples, spread } = value;
  return isFactor(slowdown) && isCount(samples) && between(spread, 0, 100) ? { slowdown, samples, spread } : undefined;
}

function collectiveOf(value: unknown): MeasuredCollective | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, level, latency, rate, bandwidth, samples, spread } = value;
  const known = calibratedCollectives.find((one): one is CalibratedCollective => one === kind);
  if (known === undefined || (level !== 'intra-node' && level !== 'inter-node')) return undefined;
  if (!isFactor(latency) || !isFactor(rate) || !between(bandwidth, 0, 1e14) || !isCount(samples) || !between(spread, 0, 100))
    return undefined;
  return { kind: known, level, latency, rate, bandwidth, samples, spread };
}

/** The file with an entry put in, in the place of the one for the same GPU and software. `before`: what the file holds now. */
export function withEntry(before: CalibrationFile, entry: MeasuredSpeeds): string {
  const others = before.entries.filter(({ gpu, software }) => gpu !== entry.gpu || software !== entry.software);
  return `${JSON.stringify({ version, entries: [...others, entry] }, undefined, 2)}\n`;
}

/** The entry for a GPU and software; a sentence where one was made that no longer holds. */
export function entryFor(
  { entries }: CalibrationFile,
  gpu: { readonly id: string; readonly architecture: string },
  software: string,
): { readonly entry?: MeasuredSpeeds; readonly stale?: string } {
  const found = entries.find((one) => one.gpu === gpu.id && one.software === software);
  if (!found) return {};
  if (found.model === modelFingerprint(gpu.architecture)) return { entry: found };
  return {
    stale: `the calibration by ${found.name} was made against other fitted parameters of the model; make it again with "rooflint profile --write-calibration"`,
  };
}
