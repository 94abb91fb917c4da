/**
 * Words of a server's command that a deployment makes of its own keys, as its controller or chart would: each word stands where
 * the key and its value stand, so that the engine's reader tells the places.
 */
import type { Range } from '../../core/origin.ts';
import type { CommandLine, ConfigDocument, ShellVariable, Word } from '../../syntax/document.ts';
import { argumentCommand, argumentDocument, embeddedDocument, entryVariable } from '../../syntax/embedded.ts';
import { childrenOf, itemEntries, type TreeNode, textOf } from '../carriers/tree.ts';
import { wordAt } from '../carriers/variables.ts';

/** Words nobody wrote, at the place that stands for them. */
export const wordsAt = (range: Range, ...texts: readonly string[]): readonly Word[] => texts.map((text) => wordAt(text, range));

/** The value of a key as one word. */
export function valueWord(node: TreeNode, before: readonly ShellVariable[] = []): Word | undefined {
  return node.entry && entryVariable(String(node.name), node.entry, before).value;
}

/** `tensor: 8` as `--tensor-parallel-size 8`; a key that is true as the flag alone, and one that is false as `off`, when there is one. */
export function flagOf(node: TreeNode | undefined, flag: string, off?: string): readonly Word[] {
  const entry = node?.entry;
  if (!entry || entry.scalar === null || entry.style === 'container') return [];
  if (entry.scalar === true || entry.scalar === 'true') return [wordAt(flag, entry.key)];
  if (entry.scalar === false || entry.scalar === 'false') return off === undefined ? [] : [wordAt(off, entry.key)];
  const value = valueWord(node);
  return value ? [wordAt(flag, entry.key), value] : [];
}

/** The items of a list as words, each one as it is. */
export function itemWords(node: TreeNode | undefined, before: readonly ShellVariable[] = []): readonly Word[] {
  const entries = itemEntries(node);
  return entries.length === 0 ? [] : argumentCommand(entries, before).words;
}

/** A text, or each item of a list, split into words as a shell would. */
export function splitWords(document: ConfigDocument, node: TreeNode | undefined, before: readonly ShellVariable[] = []): readonly Word[] {
  const nodes = childrenOf(node).length > 0 ? childrenOf(node) : node ? [node] : [];
  return nodes.flatMap((one) => {
    if (!one.entry || textOf(one) === undefined) return [];
    return embeddedDocument(document, one.entry, 'shell', before).commands.flatMap(({ words }) => words);
  });
}

/** A document with one command, which runs in an image. */
export function commandDocument(
  document: ConfigDocument,
  words: readonly Word[],
  environment: readonly ShellVariable[],
  image?: TreeNode,
): ConfigDocument {
  const range = words[0]?.range ?? { start: 0, end: 0 };
  const command: CommandLine = { words, range, environment, conditional: false };
  const base = argumentDocument(document, []);
  const name = textOf(image);
  const directives =
    name === undefined || !image?.entry
      ? []
      : [{ prefix: 'FROM', name: '', text: name, key: image.entry.key, value: image.entry.value } as const];
  return { ...base, commands: [command], variables: environment, directives };
}
