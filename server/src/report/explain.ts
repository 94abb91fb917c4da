/** A number opened up: the tree of its terms with formulas, inputs and sources, as Markdown. */
import { fieldInfo } from '../core/fields.ts';
import type { Term, TermInput } from '../core/term.ts';
import { formatFieldValue, formatTerm } from '../engine/format.ts';
import { code, plain } from './markdown-text.ts';
import { originText, type ReportSubject } from './subject.ts';
import { quantityLabel } from './term-words.ts';

/** Deeper trees than this are cut, with a note; none of ours is near it. */
const deepest = 12;

/** The whole tree of one term. With a subject, inputs say where in the file they come from. */
export function explainMarkdown(term: Term, subject?: ReportSubject): string {
  return [`## ${plain(quantityLabel(term))}: ${plain(formatTerm(term))}`, '', ...termLines(term, subject, 0)].join('\n').concat('\n');
}

/** The tree as list lines, indented two spaces per level. */
export function termLines(term: Term, subject: ReportSubject | undefined, level: number): string[] {
  const indent = '  '.repeat(level);
  const lines = [
    `${indent}- **${plain(quantityLabel(term))}** ${plain(formatTerm(term))}${term.formula === undefined ? '' : ` = ${code(term.formula)}`}`,
  ];
  const inner = `${indent}  `;
  if (term.inputs !== undefined && term.inputs.length > 0) {
    lines.push(`${inner}- with ${term.inputs.map((input) => inputText(input, subject)).join('; ')}`);
  }
  if (term.note !== undefined) lines.push(`${inner}- ${plain(term.note)}`);
  if (term.band !== undefined) lines.push(`${inner}- band: ${plain(term.band.basis)}`);
  if (term.source !== undefined) lines.push(`${inner}- source: ${plain(term.source)}`);
  const children = term.children ?? [];
  if (children.length > 0 && level >= deepest) return [...lines, `${inner}- and ${children.length} more terms`];
  if (children.length > 0 && term.combine !== undefined && term.combine !== 'none') lines.push(`${inner}- ${combineWords[term.combine]}`);
  for (const child of children) lines.push(...termLines(child, subject, level + 1));
  return lines;
}

const combineWords = { sum: 'the sum of', max: 'the largest of', product: 'the product of' } as const;

function inputText({ name, value, field, from }: TermInput, subject: ReportSubject | undefined): string {
  const shown = typeof value === 'number' ? inputNumber(value) : value;
  const origin = field === undefined || subject === undefined ? undefined : originText(subject.job.sources[field], subject.analysis);
  const label = field === undefined ? undefined : fieldInfo[field].short;
  const where = [label, origin ?? from].filter((part) => part !== undefined).join(', ');
  return `${code(`${name} = ${shown}`)}${where === '' ? '' : ` (${plain(where)})`}`;
}

/** Six digits; a power of ten from a billion on, where separators stop helping. */
function inputNumber(value: number): string {
  const rounded = Number(value.toPrecision(6));
  return Math.abs(rounded) >= 1e9 ? rounded.toExponential().replace('e+', 'e') : formatFieldValue(rounded);
}
