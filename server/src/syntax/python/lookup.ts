/** Names, attributes and subscripts: from `cfg.model.hidden` or `SIZES["7b"][0]` to a value. */
import type { Range } from '../../core/origin.ts';
import type { PythonArgument, PythonValue } from '../python-module.ts';
import { importedClass, moduleNamed } from './kept-modules.ts';
import { type Machine, shortText, textOf } from './machine.ts';
import type { Step } from './scope.ts';
import { fieldOf, type Node, namedKids } from './tree.ts';
import { computed, hiddenBy, nameOf, seenAt, unknownValue } from './values.ts';

/** A name with the steps that follow it, when each is an attribute or a subscript by a known key. */
export interface Path {
  readonly root: string;
  readonly steps: readonly Step[];
}

export function pathOf(machine: Machine, node: Node): Path | undefined {
  if (node.type === 'identifier') return { root: textOf(machine, node), steps: [] };
  const object = fieldOf(node, node.type === 'attribute' ? 'object' : 'value');
  const inner = object && pathOf(machine, object);
  if (!inner) return undefined;
  const step = stepOf(machine, node);
  return step && { root: inner.root, steps: [...inner.steps, step] };
}

function stepOf(machine: Machine, node: Node): Step | undefined {
  if (node.type === 'attribute') {
    const attribute = fieldOf(node, 'attribute');
    return attribute && { key: textOf(machine, attribute), isSubscript: false };
  }
  if (node.type !== 'subscript') return undefined;
  const keys = node.kids.filter((kid) => kid.field === 'subscript');
  const key = keys.length === 1 && keys[0] && keys[0].type !== 'slice' ? machine.evaluate(machine, keys[0]) : undefined;
  return key?.kind === 'scalar' ? { key: String(key.scalar), isSubscript: true } : undefined;
}

export function spell({ root, steps }: Path): string {
  return [root, ...steps.map((step) => step.key)].join('.');
}

export function readName(machine: Machine, node: Node): PythonValue {
  const name = textOf(machine, node);
  const value = machine.scope.get(name);
  return value ? seenAt(value, node) : nameOf(node, name);
}

/** An attribute or a subscript. */
export function readMember(machine: Machine, node: Node): PythonValue {
  const path = pathOf(machine, node);
  const found = path && machine.scope.find(path.root, path.steps);
  if (path && found) return seenAt(follow(machine, found.value, found.rest, path, node), node);
  if (path) return seenAt(follow(machine, nameOf(node, path.root), path.steps, path, node), node);
  const object = fieldOf(node, node.type === 'attribute' ? 'object' : 'value');
  const value = object ? machine.evaluate(machine, object) : unknownValue(node, [], 'nothing stands before this');
  const step = stepOf(machine, node);
  if (step) return seenAt(member(machine, value, step, node, shortText(machine, node)), node);
  return sliced(machine, node, value);
}

function follow(machine: Machine, start: PythonValue, steps: readonly Step[], path: Path, place: Range): PythonValue {
  const spelling = spell(path);
  return steps.reduce((value, step) => {
    // What the script has put into the environment itself is known by its full path.
    const own = value.kind === 'name' ? machine.scope.find(...environmentPath(value.name, step)) : undefined;
    return own?.rest.length === 0 ? own.value : member(machine, value, step, place, spelling);
  }, start);
}

function environmentPath(name: string, step: Step): [string, readonly Step[]] {
  return name === 'os.environ' ? ['os', [{ key: 'environ', isSubscript: false }, step]] : ['', []];
}

function entryNamed(items: readonly PythonArgument[], key: string): PythonValue | undefined {
  const index = items.findLastIndex((item) => item.name === key);
  const isCovered = items.slice(index + 1).some((item) => item.name === '**');
  return index < 0 || isCovered ? undefined : items[index]?.value;
}

/** The value of a class's field as its class statement, or that of a base in this file, gives it. */
function fieldOfClass(machine: Machine, name: string, key: string, depth = 0): PythonValue | undefined {
  const known = machine.classes.findLast((candidate) => candidate.name === name) ?? importedClass(machine, name);
  if (!known || depth > 8) return undefined;
  const field = known.fields.findLast(({ target }) => target === key);
  if (!field) return firstOf(known.bases, (base) => fieldOfClass(machine, base, key, depth + 1));
  return field.conditional || field.value.kind === 'call' ? undefined : field.value;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function member(machine: Machine, value: PythonValue, step: Step, place: Range, spelling: string): PythonValue {
  const { key } = step;
  if (value.kind === 'dict')
    return entryNamed(value.items, key) ?? unknownValue(place, [spelling], `\`${key}\` is not a key of this dict here`);
  if (value.kind === 'list' && step.isSubscript) {
    return value.items.at(Number(key)) ?? unknownValue(place, [spelling], `this list has no item ${key}`);
  }
  if (value.kind === 'scalar' && typeof value.scalar === 'string' && step.isSubscript) {
    const letter = value.scalar.at(Number(key));
    if (letter !== undefined) return computed(place, letter, [value]);
  }
  if (value.kind === 'call') {
    const { callee } = value.call;
    const given = step.isSubscript ? undefined : (entryNamed(value.call.arguments, key) ?? fieldOfClass(machine, callee, key));
    return given ?? unknownValue(place, [spelling], `\`${callee}(...)\` does not say what \`${key}\` is in this file`);
  }
  if (value.kind === 'name') {
    if (!step.isSubscript) {
      const own = fieldOfClass(machine, value.name, key) ?? moduleNamed(machine, value.name)?.scope.get(key);
      return own ?? nameOf(place, `${value.name}.${key}`);
    }
    if (value.name === 'os.environ') return fromEnvironment(place, key, undefined);
    return unknownValue(place, [spelling], `\`${value.name}\` has no value in this file`);
  }
  if (value.kind !== 'unknown') return hiddenBy(place, [value], `\`${key}\` of this is not known`);
  const isEnvironment = value.unknown.some((name) => name.startsWith('$'));
  return unknownValue(place, isEnvironment ? value.unknown : [spelling], value.why);
}

export function fromEnvironment(place: Range, variable: string, fallback: PythonValue | undefined): PythonValue {
  const text = fallback?.kind === 'scalar' ? `; without it, the value here is ${JSON.stringify(fallback.scalar)}` : '';
  return unknownValue(place, [`$${variable}`], `it comes from the environment variable ${variable}${text}`);
}

/** `value[a:b]` of a known list or text; other subscripts are evaluated for the calls in them. */
function sliced(machine: Machine, node: Node, value: PythonValue): PythonValue {
  const [slice, ...more] = node.kids.filter((kid) => kid.field === 'subscript');
  if (slice?.type !== 'slice' || more.length > 0) {
    const keys = node.kids.filter((kid) => kid.field === 'subscript').map((kid) => machine.evaluate(machine, kid));
    return hiddenBy(node, [value, ...keys], `\`${shortText(machine, node)}\` is not followed`);
  }
  const bounds = namedKids(slice).map((kid) => machine.evaluate(machine, kid));
  const colons = slice.kids.filter((kid) => kid.type === ':').length;
  const numbers = bounds.map((bound) => (bound.kind === 'scalar' && typeof bound.scalar === 'number' ? bound.scalar : Number.NaN));
  const isPlain = colons === 1 && numbers.every(Number.isInteger);
  const isOpenStart = slice.kids[0]?.type === ':';
  const [from, to] = isOpenStart ? [undefined, numbers[0]] : numbers;
  if (isPlain && value.kind === 'list')
    return { ...value, items: value.items.slice(from, to), range: { start: node.start, end: node.end } };
  if (isPlain && value.kind === 'scalar' && typeof value.scalar === 'string') return computed(node, value.scalar.slice(from, to), [value]);
  return hiddenBy(node, [value, ...bounds], `\`${shortText(machine, node)}\` is not followed`);
}
