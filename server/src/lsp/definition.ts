/** textDocument/definition: from `$TP` to where it is set, from a path to its file. */
import type { DefinitionParams, Location } from 'vscode-languageserver';
import { toLocation } from './convert.ts';
import { linkAt, wordAt } from './lookup.ts';
import type { Session } from './session.ts';

export async function definition(session: Session, { textDocument, position }: DefinitionParams): Promise<Location[]> {
  const analysis = await session.analysisOf(textDocument.uri);
  const lines = session.lines(textDocument.uri);
  if (!analysis || !lines) return [];
  const offset = lines.offsetAt(position);
  const link = linkAt(analysis, offset);
  if (link?.uri !== undefined && link.uri !== textDocument.uri) {
    return present(toLocation({ uri: link.uri, range: { start: 0, end: 0 } }, session.lines));
  }
  const at = wordAt(analysis, offset);
  const isSetElsewhere = at && at.word.through.length > 0 && at.word.value.start !== at.word.range.start;
  return isSetElsewhere ? present(toLocation({ uri: textDocument.uri, range: at.word.value }, session.lines)) : [];
}

const present = (location: Location | undefined): Location[] => (location ? [location] : []);
