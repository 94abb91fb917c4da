/** textDocument/completion: keys that are not there yet, and values with what the model says they give. */
import type { CompletionItem, CompletionList, CompletionParams } from 'vscode-languageserver';
import { modelCards } from '../data/index.ts';
import { suggestionsAt } from '../engine/suggestions.ts';
import { configsBeside } from '../io/beside.ts';
import { toCompletion } from './convert.ts';
import type { Session } from './session.ts';

/** Characters after which a client asks by itself. */
export const completionTriggers: readonly string[] = ['-', ' ', ':', '"', '=', '.'];

export async function completion(session: Session, { textDocument, position }: CompletionParams): Promise<CompletionList> {
  const { uri } = textDocument;
  const analysis = await session.analysisOf(uri);
  const lines = session.lines(uri);
  if (!analysis || !lines) return none;
  const found = suggestionsAt(analysis, lines.offsetAt(position), {
    analyse: (text) => session.engine.analyse(uri, text, analysis.version),
    models: () => modelCards.map(({ name }) => name),
    files: () => configsBeside(uri),
  });
  return {
    isIncomplete: false,
    items: found.map((one, index): CompletionItem => toCompletion(lines, one, index, session.abilities.labelDetails)),
  };
}

const none: CompletionList = { isIncomplete: false, items: [] };
