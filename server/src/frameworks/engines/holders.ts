/**
 * What hides a value, together with the variable that holds it: `$(yq .model cfg.yaml) in $model_name` tells more than the
 * command alone. Words as the engines' flags are read from.
 */
import type { Word, WordPiece } from '../../syntax/document.ts';

const fromElsewhere = /^\$\(|^`|^\$?[\d@*#]+$/;

function held(name: string, through: readonly string[]): string {
  const holder = through.at(-1);
  if (holder === undefined || !fromElsewhere.test(name)) return name;
  return `${/^\d/.test(name) ? `$${name}` : name} in $${holder}`;
}

const heldBy = (unknown: readonly string[], through: readonly string[]): readonly string[] => unknown.map((name) => held(name, through));

/** The word with its holders named; a word that is known stays as it is. */
export function withHolders(word: Word): Word {
  if (word.text !== undefined || word.unknown.length === 0) return word;
  const pieces = word.pieces?.map((piece): WordPiece => ({ ...piece, unknown: heldBy(piece.unknown, piece.through) }));
  const unknown = pieces ? pieces.flatMap((piece) => piece.unknown) : heldBy(word.unknown, word.through);
  return { ...word, unknown: [...new Set(unknown)], ...(pieces ? { pieces } : {}) };
}
