/**
 * A program in a command with what starts it: torchrun, deepspeed, accelerate, srun, mpirun, a container, plain python.
 * Adapters say what their program looks like (`program.ts`) and get everything in front of it and behind it.
 */
import type { CommandLine, ConfigDocument, ShellVariable, Word } from '../../syntax/document.ts';
import { splitAssignmentWord } from '../../syntax/word.ts';
import { remember, rememberEach } from '../remember.ts';
import { baseImage, type Container, containerOf } from './container.ts';
import { type LauncherName, type LauncherPart, launcherOf, launcherParts } from './parts.ts';
import { type ProgramMatcher, programName } from './program.ts';

export interface Launch {
  readonly command: CommandLine;
  /** Words before the program: launchers with their own flags. */
  readonly before: readonly Word[];
  /** The launchers among those words, outermost first. */
  readonly parts: readonly LauncherPart[];
  /** The program's first word. */
  readonly script: Word;
  /** The program as written; when a variable hides its folder, the end of what is written. An entry point with its command: `axolotl train`. */
  readonly name: string;
  /** Words after the program: its own flags. */
  readonly after: readonly Word[];
  readonly launchers: readonly LauncherName[];
  /** The container it runs in, whose tag may tell the release. */
  readonly container: Container | undefined;
  /** Variables the program sees: exported ones, those in front of the command, and those of `env` and `docker -e`. */
  readonly environment: readonly ShellVariable[];
}

/** Programs that take a script's name or print a command without starting it. */
const notLaunchers: ReadonlySet<string> = new Set(
  'echo printf ls cp mv cat test [ [[ grep sed chmod cd source . rm mkdir tee pip pip3 git wget curl which pkill'.split(' '),
);

/** Every command of the document that starts a program the matcher knows. */
export const programsOf = rememberEach((document: ConfigDocument, matcher: ProgramMatcher): readonly Launch[] =>
  linesOf(document).flatMap((line) => findLaunch(line, matcher) ?? []),
);

const linesOf = remember((document: ConfigDocument) => document.commands.map((command) => lineOf(document, command)));

/** A command as every matcher looks at it. */
interface Line {
  readonly words: readonly Word[];
  /** The words that may be a program's: no flags, and the first alone where nothing starts another. */
  readonly candidates: readonly number[];
  /** From this word on something in front can start a program; `cp pretrain_gpt.py` and `[ -f pretrain_gpt.py ]` cannot. */
  readonly startsFrom: number;
  /** The same launch for every matcher that finds it. */
  readonly launchAt: (at: number, length: number) => Launch | undefined;
}

function lineOf(document: ConfigDocument, command: CommandLine): Line {
  const words = command.front === undefined ? command.words : [...command.front, ...command.words];
  const starter = notLaunchers.has(words[0]?.text ?? '')
    ? -1
    : words.findIndex(({ text }, at) => text === undefined || launcherOf(words, at) !== undefined);
  const launches = new Map<string, Launch>();
  const launchAt = (at: number, length: number): Launch | undefined => {
    const key = `${at} ${length}`;
    const launch = launches.get(key) ?? makeLaunch(document, command, words, at, length);
    if (launch !== undefined) launches.set(key, launch);
    return launch;
  };
  if (starter < 0) return { words, candidates: words.length > 0 ? [0] : [], startsFrom: words.length, launchAt };
  const candidates = words.flatMap(({ text }, at) => (text?.startsWith('-') === true ? [] : [at]));
  return { words, candidates, startsFrom: starter + 1, launchAt };
}

function findLaunch({ words, candidates, startsFrom, launchAt }: Line, matcher: ProgramMatcher): Launch | undefined {
  for (const at of candidates) {
    const length = matcher(words, at);
    if (length === undefined) continue;
    return at === 0 || at >= startsFrom ? launchAt(at, length) : undefined;
  }
  return undefined;
}

function makeLaunch(
  document: ConfigDocument,
  command: CommandLine,
  words: readonly Word[],
  at: number,
  length: number,
): Launch | undefined {
  const script = words[at];
  if (script === undefined) return undefined;
  const before = words.slice(0, at);
  const parts = launcherParts(before);
  return {
    command,
    before,
    parts,
    script,
    name: length > 1 ? spelt(words.slice(at, at + length)) : (programName(script) ?? ''),
    after: words.slice(at + length),
    launchers: [...new Set(parts.map(({ launcher }) => launcher))],
    container: containerOf(parts) ?? baseImage(document, command.range.start),
    environment: [...command.environment, ...before.flatMap((word, index) => assignedBefore(before, word, index))],
  };
}

const spelt = (words: readonly Word[]): string => words.map((word) => programName(word)?.split('/').at(-1) ?? '').join(' ');

/** `env A=1`, `docker run -e A=1`: words in front of the program that set a variable for it. */
function assignedBefore(before: readonly Word[], word: Word, index: number): readonly ShellVariable[] {
  const previous = before[index - 1]?.text ?? '';
  const isEnv = /(?:^|\/)env$/.test(previous) || (index > 1 && /=/.test(previous) && before.some(({ text }) => text === 'env'));
  if (!isEnv && previous !== '-e' && previous !== '--env') return [];
  const { name, value } = splitAssignmentWord(word);
  if (name === undefined || value === undefined || !/^[A-Za-z_]\w*$/.test(name)) return [];
  return [{ name, value, assignment: word.range, exported: true }];
}
