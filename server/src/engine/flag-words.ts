/** The word that a flag is written as, among all commands of a script. */
import type { Range } from '../core/origin.ts';
import type { CommandLine, Word } from '../syntax/document.ts';

export interface FlagWord {
  readonly command: CommandLine;
  readonly index: number;
  readonly word: Word;
}

const lengthOf = ({ start, end }: Range): number => end - start;

/** The shortest word around a key: in `srun bash -c "…"` the whole script is a word of the outer command, too. */
export function wordAt(commands: readonly CommandLine[], key: Range): FlagWord | undefined {
  let found: FlagWord | undefined;
  for (const command of commands) {
    const index = command.words.findIndex(({ range }) => range.start <= key.start && key.end <= range.end);
    const word = command.words[index];
    if (word && (!found || lengthOf(word.range) < lengthOf(found.word.range))) found = { command, index, word };
  }
  return found;
}
