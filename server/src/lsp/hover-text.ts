/** The words of a hover, as Markdown: what a key is, its value and origin, what it costs now, what neighbours would give. */
import type { Estimate } from '../core/estimate.ts';
import { fieldInfo } from '../core/fields.ts';
import type { JobField } from '../core/job-fields.ts';
import type { Alternative, JobAnalysis, ResolvedLink } from '../engine/analysis.ts';
import { type Aspect, contributionsOf } from '../engine/contributions.ts';
import { formatBytes, formatFieldValue, formatPercent, formatSeconds, formatTerm, formatValue } from '../engine/format.ts';
import { describeOrigin } from '../engine/place.ts';
import { sensitivityOf } from '../engine/sensitivity.ts';
import { ofCapacity, summaryOf } from '../engine/summary.ts';
import { conventionOf, worstStageOf } from '../engine/terms.ts';
import type { UnreadKey } from '../frameworks/adapter.ts';
import { code, plain, tableOf } from '../report/markdown-text.ts';
import { effectOf } from '../report/sensitivity-section.ts';
import type { KnownKey } from './key-at.ts';

/** Terms listed per aspect before the rest is only counted. */
const mostTerms = 4;
const aspects: readonly (readonly [Aspect, string])[] = [
  ['memory', 'Memory'],
  ['time', 'Time'],
  ['traffic', 'Traffic'],
];

/** The hover of a field. `others` are further fields the same text sets. */
export function fieldHover(job: JobAnalysis, field: JobField, others: readonly JobField[], alternatives: readonly Alternative[]): string {
  const info = fieldInfo[field];
  const name = info.short.toLowerCase() === info.label.toLowerCase() ? info.label : `${info.label} (${info.short})`;
  return [
    `**${name}** · ${valueText(job, field)}`,
    info.what,
    ...(others.length > 0 ? [`Also sets ${others.map((other) => `${fieldInfo[other].label}: ${valueText(job, other)}`).join('; ')}.`] : []),
    alternativeTable(job, field, alternatives),
    contributionText(job, field),
    `*${info.source}*`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** "8", "16 (global batch / (micro batch x DP))", "unknown: $1 is not set in this file". */
function valueText(job: JobAnalysis, field: JobField): string {
  const value = job.job[field];
  const origin = describeOrigin(job.sources[field]);
  if (value === undefined) return origin === '' ? 'unknown' : `unknown: ${plain(origin)}`;
  const text = plain(formatFieldValue(value, fieldInfo[field].unit));
  return origin === '' ? text : `${text} (${plain(origin)})`;
}

function contributionText(job: JobAnalysis, field: JobField): string {
  if ('refusal' in job.result && job.kind !== 'model') return `No estimate: ${plain(job.result.refusal.why)}.`;
  const all = contributionsOf(job, field);
  return aspects
    .map(([aspect, label]) => {
      const terms = all.filter((one) => one.aspect === aspect).map(({ term }) => `${plain(term.label)} ${formatTerm(term)}`);
      if (terms.length === 0) return '';
      const more = terms.length > mostTerms ? ` and ${terms.length - mostTerms} more` : '';
      return `${label}: ${terms.slice(0, mostTerms).join(', ')}${more}`;
    })
    .filter((line) => line !== '')
    .join('  \n');
}

/** One row per neighbouring value, the current one marked. Empty when there is nothing to compare. */
function alternativeTable(job: JobAnalysis, field: JobField, alternatives: readonly Alternative[]): string {
  if (alternatives.length < 2 || 'refusal' in job.result) return '';
  const { short } = fieldInfo[field];
  const { estimate } = job.result;
  const head =
    estimate.kind === 'training'
      ? ['memory per GPU', 'step', 'MFU', 'exposed comm.']
      : ['memory per GPU', 'KV tokens', 'full contexts', 'TPOT'];
  // A number and its unit stay on one line in the narrow columns of a hover.
  const rows = alternatives.flatMap((one) => ('estimate' in one.result ? [[label(one), ...cells(one.result.estimate).map(unbroken)]] : []));
  const table = tableOf([plain(short), ...head], rows, [1, 2, 3, 4]);
  // A sentence would make its column as wide as the hover.
  const refused = alternatives.flatMap((one) =>
    'refusal' in one.result ? [`${plain(short)}\u00a0${label(one)}: ${plain(one.result.refusal.why)}.`] : [],
  );
  // A column's head has no room for whose FLOPs the MFU counts.
  const convention =
    estimate.kind === 'serving' ? [] : [`MFU by the FLOPs of ${plain(conventionOf(estimate.throughput.mfu) ?? 'the model')}.`];
  return [table, ...refused, ...convention].join('\n\n');
}

/** With no-break spaces, but where words say that it does not fit. */
const unbroken = (cell: string): string => (cell.length < 20 ? cell.replace(/ /g, '\u00a0') : cell);

function label({ value, current, field }: Alternative): string {
  const text = plain(formatFieldValue(value, fieldInfo[field].unit === 'bytes' ? 'bytes' : undefined));
  return current ? `**${text}**\u00a0(now)` : text;
}

function cells(estimate: Estimate): readonly string[] {
  const full = estimate.memory.fits === 'no' ? ' (does not fit)' : estimate.memory.fits === 'close' ? ' (close)' : '';
  if (estimate.kind === 'serving') {
    return [
      formatBytes(estimate.memory.total.value) + full,
      formatValue(estimate.kvTokens.value, 'count'),
      formatValue(estimate.concurrency.value, '1'),
      formatSeconds(estimate.decode.timePerToken.value),
    ];
  }
  const worst = worstStageOf(estimate);
  return [
    (worst ? formatBytes(worst.device.value) : '') + full,
    formatSeconds(estimate.time.step.value),
    formatPercent(estimate.throughput.mfu.value),
    formatPercent(estimate.time.shares.exposedCommunication),
  ];
}

/** The hover of a path or a model's name. */
export function linkHover(link: ResolvedLink): string {
  const target = code(link.target);
  if (link.missing !== undefined) return `${target}: ${plain(link.missing)}.`;
  if (link.modelCard !== undefined)
    return `${target} is in the table of public models as **${plain(link.modelCard)}**; its shape is taken from there.`;
  return `${target} was found and read.`;
}

/** What the framework says of a key: its meaning, type and default, and where that was read. */
export function keyHover({ info, table, spelling }: KnownKey): string {
  const { type, values, fallback, since, until, renamed } = info;
  const taken = values === undefined ? type : values.map(code).join(', ');
  const releases = [since === undefined ? '' : `since ${since}`, until === undefined ? '' : `until ${until}`].filter((one) => one !== '');
  const facts = [taken, fallback === undefined ? '' : `default ${code(fallback)}`, ...releases].filter((one) => one !== '');
  const now = renamed === undefined ? '' : ` Another name of ${code(renamed)}.`;
  return `${code(spelling)} · ${facts.join(' · ')}\n\n${plain(info.about)}.${now}\n\n*${plain(table.source)}*`;
}

/** The hover of a key that no number follows. */
export function unreadHover({ effect, instead }: UnreadKey): string {
  if (effect === 'not-modelled') return `Not modelled: in the estimate ${plain(instead ?? 'it does nothing')}.`;
  return effect === 'none' ? 'Does not change the estimate.' : 'Not known to Rooflint: the estimate ignores it.';
}

/** The hover of the launch itself. */
export function launchHover(job: JobAnalysis): string {
  const lines = [`**${plain(job.release)}**`, plain(summaryOf(job))];
  if ('estimate' in job.result) {
    const { estimate } = job.result;
    if (estimate.kind === 'training') {
      const worst = worstStageOf(estimate);
      if (worst) lines.push(`Fullest pipeline rank ${worst.stage}: ${plain(ofCapacity(worst.device, estimate.memory.usable))}`);
    }
    const rows = sensitivityOf(job);
    const assumed = estimate.assumptions.map(({ field, value, why }) => {
      const effect = field && effectOf(rows, field);
      const other = effect === undefined ? '' : `. If ${plain(effect)}`;
      return `- ${field ? fieldInfo[field].label : 'Assumed'}: ${plain(value)} (${plain(why)})${other}`;
    });
    if (assumed.length > 0) lines.push(`Assumed:\n${assumed.join('\n')}`);
  }
  return lines.join('\n\n');
}
