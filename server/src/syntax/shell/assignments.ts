/** `NAME=value` in all its forms: plain, appended, arrays, single elements, and in front of a command. */
import type { ShellVariable } from '../document.ts';
import { type Machine, rangeOf, textOfNode } from './machine.ts';
import { type Field, literalPiece, type Piece, textOf, unknownPiece, withPieces, wordOf } from './piece.ts';
import { arrayVariable, scalarVariable, type Variable } from './scope.ts';
import { kidOf, type Node } from './tree.ts';
import { fieldsOf, piecesOf, wholeField } from './words.ts';

interface Assigned {
  readonly name: string;
  readonly variable: Variable;
  readonly record: ShellVariable;
}

/** Pieces as they are kept in a variable. */
export const kept = (piece: Piece): Piece => (piece.splittable ? { ...piece, splittable: false } : piece);

function listElements(machine: Machine, array: Node, before: ReadonlyMap<string, Field>): Map<string, Field> {
  const elements = new Map(before);
  let next = elements.size;
  for (const kid of array.kids) {
    if (kid.type === '(' || kid.type === ')' || kid.type === 'comment' || kid.missing) continue;
    const keyed = /^\[([^\]]*)\]=/.exec(textOfNode(machine, kid));
    if (keyed) {
      elements.set(keyedName(keyed[1] ?? ''), keyedElement(machine, kid, keyed[0].length));
      continue;
    }
    for (const field of fieldsOf(machine, kid)) elements.set(String(next++), withPieces(field, field.pieces.map(kept)));
  }
  return elements;
}

const keyedName = (key: string): string => key.replace(/^(["'])(.*)\1$/, '$2');

/** The value of `[key]=value`: the element's pieces after the `=`. */
function keyedElement(machine: Machine, node: Node, skip: number): Field {
  const value = { ...node, start: node.start + skip, kids: node.kids.filter((kid) => kid.start >= node.start + skip) };
  const rest = { ...value, type: value.kids.length > 0 || node.type === 'concatenation' ? 'concatenation' : 'word' };
  return { pieces: piecesOf(machine, rest).map(kept), range: rangeOf(machine, value) };
}

function joinedField(elements: ReadonlyMap<string, Field>, field: Field): Field {
  const gap = literalPiece(' ', { start: field.range.end, end: field.range.end }, false);
  return {
    range: field.range,
    pieces: [...elements.values()].flatMap((element, index) => (index === 0 ? element.pieces : [gap, ...element.pieces])),
  };
}

/** Elements of an indexed array in the order of their indexes; `A[1]=x` may come before `A[0]=y`. */
function inOrder(elements: Map<string, Field>): ReadonlyMap<string, Field> {
  const entries = [...elements];
  if (!entries.every(([key]) => /^\d+$/.test(key))) return elements;
  return new Map(entries.sort(([a], [b]) => Number(a) - Number(b)));
}

function assignedValue(
  machine: Machine,
  name: string,
  key: string | undefined,
  value: Node | undefined,
  node: Node,
  appends: boolean,
): [Variable, Field] {
  const before = machine.variables.get(name);
  const exported = before?.exported === true || machine.exportAll;
  const end = rangeOf(machine, node).end;
  if (value?.type === 'array') {
    const elements = listElements(machine, value, appends && before ? before.elements : new Map());
    return [arrayVariable(elements, exported), joinedField(elements, { pieces: [], range: rangeOf(machine, value) })];
  }
  const empty = { start: end, end };
  const given: Field = value ? wholeField(machine, value) : { pieces: [literalPiece('', empty, true)], range: empty };
  const old = before?.elements.get(key ?? '0');
  const pieces = appends && old ? [...old.pieces, ...given.pieces] : given.pieces;
  const field = { pieces: pieces.length > 1 ? pieces.filter((piece) => piece.text !== '') : pieces, range: given.range };
  if (key === undefined && !before?.isArray) return [scalarVariable(field, exported), given];
  return [arrayVariable(inOrder(new Map(before?.elements).set(key ?? '0', field)), exported), given];
}

function assigned(machine: Machine, node: Node): Assigned | undefined {
  const target = node.kids.find((kid) => kid.field === 'name');
  if (!target) return undefined;
  const nameNode = target.type === 'subscript' ? target.kids[0] : target;
  const name = nameNode ? textOfNode(machine, nameNode) : '';
  if (!/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const index = target.type === 'subscript' ? target.kids.find((kid) => kid.field === 'index') : undefined;
  const key = index ? (textOf(wholeField(machine, index).pieces) ?? '?') : undefined;
  const appends = kidOf(node, '+=') !== undefined;
  const value = node.kids.find((kid) => kid.field === 'value' && !kid.missing);
  const [variable, field] = assignedValue(machine, name, key, value, node, appends);
  const record = { name, value: wordOf(field), assignment: rangeOf(machine, node), exported: variable.exported };
  return { name, variable, record };
}

/** Runs an assignment. */
export function assign(machine: Machine, node: Node, exported = false): string | undefined {
  const done = assigned(machine, node);
  if (!done) return undefined;
  const variable = exported && !done.variable.exported ? { ...done.variable, exported: true } : done.variable;
  machine.variables.set(done.name, variable);
  machine.found.variables.set(done.record.assignment.start, { ...done.record, exported: variable.exported });
  return done.name;
}

/** Reads `NAME=value` in front of a command, which only that command sees. */
export function prefixVariable(machine: Machine, node: Node): ShellVariable | undefined {
  const done = assigned(machine, node);
  return done && { ...done.record, exported: true };
}

/** Makes a variable unknown, as `read NAME` does. */
export function forget(machine: Machine, name: string, node: Node, by: string): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) return;
  const range = rangeOf(machine, node);
  machine.variables.set(
    name,
    scalarVariable({ pieces: [unknownPiece([by], range)], range }, machine.variables.get(name)?.exported ?? false),
  );
}

function optionLetters(machine: Machine, node: Node): string {
  return node.kids
    .map((kid) => (kid.type === 'word' ? textOfNode(machine, kid) : ''))
    .filter((word) => word.startsWith('-'))
    .join('');
}

/** `export`, `declare`, `local`, `readonly` and `typeset`. */
export function declareVariables(machine: Machine, node: Node): void {
  const keyword = node.kids[0]?.type ?? '';
  const options = optionLetters(machine, node);
  const exported = (keyword === 'export' && !options.includes('n')) || options.includes('x');
  const locals = keyword === 'export' || keyword === 'readonly' ? undefined : machine.locals.at(-1);
  for (const kid of node.kids) {
    const isAssignment = kid.type === 'variable_assignment';
    if (!isAssignment && kid.type !== 'variable_name') continue;
    const nameNode = isAssignment ? kid.kids.find((part) => part.field === 'name') : kid;
    const name = nameNode ? textOfNode(machine, nameNode) : '';
    if (locals && !locals.has(name)) locals.set(name, machine.variables.get(name));
    if (isAssignment) assign(machine, kid, exported);
    else if (exported) exportName(machine, name);
    else if (locals) machine.variables.delete(name);
  }
}

function exportName(machine: Machine, name: string): void {
  const variable = machine.variables.get(name);
  if (!variable || variable.exported) return;
  machine.variables.set(name, { ...variable, exported: true });
  let last: [number, ShellVariable] | undefined;
  for (const entry of machine.found.variables) if (entry[1].name === name) last = entry;
  if (last) machine.found.variables.set(last[0], { ...last[1], exported: true });
}

/** `unset NAME...`. */
export function unsetVariables(machine: Machine, node: Node): void {
  for (const kid of node.kids) {
    if (kid.type !== 'variable_name') continue;
    machine.variables.set(textOfNode(machine, kid), { elements: new Map(), isArray: false, exported: false, unset: true });
  }
}
