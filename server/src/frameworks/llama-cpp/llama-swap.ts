/**
 * llama-swap's YAML: each model has a `cmd` that starts its server, and an `env`. Lines of a command belong together there
 * without a backslash. Source: mostlygeek/llama-swap config.example.yaml (2025).
 */
import type { CommandLine, ConfigDocument, ConfigEntry, ShellVariable } from '../../syntax/document.ts';
import { argumentCommand, embeddedDocument, entryVariable } from '../../syntax/embedded.ts';
import { splitAssignmentWord } from '../../syntax/word.ts';

const isCommand = ({ path, scalar }: ConfigEntry): boolean =>
  path.length === 3 && path[0] === 'models' && path[2] === 'cmd' && typeof scalar === 'string';

export const isLlamaSwap = (document: ConfigDocument): boolean =>
  document.format === 'yaml' &&
  document.entries.some((entry) => isCommand(entry) && /llama-server|server\b|vllm|docker|podman/.test(String(entry.scalar)));

/** The command of each model as a document of its own. */
export function swapCommands(document: ConfigDocument): readonly ConfigDocument[] {
  const macros = document.entries.filter(({ path }) => path.length === 2 && path[0] === 'macros').flatMap(macro);
  return document.entries.filter(isCommand).map((entry) => {
    const environment = [...macros, ...variablesOf(document, entry)];
    const inner = embeddedDocument(document, entry, 'shell', environment);
    const command = joined(inner.commands, variablesOf(document, entry));
    return { ...inner, commands: command === undefined ? [] : [command] };
  });
}

function macro(entry: ConfigEntry): readonly ShellVariable[] {
  const name = String(entry.path[1] ?? '');
  return /^\w+$/.test(name) ? [entryVariable(name, entry)] : [];
}

/** `- NAME=value` items of the model's `env`. */
function variablesOf(document: ConfigDocument, { path }: ConfigEntry): readonly ShellVariable[] {
  const items = document.entries.filter((one) => one.path.length === 4 && one.path[1] === path[1] && one.path[2] === 'env');
  return items.flatMap((item): readonly ShellVariable[] => {
    const [word] = argumentCommand([item]).words;
    const assigned = word && splitAssignmentWord(word);
    if (word === undefined || assigned?.name === undefined || assigned.value === undefined) return [];
    return [{ name: assigned.name, value: assigned.value, assignment: word.range, exported: true }];
  });
}

/** The lines as one command. */
function joined(commands: readonly CommandLine[], environment: readonly ShellVariable[]): CommandLine | undefined {
  const [first] = commands;
  const last = commands.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const words = commands.flatMap((command) => command.words);
  return { ...first, words, range: { start: first.range.start, end: last.range.end }, environment: [...environment, ...first.environment] };
}
