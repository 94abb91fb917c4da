/**
 * What a container starts, as a document of commands that the other adapters read: its list of words, the script in it, or
 * a line of shell, with the image as the FROM it runs on.
 */
import type { CommandLine, ConfigDocument, ConfigEntry, Directive, ShellVariable, Word } from '../../syntax/document.ts';
import { argumentDocument, embeddedDocument } from '../../syntax/embedded.ts';
import type { TreeNode } from './tree.ts';
import { childrenOf, itemEntries, textOf } from './tree.ts';
import { wordAt } from './variables.ts';

export interface Started {
  /** The program and its arguments: `command` and `args` of Kubernetes, `entrypoint` and `command` of Compose. */
  readonly program: TreeNode | undefined;
  readonly arguments: TreeNode | undefined;
  readonly image: TreeNode | undefined;
  readonly environment: readonly ShellVariable[];
  /** Variables that are put into the words themselves; Compose leaves those of the container alone. */
  readonly references: readonly ShellVariable[];
}

/** Text Generation Inference, also in the registries of the clouds; its environment alone configures it. */
const tgiImage = /(?:^|\/)(?:[\w-]*text-generation-inference[\w.-]*)(?::[\w.-]+)?(?:@sha256:\w+)?$/;

/** Images whose entry point is a server or trainer, so that the arguments alone are its flags. */
const imagePrograms: readonly (readonly [RegExp, readonly string[]])[] = [
  [/(?:^|\/)llama\.cpp:server[\w.-]*(?:@sha256:\w+)?$/, ['llama-server']],
  [tgiImage, ['text-generation-launcher']],
  [/(?:^|\/)vllm-(?:openai|tpu|cpu|rocm|xpu)(?:-(?:cpu|rocm|xpu|nightly|release-repo))*(?::[\w.-]+)?(?:@sha256:\w+)?$/, ['vllm', 'serve']],
];

/** The commands of one container; none when it starts what its image says and nothing is known of the image. */
export function startedDocument(document: ConfigDocument, started: Started): ConfigDocument | undefined {
  const { program, arguments: args, environment, references } = started;
  const texts = [program, args].filter((node) => node !== undefined && isLine(node));
  const found = (texts.length === 0 ? ofLists(document, started) : ofLines(document, started)) ?? ofVariable(document, started);
  if (!found) return undefined;
  const commands = found.commands.map((command) => ({ ...command, environment: joined(environment, command.environment) }));
  const variables = references === environment ? found.variables : joined(environment, found.variables);
  return { ...found, commands, variables, directives: [...found.directives, ...baseOf(started.image)] };
}

/** Variables in which images of vLLM take all flags of the server as one text. */
const flagVariables: ReadonlySet<string> = new Set(['VLLM_ARGS', 'VLLM_ADDITIONAL_ARGS', 'VLLM_EXTRA_ARGS']);

/** An image of vLLM that nothing is handed to but a variable with the flags; a sign of folding that YAML left in it is none. */
function ofVariable(document: ConfigDocument, { program, arguments: args, image, environment }: Started): ConfigDocument | undefined {
  const variable = environment.findLast(({ name }) => flagVariables.has(name));
  if (program || args || variable?.value.text === undefined || !/(?:^|\/)vllm/.test(imageName(textOf(image) ?? ''))) return undefined;
  const texts = variable.value.text.match(/"[^"]*"|'[^']*'|\S+/g) ?? [];
  const flags = texts.filter((text) => text !== '>' && text !== '|').map((text) => text.replace(/^(["'])(.*)\1$/s, '$2'));
  if (!flags.some((text) => text.startsWith('--'))) return undefined;
  return startedByImage(
    document,
    ['vllm', 'serve', ...flags].map((text) => wordAt(text, variable.value.value)),
  );
}

const isLine = (node: TreeNode): boolean => childrenOf(node).length === 0 && textOf(node) !== undefined;

/** Variables of a command win over those of its container. */
function joined(outer: readonly ShellVariable[], own: readonly ShellVariable[]): readonly ShellVariable[] {
  const names = new Set(own.map(({ name }) => name));
  return [...outer.filter(({ name }) => !names.has(name)), ...own];
}

function ofLists(document: ConfigDocument, { program, arguments: args, image, references }: Started): ConfigDocument | undefined {
  const own = itemEntries(program);
  const entries = [...own, ...itemEntries(args)];
  const front = own.length === 0 ? imageProgram(image, entries) : [];
  if (entries.length === 0) return front.length === 0 ? undefined : startedByImage(document, front);
  const found = argumentDocument(document, [{ entries, environment: references }]);
  const [first, ...rest] = found.commands;
  if (!first || front.length === 0) return found;
  return { ...found, commands: [{ ...first, words: [...front, ...first.words] }, ...rest] };
}

/** Compose splits a line into words as a shell does; a list in front of it stays a list. */
function ofLines(document: ConfigDocument, { program, arguments: args, image, references }: Started): ConfigDocument | undefined {
  const parts = [program, args].flatMap((node) => (node ? [partOf(document, node, references)] : []));
  const [first, second] = parts;
  if (!first) return undefined;
  if (!second) {
    const front = program ? [] : imageProgram(image, args?.entry ? [args.entry] : []);
    return front.length === 0 ? first : { ...first, commands: first.commands.map((one) => withFront(one, front)) };
  }
  const words = [...(first.commands[0]?.words ?? []), ...(second.commands[0]?.words ?? [])];
  const base = first.commands[0];
  return base && { ...first, commands: [{ ...base, words }] };
}

/** The image starts its program with nothing behind it. */
function startedByImage(document: ConfigDocument, words: readonly Word[]): ConfigDocument {
  const range = words[0]?.range ?? { start: 0, end: 0 };
  const found = argumentDocument(document, []);
  return { ...found, commands: [{ words, range, environment: [], conditional: false }] };
}

const withFront = (command: CommandLine, front: readonly Word[]): CommandLine => ({ ...command, words: [...front, ...command.words] });

function partOf(document: ConfigDocument, node: TreeNode, references: readonly ShellVariable[]): ConfigDocument {
  if (node.entry && isLine(node)) return embeddedDocument(document, node.entry, 'shell', references);
  return argumentDocument(document, [{ entries: itemEntries(node), environment: references }]);
}

/** The program of the image, when the arguments are flags for it and not a command of their own. */
function imageProgram(image: TreeNode | undefined, entries: readonly ConfigEntry[]): readonly Word[] {
  const name = textOf(image);
  const first = entries[0]?.scalar;
  const program = name === undefined ? undefined : imagePrograms.find(([pattern]) => pattern.test(imageName(name)))?.[1];
  const isBare = entries.length === 0 && tgiImage.test(imageName(name ?? ''));
  if (
    !program ||
    !image?.entry ||
    (!isBare && typeof first !== 'string') ||
    /^(?:\S*\/)?(?:vllm|python[\d.]*|bash|sh)$/.test(String(first ?? ''))
  )
    return [];
  const place = image.entry.value;
  return program.map((text) => wordAt(text, place));
}

/** `${IMAGE:-vllm/vllm-openai:v1}` is the image it is when nobody says otherwise. */
function imageName(written: string): string {
  return /^\$\{\w+:?-([^}]*)\}$/.exec(written)?.[1] ?? written;
}

/** The image as the base of what runs in it. */
function baseOf(image: TreeNode | undefined): readonly Directive[] {
  const text = textOf(image);
  if (text === undefined || !image?.entry) return [];
  const { key, value } = image.entry;
  return [{ prefix: 'FROM', name: '', text: imageName(text), key, value }];
}
