/**
 * YAML to ConfigDocument. Structure and ranges come from the `yaml` package, scalars are resolved with PyYAML's rules.
 *
 * Several documents in one file: the entries of the first have plain paths, those of the second start with `---1`,
 * those of the third with `---2`, and so on.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar as ScalarNode, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Range } from '../core/origin.ts';
import type { ConfigDocument, ConfigEntry, EntryPath, Problem, Scalar } from './document.ts';
import { dropOverridden } from './entries.ts';
import { parseYaml } from './yaml-parse.ts';
import { resolvePlain } from './yaml-scalars.ts';

/** Aliases may multiply a small file into a huge one: beyond this none is expanded. What is written out is as long as the file. */
const maxExpanded = 50_000;
/** Pairs that merges may look at: maps that bring nothing new can be merged again and again without ever adding an entry. */
const maxLooks = 500_000;
/** Maps that merge maps that merge maps. */
const maxMerges = 20;
const maxDepth = 200;
const maxProblems = 50;

interface Reading {
  readonly text: string;
  readonly entries: ConfigEntry[];
  readonly problems: Problem[];
  readonly anchors: Map<string, Node>;
  /** Nodes being read, to notice an alias that holds itself. */
  readonly open: Set<Node>;
  /** How many aliases and merges stand around what is read, and how many entries have come through them. */
  expanding: number;
  expanded: number;
  /** How many pairs merges have looked at. */
  looks: number;
}

function note(reading: Reading, range: Range, severity: Problem['severity'], code: string, message: string): void {
  if (reading.problems.length < maxProblems) reading.problems.push({ range, severity, code, message });
}

/** Where a node is written, without the space and comments after it. */
function rangeOf(reading: Reading, node: Node | null, otherwise: number): Range {
  if (!node?.range) return { start: otherwise, end: otherwise };
  const [start, end] = node.range;
  const written = isScalar(node) ? end : start + reading.text.slice(start, end).trimEnd().length;
  return { start, end: Math.max(start, written) };
}

function isPlain(node: ScalarNode): boolean {
  return node.type === 'PLAIN' || node.type === undefined;
}

function scalarOf(reading: Reading, node: ScalarNode, range: Range): Scalar {
  const text = typeof node.value === 'string' ? node.value : '';
  const tag = node.tag;
  if (tag === 'tag:yaml.org,2002:str' || (!isPlain(node) && !/:(int|float|bool|null)$/.test(tag ?? ''))) return text;
  const value = resolvePlain(text);
  const isOverflow = typeof value === 'number' && !Number.isFinite(value) && !/[iI][nN][fF]|[nN][aA][nN]/.test(text);
  if (isOverflow) note(reading, range, 'error', 'number-out-of-range', 'This number is too large to be represented.');
  return value;
}

/** The node an alias stands for, or undefined with a problem when there is none or it would hold itself. */
function target(reading: Reading, node: Node, range: Range): Node | undefined {
  if (!isAlias(node)) return node;
  const found = reading.anchors.get(node.source);
  if (!found) {
    note(reading, range, 'error', 'unknown-anchor', `There is no anchor "&${node.source}" above this alias.`);
    return undefined;
  }
  if (!reading.open.has(found)) return found;
  note(
    reading,
    range,
    'error',
    'cyclic-anchor',
    `This alias stands inside the anchor "&${node.source}" that it refers to, so it would never end.`,
  );
  return undefined;
}

function add(reading: Reading, path: EntryPath, key: Range, value: Range, scalar: Scalar | undefined, style: ConfigEntry['style']): void {
  if (reading.expanding > 0 && reading.expanded++ >= maxExpanded) {
    const message = `Aliases expand to more than ${maxExpanded} entries; the rest of them is not read.`;
    if (reading.expanded === maxExpanded + 1) note(reading, key, 'warning', 'too-many-entries', message);
    return;
  }
  reading.entries.push({ path, key, value, raw: reading.text.slice(value.start, value.end), scalar, style });
}

function expand(reading: Reading, read: () => void): void {
  reading.expanding++;
  read();
  reading.expanding--;
}

/** Reads one value; `key` is undefined at the root of a document, which is no entry. */
function readValue(reading: Reading, node: Node | null, path: EntryPath, key: Range | undefined, otherwise: number): void {
  if (reading.expanding > 0 && reading.expanded > maxExpanded) return;
  const written = rangeOf(reading, node, otherwise);
  const value = node ? target(reading, node, written) : null;
  if (value && !isAlias(value) && value.anchor && value === node) reading.anchors.set(value.anchor, value);
  if (isMap(value) || isSeq(value)) {
    if (key) add(reading, path, key, rangeOf(reading, value, otherwise), undefined, 'container');
    if (value === node) readItems(reading, value, path, written);
    else expand(reading, () => readItems(reading, value, path, written));
  } else if (key && isScalar(value)) {
    const range = rangeOf(reading, value, otherwise);
    add(reading, path, key, range, scalarOf(reading, value, range), isPlain(value) ? 'plain' : 'quoted');
  } else if (key) {
    const isMissing = value === null;
    add(reading, path, key, written, isMissing ? null : undefined, isMissing ? 'plain' : 'container');
  }
}

function readItems(reading: Reading, value: YAMLMap | YAMLSeq, path: EntryPath, written: Range): void {
  if (reading.open.has(value)) {
    // Met again inside itself by way of a merge, whose map is not open.
    note(reading, written, 'error', 'cyclic-anchor', 'This value is merged into itself, so it would never end.');
    return;
  }
  if (reading.open.size >= maxDepth) {
    note(reading, written, 'warning', 'nested-too-deep', `Values nested deeper than ${maxDepth} levels are not read.`);
    return;
  }
  reading.open.add(value);
  if (isMap(value)) readMap(reading, value, path);
  else {
    for (const [index, item] of value.items.entries()) {
      const child = item as Node | null;
      readValue(reading, child, [...path, index], rangeOf(reading, child, written.end), written.end);
    }
  }
  reading.open.delete(value);
}

type MapPair = Pair<unknown, unknown>;

/** The key as text; keys that are themselves lists or maps have none. */
function keyText(pair: MapPair): string | undefined {
  if (pair.key === null) return '';
  return isScalar(pair.key) ? String(pair.key.value ?? '') : undefined;
}

const isMerge = (pair: MapPair): boolean => isScalar(pair.key) && pair.key.value === '<<' && isPlain(pair.key);

/** The maps a `<<` refers to, in order of precedence. */
function mergedMaps(reading: Reading, pair: MapPair): readonly YAMLMap[] {
  const node = pair.value as Node | null;
  if (!node) return [];
  const range = rangeOf(reading, node, 0);
  const resolved = target(reading, node, range);
  const items = isSeq(resolved) ? (resolved.items as Node[]).map((item) => target(reading, item, rangeOf(reading, item, 0))) : [resolved];
  return items.flatMap((item) => {
    if (isMap(item)) return [item];
    if (item) note(reading, range, 'error', 'merge-without-map', '`<<` needs a map, or a list of maps, to merge.');
    return [];
  });
}

/** What a map has so far: its own keys and those that came by merges, and the maps they came from. */
interface Merging {
  readonly taken: Set<string>;
  readonly seen: Set<YAMLMap>;
}

/** Pairs that a merge brings in and that nothing before it overrides. */
function inherited(reading: Reading, pair: MapPair, merging: Merging, depth: number): readonly MapPair[] {
  if (!mayMerge(reading, pair, depth)) return [];
  return mergedMaps(reading, pair).flatMap((map) => {
    // The second time a map brings nothing new, and neither do those that it merges.
    if (merging.seen.has(map)) return [];
    merging.seen.add(map);
    reading.looks += map.items.length + 1;
    const added = map.items.filter((item) => !isMerge(item) && !merging.taken.has(keyText(item) ?? ''));
    for (const item of added) merging.taken.add(keyText(item) ?? '');
    return [...added, ...map.items.filter(isMerge).flatMap((item) => inherited(reading, item, merging, depth + 1))];
  });
}

/** Merges multiply as aliases do: beyond a number of levels or of steps they are not followed, which is told once, where that begins. */
function mayMerge(reading: Reading, { key }: MapPair, depth: number): boolean {
  if (reading.expanded > maxExpanded) return false;
  reading.looks += 1;
  const message =
    depth > maxMerges
      ? `Maps that merge each other over more than ${maxMerges} levels are not followed further.`
      : reading.looks > maxLooks
        ? 'Merges take too many steps; this one and those after it are not read.'
        : undefined;
  const isTold = reading.problems.some((problem) => problem.message === message);
  if (message !== undefined && !isTold) note(reading, rangeOf(reading, key as Node | null, 0), 'warning', 'too-many-entries', message);
  return message === undefined;
}

function readMap(reading: Reading, map: YAMLMap, path: EntryPath): void {
  const taken = new Set(map.items.flatMap((pair) => (isMerge(pair) ? [] : [keyText(pair) ?? ''])));
  const merging: Merging = { taken, seen: new Set() };
  for (const pair of map.items) {
    if (!isMerge(pair)) {
      readPair(reading, pair, path);
      continue;
    }
    for (const item of inherited(reading, pair, merging, 0)) expand(reading, () => readPair(reading, item, path));
  }
}

function readPair(reading: Reading, pair: MapPair, path: EntryPath): void {
  const name = keyText(pair);
  const keyNode = pair.key as Node | null;
  const key = rangeOf(reading, keyNode, 0);
  if (isScalar(keyNode) && keyNode.anchor) reading.anchors.set(keyNode.anchor, keyNode);
  const colon = reading.text.indexOf(':', key.end);
  const afterKey = colon >= 0 && reading.text.slice(key.end, colon).trim() === '' ? colon + 1 : key.end;
  readValue(reading, pair.value as Node | null, [...path, name ?? reading.text.slice(key.start, key.end)], key, afterKey);
}

const templateBranch = /\{\{-?\s*(?:if|else|range|with)\b|\{%-?\s*(?:if|else|for)\b/;

/** Reads YAML text. Never throws; ranges are UTF-16 offsets. A later duplicate key replaces an earlier one. */
export function readYaml(uri: string, text: string): ConfigDocument {
  const base = { uri, format: 'yaml', text, commands: [], variables: [], directives: [], heredocs: [] } as const;
  const parsed = parseYaml(text);
  if (!parsed) {
    const message = 'This file is nested too deeply to be read.';
    return {
      ...base,
      entries: [],
      problems: [{ range: { start: 0, end: Math.min(1, text.length) }, severity: 'error', code: 'nested-too-deep', message }],
    };
  }
  const reading: Reading = { text, entries: [], problems: [], anchors: new Map(), open: new Set(), expanding: 0, expanded: 0, looks: 0 };
  const clamp = (offset: number): number => Math.min(Math.max(offset, 0), text.length);
  for (const { start, end, message } of parsed.errors) {
    note(reading, { start: clamp(start), end: Math.max(clamp(start), clamp(end)) }, 'error', 'syntax-error', message);
  }
  for (const [index, document] of parsed.documents.entries()) {
    reading.anchors.clear();
    try {
      readValue(reading, document.contents as Node | null, index === 0 ? [] : [`---${index}`], undefined, 0);
    } catch {
      // A text nested as deep as this in several ways at once ends the stack before the limit of levels is met.
      note(
        reading,
        { start: 0, end: Math.min(1, text.length) },
        'warning',
        'nested-too-deep',
        'The rest of this file is nested too deeply to be read.',
      );
    }
  }
  const { kept, problems: twice } = dropOverridden(reading.entries);
  // Of the branches of a template only one stays.
  const problems = templateBranch.test(text) ? [] : twice;
  return { ...base, entries: kept, problems: [...reading.problems, ...problems].sort((a, b) => a.range.start - b.range.start) };
}
