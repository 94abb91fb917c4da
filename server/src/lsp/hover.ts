/** textDocument/hover: the field under the pointer, else the link, else the launch. */
import type { Hover, TextDocumentPositionParams } from 'vscode-languageserver';
import type { Range } from '../core/origin.ts';
import type { Analysis } from '../engine/analysis.ts';
import { kernelSpotAt } from '../engine/kernel-spots.ts';
import { fileName, normalUri } from '../io/uris.ts';
import { kernelMarkdown } from '../report/kernel.ts';
import { plain } from '../report/markdown-text.ts';
import { operatorMarkdown } from '../report/operator.ts';
import { toHover } from './convert.ts';
import { fieldHover, keyHover, launchHover, linkHover, unreadHover } from './hover-text.ts';
import { keyAt, keyOf } from './key-at.ts';
import { contains, type FieldsAt, fieldsAt, fieldsIn, linkAt, mostUsers } from './lookup.ts';
import type { Session } from './session.ts';
import { variableHover } from './variable-hover.ts';

export async function hover(session: Session, { textDocument, position }: TextDocumentPositionParams): Promise<Hover | null> {
  const analysis = await session.analysisOf(textDocument.uri);
  const lines = session.lines(textDocument.uri);
  if (!analysis || !lines) return null;
  const offset = lines.offsetAt(position);
  const said = wordsAt(session, analysis, offset) ?? (await wordsOfUsers(session, analysis, offset));
  return said ? toHover(lines, said.range, said.parts.join('\n\n')) : null;
}

interface Said {
  readonly range: Range;
  readonly parts: readonly string[];
}

/** What the document itself says of the place. */
function wordsAt(session: Session, analysis: Analysis, offset: number): Said | undefined {
  const kernel = kernelAt(analysis, offset);
  if (kernel) return kernel;
  const variable = variableHover(analysis, offset, session.lines);
  const found = fieldsAt(analysis, offset);
  const link = linkAt(analysis, offset);
  const [field] = found?.fields ?? [];
  if (found && field) {
    const known = keyAt(analysis, offset) ?? keyOf(found.job, field);
    const parts = [fieldWords(session, analysis, found), ...(known ? [keyHover(known)] : []), ...(link ? [linkHover(link)] : [])];
    return { range: found.range, parts: variable?.isUse === true ? [...parts, variable.markdown] : parts };
  }
  const known = keyAt(analysis, offset);
  const unread = analysis.jobs.flatMap((job) => job.unread).find(({ range }) => contains(range, offset));
  const range = variable?.range ?? link?.range ?? known?.range ?? unread?.range;
  if (range) {
    const parts = [
      variable?.markdown,
      link && linkHover(link),
      known && keyHover(known),
      unread && !link ? unreadHover(unread) : undefined,
    ];
    return { range, parts: parts.filter((part) => part !== undefined) };
  }
  const launched = analysis.document.format === 'shell' ? analysis.jobs.find(({ launch }) => contains(launch, offset)) : undefined;
  return launched && { range: launched.launch, parts: [launchHover(launched)] };
}

/** A kernel where it is defined or launched. */
function kernelAt(analysis: Analysis, offset: number): Said | undefined {
  const { kernels } = analysis;
  const operator = kernels?.operators?.find(({ call }) => contains(call.nameRange, offset));
  if (kernels && operator) return { range: operator.call.nameRange, parts: [operatorMarkdown(operator, kernels)] };
  const spot = kernelSpotAt(analysis, offset);
  const words = spot && analysis.kernels && kernelMarkdown(analysis.kernels, spot.name);
  return spot === undefined || words === undefined ? undefined : { range: spot.range, parts: [words] };
}

function fieldWords(session: Session, analysis: Analysis, { job, fields }: FieldsAt): string {
  const [field, ...others] = fields;
  return field ? fieldHover(job, field, others, session.engine.alternatives(analysis, job.index, field)) : '';
}

/** A file that a script sources or reads means what the script makes of it. */
async function wordsOfUsers(session: Session, { uri }: Analysis, offset: number): Promise<Said | undefined> {
  for (const user of session.index.dependants(normalUri(uri)).slice(0, mostUsers)) {
    const analysis = await session.analysisOf(user);
    const found = analysis && fieldsIn(analysis, normalUri(uri), offset);
    if (found) return { range: found.range, parts: [`In ${plain(fileName(user))}:`, fieldWords(session, analysis, found)] };
  }
  return undefined;
}
