/** Measured runs on a terminal and as JSON. */

import type { ComparedPart } from '../../core/measured/compare-step.ts';
import type { ComparedFigure } from '../../core/measured/compared-figure.ts';
import type { Profile, ProfiledDevice, ProfiledFile } from '../../core/measured/profile.ts';
import { formatNumber, formatPercent, formatValue } from '../../engine/format.ts';
import { table } from './table.ts';

export function profileText(profile: Profile, configuration: string | undefined): string {
  const parts = profile.files.map((file) => fileText(file, configuration));
  if (profile.doubts.length > 0) parts.push(`Mind\n${profile.doubts.map((line) => `  ${line}`).join('\n')}\n`);
  return parts.join('\n');
}

function fileText(file: ProfiledFile, configuration: string | undefined): string {
  const { name, label, origin, devices, figures } = file;
  const told = [
    label,
    ...(origin.gpu === undefined ? [] : [origin.gpu]),
    ...(origin.rank === undefined ? [] : [`rank ${origin.rank}${origin.worldSize === undefined ? '' : ` of ${origin.worldSize}`}`]),
    ...origin.software,
  ];
  const against = configuration === undefined ? '' : `, against ${configuration}`;
  const sections = devices.map((device) => deviceText(device, devices.length > 1));
  if (figures.length > 0) sections.push(figuresTable(figures));
  if (sections.length === 0) sections.push('Its lines hold no figure.\n');
  return `${name} (${told.join(', ')})${against}\n\n${sections.join('\n')}`;
}

const tellsStage = (name = ''): boolean => /pipeline|stage|\bpp/i.test(name);
const tellsRank = (name = ''): boolean => /(?:^|[^a-z])rank/i.test(name);

function deviceText({ device, name, rank, stage, step, comparison, kernels, beyond }: ProfiledDevice, several: boolean): string {
  const of =
    step.found === 0
      ? 'the whole trace, since it marks no steps'
      : `mean of ${step.steps} of ${step.found} steps, ${formatValue(step.shortest, 's')} to ${formatValue(step.longest, 's')}`;
  const where = [
    ...(several ? [name ?? `device ${device}`] : []),
    ...(several && rank !== undefined && !tellsRank(name) ? [`rank ${rank}`] : []),
    ...(stage === undefined || (several && tellsStage(name)) ? [] : [`pipeline rank ${stage}`]),
  ];
  const lines = [
    `Step ${formatValue(step.seconds, 's')} (${[of, ...where].join('; ')}), ${formatNumber(Math.round(step.kernels))} ${Math.round(step.kernels) === 1 ? 'kernel' : 'kernels'}`,
    '',
    partsTable([...comparison.parts, comparison.step]),
  ];
  if (comparison.words.length > 0) lines.push('', ...comparison.words);
  lines.push('', 'Longest kernels', kernelsTable(kernels));
  if (beyond > 0)
    lines.push(`${formatNumber(beyond)} further kernels ${several ? 'of the file are left out' : 'count in this list alone'}.`);
  return `${lines.join('\n')}\n`;
}

const time = (seconds: number | undefined): string => (seconds === undefined ? '' : formatValue(seconds, 's'));
const signed = (seconds: number | undefined): string =>
  seconds === undefined ? '' : `${seconds > 0 ? '+' : ''}${formatValue(seconds, 's')}`;

function ratio(predicted: number | undefined, measured: number): string {
  return predicted === undefined || !(predicted > 0) ? '' : `${(measured / predicted).toFixed(2)}x`;
}

function partsTable(parts: readonly ComparedPart[]): string {
  const isCompared = parts.some(({ predicted }) => predicted !== undefined);
  if (!isCompared)
    return table(
      ['', 'measured', 'hidden'],
      parts.map((part) => [part.label, time(part.measured), time(part.hidden)]),
      [1, 2],
    );
  const rows = parts.map(({ label, predicted, measured, difference, hidden }) => [
    label,
    time(predicted),
    time(measured),
    signed(difference),
    ratio(predicted, measured),
    time(hidden),
  ]);
  return table(['', 'predicted', 'measured', 'difference', '', 'hidden'], rows, [1, 2, 3, 4, 5]);
}

function kernelsTable(kernels: ProfiledDevice['kernels']): string {
  const all = kernels.reduce((sum, { seconds }) => sum + seconds, 0);
  const rows = kernels.map(({ name, kind, count, seconds }) => [
    time(seconds),
    formatPercent(all > 0 ? seconds / all : 0),
    formatNumber(count),
    kind,
    name.length > 70 ? `${name.slice(0, 69)}…` : name,
  ]);
  return table(['time', 'share', 'calls', 'kind', 'name'], rows, [0, 1, 2]);
}

function figuresTable(figures: readonly ComparedFigure[]): string {
  if (figures.every(({ predicted }) => predicted === undefined)) {
    const rows = figures.map(({ label, unit, measured, low, high }) => [label, formatValue(measured, unit), spread(unit, low, high)]);
    return `${table(['', 'measured', 'eight of ten'], rows, [1])}\n`;
  }
  const rows = figures.map(({ label, unit, predicted, measured, low, high }) => [
    label,
    predicted === undefined ? '' : formatValue(predicted, unit),
    formatValue(measured, unit),
    spread(unit, low, high),
    ratio(predicted, measured),
  ]);
  return `${table(['', 'predicted', 'measured', 'eight of ten', ''], rows, [1, 2, 4])}\n`;
}

const spread = (unit: ComparedFigure['unit'], low: number | undefined, high: number | undefined): string =>
  low === undefined || high === undefined ? '' : `${formatValue(low, unit)} to ${formatValue(high, unit)}`;

/** Everything but the kernels one by one. */
export function profileJson(profile: Profile, calibration: unknown): string {
  const files = profile.files.map(({ devices, ...file }) => ({
    ...file,
    devices: devices.map(({ recording: _, slots: __, ...device }) => device),
  }));
  return JSON.stringify({ files, doubts: profile.doubts, ...(calibration === undefined ? {} : { calibration }) }, undefined, 2);
}
