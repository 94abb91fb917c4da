/** What a kernel computes and moves, in its own names and as numbers, and its place under the roofs of each device. */
import type { KernelConfiguration } from '../core/kernels/configuration.ts';
import { type Polynomial, sum, textOf } from '../core/kernels/intensity/polynomial.ts';
import { numberOf } from '../core/kernels/intensity/setting.ts';
import type { TritonConfiguration } from '../core/kernels/triton/configuration.ts';
import type { Unit } from '../core/units.ts';
import type { KernelsAnalysis } from '../engine/analysis.ts';
import { formatTerm } from '../engine/format.ts';
import { boundText, countTerms, timeTerm } from '../engine/kernel-terms.ts';
import { type KernelWork, kernelWork, tritonWork } from '../engine/kernel-work.ts';
import { termLines } from './explain.ts';
import { code, plain, sections, tableOf } from './markdown-text.ts';

const quantity = (value: number, unit: Unit): string => formatTerm({ id: 'kernel', label: '', value, unit });

function row(label: string, count: Polynomial, unit: Unit, work: KernelWork): readonly string[] {
  const value = numberOf(count, work.intensity.counting);
  return [label, code(textOf(count)), value === undefined ? '' : quantity(value, unit)];
}

const rounded = (value: number): string => String(Number(value.toPrecision(3)));

/** FLOPs over bytes as formula and number; one fraction where it is a product, else over each other. */
function intensityRow(label: string, flops: Polynomial, bytes: Polynomial, { intensity: { counting } }: KernelWork): readonly string[] {
  const [above, below] = [numberOf(flops, counting), numberOf(bytes, counting)];
  const value = above !== undefined && below !== undefined && below > 0 ? rounded(above / below) : '';
  return [label, code(`(${textOf(flops)}) / (${textOf(bytes)})`), value === '' ? '' : `${value} FLOP/B`];
}

function countTable(work: KernelWork): string {
  const { flops, asked, compulsory, unread } = work.intensity;
  const isWhole = unread.length === 0;
  const all = sum(...flops.map(({ count }) => count));
  const rows = [
    ...flops.map(({ unit, format, count }) => row(`FLOPs in ${format}, ${unit} units`, count, 'FLOP', work)),
    row('read, whole sectors', asked.read, 'B', work),
    row('written, whole sectors', asked.written, 'B', work),
    row('read, each element once', compulsory.read, 'B', work),
    row('written, each element once', compulsory.written, 'B', work),
  ];
  // A fraction of parts tells nothing.
  if (all.length > 0 && isWhole) {
    rows.push(
      intensityRow('intensity as asked', all, sum(asked.read, asked.written), work),
      intensityRow('intensity, each element once', all, sum(compulsory.read, compulsory.written), work),
    );
  }
  const first = isWhole ? 'one launch' : 'one launch, as far as it is followed';
  return tableOf([first, "in the kernel's names", 'here'], rows, [2]);
}

function roofTable({ roofs }: KernelWork): string | undefined {
  const rows = roofs.map((one) => [
    plain(one.device.label),
    formatTerm(timeTerm(one)),
    plain(boundText(one.roof)),
    `${rounded(one.roof.intensity)} against ${rounded(one.roof.ridge)}`,
  ]);
  return rows.length === 0 ? undefined : tableOf(['device', 'time', 'held by', 'FLOP/B, and where the roofs meet'], rows);
}

function openSizes({ sizes }: KernelWork): string | undefined {
  const open = sizes.filter(({ value }) => value === undefined).map(({ name }) => name);
  if (open.length === 0) return undefined;
  return `Numbers and times need ${open.map((name) => code(name)).join(', ')}: give them in a comment such as ${code(`rooflint: ${open.map((name) => `${name}=4096`).join(' ')}`)}.`;
}

const mostUnread = 3;

/** Why there is no time although every size may be known. */
function unreadText({ intensity: { unread } }: KernelWork): string | undefined {
  if (unread.length === 0) return undefined;
  const names = unread.slice(0, mostUnread).map((name) => code(name));
  const more = unread.length > mostUnread ? ` and ${unread.length - mostUnread} more` : '';
  return `Not all of it: what ${names.join(', ')}${more} compute${unread.length === 1 ? 's' : ''} and move${unread.length === 1 ? 's' : ''} is not looked into, so there is no time.`;
}

const mostNotes = 4;

/** @param opens whether every number is opened into its terms, as in a report. */
export function kernelWorkSection(kernels: KernelsAnalysis, configuration: KernelConfiguration, opens: boolean): string | undefined {
  const work = kernelWork(kernels, configuration);
  return work && workSection(work, opens);
}

/** The same of one configuration of a Triton kernel, which is named where there are several. */
export function tritonWorkSection(
  kernels: KernelsAnalysis,
  configuration: TritonConfiguration | undefined,
  opens: boolean,
): string | undefined {
  const work = configuration && tritonWork(kernels, configuration);
  if (!work) return undefined;
  const values = [...configuration.values].map(([name, value]) => `${name}=${value}`).join(', ');
  return sections([values === '' ? undefined : `With ${code(values)}:`, workSection(work, opens)]);
}

export function workSection(work: KernelWork, opens: boolean): string {
  const notes = work.intensity.notes.slice(0, mostNotes).map((note) => `- ${plain(note)}`);
  const known = work.sizes.flatMap(({ name, value, from }) =>
    value === undefined ? [] : [`${code(`${name} = ${value}`)} (${plain(from.replaceAll('`', ''))})`],
  );
  const terms = opens ? [...countTerms(work), ...work.roofs.map(timeTerm)] : [];
  return sections([
    countTable(work),
    roofTable(work),
    known.length > 0 ? `With ${known.join(', ')}.` : undefined,
    unreadText(work) ?? openSizes(work),
    notes.length > 0 ? notes.join('\n') : undefined,
    terms.length > 0 ? terms.flatMap((term) => termLines(term, undefined, 0)).join('\n') : undefined,
  ]);
}
