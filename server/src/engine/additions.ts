/** Where a new property goes, and what must be written around it. */
import type { Range } from '../core/origin.ts';
import type { ConfigDocument } from '../syntax/document.ts';
import type { TextChange } from './analysis.ts';
import { addTomlKey } from './toml-edits.ts';
import { addYamlKey } from './yaml-edits.ts';

/**
 * Adds a property to a JSON, YAML or TOML document: inside the deepest block of it that is there already, else at the top.
 * `spelt` is the property with the blocks it stands in, e.g. `"zero_optimization": { "stage": 2 }`.
 */
export function addProperty(document: ConfigDocument, spelt: string): TextChange | undefined {
  let rest: unknown;
  try {
    rest = JSON.parse(`{${spelt}}`);
  } catch {
    return undefined;
  }
  if (document.format === 'yaml' || document.format === 'toml') {
    const [path, value] = pathOf(rest);
    return document.format === 'yaml' ? addYamlKey(document, path, value) : addTomlKey(document, path, value);
  }
  return document.format === 'json' ? addJsonProperty(document, rest) : undefined;
}

/** The blocks a property stands in with its own name last, and its value. */
function pathOf(spelt: unknown): readonly [readonly string[], unknown] {
  const path: string[] = [];
  let value = spelt;
  while (isBlock(value)) {
    const [entry] = Object.entries(value);
    if (!entry) break;
    path.push(entry[0]);
    value = entry[1];
  }
  return [path, value];
}

function addJsonProperty(document: ConfigDocument, spelt: unknown): TextChange | undefined {
  let rest = spelt;
  let brace = document.text.indexOf('{');
  const path: string[] = [];
  while (isBlock(rest)) {
    const [entry] = Object.entries(rest);
    if (!entry || !isBlock(entry[1])) break;
    const block = blockAt(document, [...path, entry[0]]);
    if (!block) break;
    path.push(entry[0]);
    brace = block.start;
    rest = entry[1];
  }
  if (brace < 0 || !isBlock(rest)) return undefined;
  const [property] = Object.entries(rest);
  return property && insertAfterBrace(document, brace, property);
}

const isBlock = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function blockAt(document: ConfigDocument, path: readonly string[]): Range | undefined {
  const entry = document.entries.findLast((one) => one.path.length === path.length && path.every((part, i) => one.path[i] === part));
  return entry && document.text[entry.value.start] === '{' ? entry.value : undefined;
}

/** First in its block, on a line of its own when the block's other properties stand so. */
function insertAfterBrace(document: ConfigDocument, brace: number, [key, value]: readonly [string, unknown]): TextChange {
  const at = brace + 1;
  const space = /^\s*/.exec(document.text.slice(at))?.[0] ?? '';
  const isEmpty = document.text[at + space.length] === '}';
  const written = `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  const newText = isEmpty ? ` ${written} `.slice(0, space === '' ? undefined : -1) : `${space === '' ? '' : space}${written},`;
  return { uri: document.uri, range: { start: at, end: at }, newText };
}
