/** textDocument/documentLink: paths that lead to a file. */
import type { DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import { toDocumentLink } from './convert.ts';
import { linksOf } from './lookup.ts';
import type { Session } from './session.ts';

export async function documentLinks(session: Session, { textDocument }: DocumentLinkParams): Promise<DocumentLink[]> {
  const analysis = await session.analysisOf(textDocument.uri);
  const lines = session.lines(textDocument.uri);
  if (!analysis || !lines) return [];
  return linksOf(analysis).flatMap(({ uri, range, target }) =>
    uri === undefined || uri === textDocument.uri ? [] : [toDocumentLink(lines, range, uri, `Open ${target}`)],
  );
}
