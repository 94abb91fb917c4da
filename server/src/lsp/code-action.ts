/** textDocument/codeAction: the quick fixes that the diagnostics in the requested range carry. */
import type { CodeAction, CodeActionParams, Diagnostic } from 'vscode-languageserver';
import { allFindings } from '../engine/analysis.ts';
import { type CarriedData, type CarriedFix, carriedFixes, toCodeAction, toOffsets } from './convert.ts';
import { overlaps } from './lookup.ts';
import type { Session } from './session.ts';

export async function codeActions(session: Session, { textDocument, range, context }: CodeActionParams): Promise<CodeAction[]> {
  const wanted = context.only;
  if (wanted && !wanted.some((kind) => kind === '' || kind === 'quickfix')) return [];
  const lines = session.lines(textDocument.uri);
  const version = session.documents.get(textDocument.uri)?.lines.version;
  if (!lines || version === undefined) return [];
  const asked = toOffsets(lines, range);
  const actions: CodeAction[] = [];
  for (const diagnostic of context.diagnostics) {
    if (diagnostic.source !== 'rooflint' || !overlaps(toOffsets(lines, diagnostic.range), asked)) continue;
    const carried = carriedData(diagnostic);
    const fixes =
      carried !== undefined && carried.version === version ? carried.fixes : await currentFixes(session, textDocument.uri, diagnostic);
    actions.push(...fixes.map((fix) => toCodeAction(fix, diagnostic)));
  }
  return actions;
}

/** What we put into the diagnostic, when the client hands it back. */
function carriedData({ data }: Diagnostic): CarriedData | undefined {
  return typeof data === 'object' && data !== null && 'version' in data && 'fixes' in data ? (data as CarriedData) : undefined;
}

/** For clients that drop the data, and for diagnostics of an older text: the same finding in the present analysis. */
async function currentFixes(session: Session, uri: string, diagnostic: Diagnostic): Promise<readonly CarriedFix[]> {
  const analysis = await session.analysisOf(uri);
  const lines = session.lines(uri);
  if (!analysis || !lines) return [];
  const there = toOffsets(lines, diagnostic.range);
  const placed = allFindings(analysis).find(({ finding, place }) => finding.rule === diagnostic.code && overlaps(place.range, there));
  return placed ? carriedFixes(placed, session.lines) : [];
}
