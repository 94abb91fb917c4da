/** Shell variables, and what is known of them after branches that may or may not have run. */
import { derivedPiece, type Field, literalPiece, type Piece, textOf, unknownNames, unknownPiece, withPieces } from './piece.ts';

export interface Variable {
  /** A scalar holds one element under the key `0`, as in bash. */
  readonly elements: ReadonlyMap<string, Field>;
  readonly isArray: boolean;
  readonly exported: boolean;
  /** True after `unset`: known to have no value, unlike a name the file never mentions. */
  readonly unset: boolean;
}

export type Variables = Map<string, Variable>;

export function scalarVariable(field: Field, exported: boolean): Variable {
  return { elements: new Map([['0', field]]), isArray: false, exported, unset: false };
}

export function arrayVariable(elements: ReadonlyMap<string, Field>, exported: boolean): Variable {
  return { elements, isArray: true, exported, unset: false };
}

/** Names that are set from outside the file: positional parameters, the script's own options, variables the file never assigns. */
export function isOutsideName(name: string): boolean {
  return /^\$?[0-9@*#]+$/.test(name) || /^--?\w[\w-]*$/.test(name) || /^[A-Za-z_]\w*$/.test(name);
}

/** True when nothing but positional parameters and the caller's environment hides the value. */
export function hiddenByCaller(pieces: readonly Piece[]): boolean {
  const names = unknownNames(pieces);
  return names.length > 0 && names.every(isOutsideName);
}

/** One way the script may have gone. */
export interface Outcome {
  readonly variables: Variables;
  /** Names the branch only ran for because they were empty, so what it gave them is their default. */
  readonly defaulted: ReadonlySet<string>;
}

const optional = (piece: Piece): Piece => (piece.conditional ? piece : { ...piece, conditional: true });
const optionalField = (field: Field): Field => withPieces(field, field.pieces.map(optional));
const asDefault = (piece: Piece): Piece => (piece.fromDefault ? piece : { ...piece, fromDefault: true });
/** An empty default keeps an empty piece, so that a test on it still knows the value could come from outside. */
const orEmpty = ({ pieces, range: { end } }: Field): readonly Piece[] =>
  pieces.length > 0 ? pieces : [literalPiece('', { start: end, end }, false)];
const defaultField = (field: Field): Field => withPieces(field, orEmpty(field).map(asDefault));

function mapElements(variable: Variable, change: (field: Field) => Field): Variable {
  return { ...variable, elements: new Map([...variable.elements].map(([key, field]) => [key, change(field)])) };
}

const isEmpty = (variable: Variable): boolean =>
  variable.elements.size === 0 || [...variable.elements.values()].every((f) => textOf(f.pieces) === '');

const samePiece = (a: Piece | undefined, b: Piece | undefined): boolean =>
  a !== undefined && b !== undefined && (a === b || (a.text === b.text && a.value.start === b.value.start && a.value.end === b.value.end));

/** How many leading items two lists share, and then how many trailing ones. */
function shared<T>(
  a: readonly T[],
  b: readonly T[],
  same: (x: T | undefined, y: T | undefined) => boolean,
): { head: number; tail: number } {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && same(a[head], b[head])) head++;
  let tail = 0;
  while (tail < most - head && same(a[a.length - 1 - tail], b[b.length - 1 - tail])) tail++;
  return { head, tail };
}

const looksLikeOptions = (pieces: readonly Piece[]): boolean => /^\s*-/.test(pieces[0]?.text ?? '');

/** Joins two texts of which one extends the other, or which are alternative options; undefined when they are neither. */
function joinScalars(left: readonly Piece[], right: readonly Piece[]): readonly Piece[] | undefined {
  const filled = (pieces: readonly Piece[]): readonly Piece[] => pieces.filter((piece) => piece.text !== '');
  const [a, b] = [filled(left), filled(right)];
  const { head, tail } = shared(a, b, samePiece);
  const middleA = a.slice(head, a.length - tail);
  const middleB = b.slice(head, b.length - tail);
  const end = a.slice(a.length - tail);
  if (middleA.length === 0 || middleB.length === 0) {
    return [...a.slice(0, head), ...[...middleA, ...middleB].map(optional), ...end];
  }
  const [first] = middleB;
  if (!first || !looksLikeOptions(middleA) || !looksLikeOptions(middleB)) return undefined;
  const gap = literalPiece(' ', { start: first.value.start, end: first.value.start }, false);
  return [...a.slice(0, head), ...middleA.map(optional), gap, ...middleB.map(optional), ...end];
}

function joinArrays(a: Variable, b: Variable): Variable {
  const left = [...a.elements.values()];
  const right = [...b.elements.values()];
  const same = (x: Field | undefined, y: Field | undefined): boolean =>
    x !== undefined &&
    y !== undefined &&
    (x === y || (x.pieces.length === y.pieces.length && x.pieces.every((piece, i) => samePiece(piece, y.pieces[i]))));
  const { head, tail } = shared(left, right, same);
  const middle = [...left.slice(head, left.length - tail), ...right.slice(head, right.length - tail)].map(optionalField);
  const all = [...left.slice(0, head), ...middle, ...left.slice(left.length - tail)];
  return arrayVariable(new Map(all.map((field, index) => [String(index), field])), a.exported || b.exported);
}

function scalarField(variable: Variable): Field | undefined {
  return variable.elements.get('0');
}

const isDefault = ({ pieces }: Field): boolean => pieces.some((piece) => piece.fromDefault);

function joinTwo(name: string, a: Variable, b: Variable, hiddenBy: readonly string[]): Variable {
  if (a.isArray || b.isArray) return joinArrays(a, b);
  const left = scalarField(a);
  const right = scalarField(b);
  if (!left || !right) return left ? a : b;
  const exported = a.exported || b.exported;
  const leftText = textOf(left.pieces);
  const rightText = textOf(right.pieces);
  if (leftText !== undefined && leftText === rightText) return { ...(isDefault(left) ? a : b), exported };
  // An option loop overrides a default with a positional parameter: the default holds unless the caller says otherwise.
  if (leftText !== undefined && hiddenByCaller(right.pieces)) return { ...mapElements(a, defaultField), exported };
  if (rightText !== undefined && hiddenByCaller(left.pieces)) return { ...mapElements(b, defaultField), exported };
  const joined = joinScalars(left.pieces, right.pieces);
  if (joined) return scalarVariable({ pieces: joined, range: right.range }, exported);
  const names = hiddenBy.length > 0 ? hiddenBy : [name];
  const hidden = derivedPiece(undefined, right.range, [...left.pieces, ...right.pieces], names);
  return scalarVariable({ pieces: [{ ...hidden, unknown: names }], range: right.range }, exported);
}

/** The value of one name over all ways the script may have gone. `hiddenBy` names what decides the way. */
function joinVariable(name: string, outcomes: readonly Outcome[], hiddenBy: readonly string[]): Variable | undefined {
  const defaulting = outcomes.find((outcome) => outcome.defaulted.has(name) && outcome.variables.has(name));
  if (defaulting) {
    const given = defaulting.variables.get(name);
    return given && mapElements(given, defaultField);
  }
  let joined: Variable | undefined;
  let missing = false;
  for (const { variables } of outcomes) {
    const variable = variables.get(name);
    if (!variable || variable.unset) missing = true;
    else if (!joined) joined = variable;
    else if (joined !== variable) joined = joinTwo(name, joined, variable, hiddenBy);
  }
  if (!joined) return outcomes[0]?.variables.get(name);
  return missing && !isEmpty(joined) ? mapElements(joined, optionalField) : joined;
}

/** The variables after branches of which any one may have run. */
export function joinOutcomes(outcomes: readonly Outcome[], hiddenBy: readonly string[]): Variables {
  const [first] = outcomes;
  if (!first) return new Map();
  if (outcomes.length === 1) return first.variables;
  const result: Variables = new Map();
  for (const name of new Set(outcomes.flatMap((outcome) => [...outcome.variables.keys()]))) {
    const variable = first.variables.get(name);
    const same = outcomes.every((outcome) => outcome.variables.get(name) === variable);
    const joined = same ? variable : joinVariable(name, outcomes, hiddenBy);
    if (joined) result.set(name, joined);
  }
  return result;
}

/** Forgets an empty default that the script does not go on with. */
export function requireGiven(variables: Variables, name: string): void {
  const variable = variables.get(name);
  const field = variable && scalarField(variable);
  if (!field || !isDefault(field) || textOf(field.pieces) !== '') return;
  const value = unknownPiece([name], field.pieces[0]?.value ?? field.range);
  variables.set(name, scalarVariable({ pieces: [value], range: field.range }, variable.exported));
}

/** A value nobody in the file gives. */
export function outsideValue(name: string, range: Piece['value']): Piece {
  return unknownPiece([name], range);
}
