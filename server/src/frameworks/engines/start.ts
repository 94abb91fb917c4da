/**
 * Finds the server of an engine in a command: a Python module, a program with or without a subcommand, or a container
 * whose image starts it. Commands that only name it (`pkill -f vllm`, `pip install sglang`) start nothing.
 */
import type { CommandLine, Word } from '../../syntax/document.ts';
import { imageIndex } from '../launchers/container.ts';
import { remember } from '../remember.ts';

export interface EngineStart {
  /** Python modules and scripts that are the server: `sglang.launch_server`, also as a path. */
  readonly module?: RegExp;
  /** Programs that are the server by themselves. */
  readonly program?: RegExp;
  /** Programs with subcommands, and those of them that start the engine. */
  readonly command?: { readonly program: RegExp; readonly subcommands: RegExp };
  /** Images that start the server with the words behind them. */
  readonly image?: RegExp;
  /** Flags of this engine only: two of them behind an image that says nothing tell the engine. */
  readonly flags?: ReadonlySet<string>;
  /** The image is configured by its environment, so that nothing need stand behind it. */
  readonly bare?: boolean;
  /** Names of variables that hold the program, when nothing says which it is. */
  readonly variable?: RegExp;
}

export interface EngineCommand {
  readonly command: CommandLine;
  /** What was started: the module, the program, or the subcommand. */
  readonly started: string;
  /** The server's own words: model and flags. */
  readonly words: readonly Word[];
  /** Words in front: `docker run`, `srun`, `python -m`. */
  readonly front: readonly Word[];
}

const containers = /(?:^|\/)(?:docker|podman|nerdctl|nvidia-docker)$/;
/** Programs that run another one. */
const wrappers =
  /(?:^|\/)(?:srun|mpirun|mpiexec|nohup|exec|env|numactl|sudo|time|timeout|taskset|nsys|ncu|docker|podman|nerdctl|nvidia-docker|apptainer|singularity|enroot|uv|uvx|pipx|conda|micromamba|setsid|nice|ionice|stdbuf|xvfb-run|screen|tmux|catchsegv|kubectl|modal|start|command|eval|trtllm-llmapi-launch|catatonit|tini|dumb-init|bash|sh|python[\d.]*|rocprof\w*|huggingface-cli|poetry|pdm|hatch|pixi)$/;

/** Programs that only speak of others. */
const speakers = /(?:^|\/)(?:echo|printf|pkill|pgrep|killall|grep|which|type|man|help|alias|cat|ls|rm|cp|mv|ln|test|\[)$/;

/** The server a command starts, or undefined. */
export function engineCommand(command: CommandLine, start: EngineStart): EngineCommand | undefined {
  const { words } = command;
  const at = words.findIndex((_, index) => isServer(words, index, start));
  if (at >= 0) return { command, started: words[at]?.text ?? '', words: words.slice(at + 1), front: words.slice(0, at) };
  return containerServer(command, start);
}

function isServer(words: readonly Word[], index: number, start: EngineStart): boolean {
  const { module, program, command, variable } = start;
  const word = words[index];
  const text = word?.text;
  if (text === undefined) {
    const names = [...(word?.unknown ?? []), ...(word?.through ?? [])];
    return variable !== undefined && isStarted(words, index) && names.some((name) => variable.test(name));
  }
  if (module?.test(text)) return isRun(words, index, text);
  if (program?.test(text)) return isStarted(words, index) && words[index - 1]?.text !== '--entrypoint';
  const before = words[index - 1]?.text;
  if (!command || before === undefined || !command.program.test(before) || !command.subcommands.test(text)) return false;
  // Two words that follow each other are rarely anything else.
  return !speakers.test(words[0]?.text ?? '') || index === 1;
}

/** `python -m module`, `python path/of/module.py`, or the path itself. */
function isRun(words: readonly Word[], index: number, text: string): boolean {
  const before = words[index - 1]?.text;
  if (before === '-m') return true;
  return text.endsWith('.py') && (index === 0 || before === undefined || !/^-[a-z]*f$/.test(before)) && isStarted(words, index);
}

const isStarted = (words: readonly Word[], index: number): boolean =>
  index === 0 || words[index - 1]?.text === '--' || wrappers.test(words[0]?.text ?? '/env');

/** `docker run ... IMAGE MODEL flags`: the image starts the server by itself, unless `--entrypoint` names another program. */
function containerServer(command: CommandLine, start: EngineStart): EngineCommand | undefined {
  const { words } = command;
  const at = imageAt(command);
  if (at < 0) return undefined;
  const front = words.slice(0, at);
  const after = words.slice(at + 1);
  const entry = entryPoint(front);
  const found = { command, words: after, front, started: entry ?? '' };
  if (entry !== undefined) return entered(found, start);
  const image = words[at]?.text;
  if (image !== undefined && start.image?.test(image) && (startsItself(after) || (start.bare === true && after.length === 0))) return found;
  const telling = after.filter(({ text }) => text !== undefined && start.flags?.has(text.replace(/=.*/s, '').replaceAll('_', '-')));
  return telling.length >= 2 && after[0]?.text?.startsWith('-') ? found : undefined;
}

/** Where the image of a container stands that the command runs; -1 for any other command. Every engine asks. */
const imageAt = remember(({ words }: CommandLine): number => {
  const runs = words.slice(0, 3).some(({ text }) => text !== undefined && containers.test(text));
  return runs && words.some(({ text }) => text === 'run') ? imageIndex('docker', words) : -1;
});

/** The words behind the image are the arguments of the program that `--entrypoint` names. */
function entered(found: EngineCommand, { program, command, module }: EngineStart): EngineCommand | undefined {
  const [first, ...rest] = found.words;
  if (program?.test(found.started)) return found;
  if (command?.program.test(found.started) && command.subcommands.test(first?.text ?? ''))
    return { ...found, started: first?.text ?? '', words: rest };
  const at = found.words.findIndex(({ text }, index) => text !== undefined && module?.test(text) && found.words[index - 1]?.text === '-m');
  return at < 0 ? undefined : { ...found, words: found.words.slice(at + 1) };
}

function entryPoint(front: readonly Word[]): string | undefined {
  const at = front.findIndex(({ text }) => text !== undefined && /^--entrypoint(?:=|$)/.test(text));
  if (at < 0) return undefined;
  const [, assigned] = (front[at]?.text ?? '').split('=', 2);
  return assigned ?? front[at + 1]?.text;
}

/** Flags stand there, and no shell that starts something else. */
function startsItself(after: readonly Word[]): boolean {
  return (
    after.some(({ text }) => text?.startsWith('-') === true) &&
    !after.some(({ text }) => text !== undefined && /^(?:\S*\/)?(?:ba)?sh$/.test(text))
  );
}
