/** The statements of a kernel as facts, each with the loops and conditions around it. */
import type {
  Access,
  Call,
  Condition,
  Division,
  DoubleLiteral,
  KernelBody,
  LocalArray,
  LocalValue,
  Loop,
  Operation,
  Setting,
} from '../../core/kernels/body.ts';
import type { Expression } from '../../core/kernels/expression.ts';
import type { Range } from '../../core/origin.ts';
import { toExpression } from './expressions.ts';
import { fieldOf, fieldsOf, type Node, namedKids, textOf } from './tree.ts';

type Lists = { readonly [K in keyof KernelBody]: KernelBody[K] extends readonly (infer Item)[] ? Item[] : never };

interface Reading {
  readonly source: string;
  readonly macros: CastMacros;
  /** The type a macro around the place takes an element as. */
  readonly as?: string;
  readonly found: Lists;
  /** Where arithmetic goes; absent where nobody asks for it, as after a keystroke. */
  readonly operations?: Operation[];
}

const rangeOf = ({ start, end }: Node): Range => ({ start, end });

/** `2.0`, `1e-5`, `.5`: without a letter behind it a number with a point is fp64. */
const doubleLiteral = /^(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][+-]?\d+)?$/;

/** The step of `i += 8`, `++i` or `i = i + 8`. */
function stepOf(update: Node | undefined, source: string): Expression | undefined {
  if (!update) return undefined;
  if (update.type === 'update_expression')
    return { kind: 'number', value: textOf(update, source).includes('--') ? -1 : 1, text: textOf(update, source) };
  const [left, right] = [fieldOf(update, 'left'), fieldOf(update, 'right')];
  if (update.type !== 'assignment_expression' || !left || !right) return undefined;
  const operator = source.slice(left.end, right.start).trim();
  if (operator === '+=') return toExpression(right, source);
  if (operator !== '=' || right.type !== 'binary_expression') return undefined;
  const [first, second] = [fieldOf(right, 'left'), fieldOf(right, 'right')];
  return first && second && textOf(first, source) === textOf(left, source) ? toExpression(second, source) : undefined;
}

function loopOf(node: Node, before: Node | undefined, source: string): Loop {
  const body = fieldOf(node, 'body');
  const range = { start: node.start, end: body?.start ?? node.end };
  const pragma = source.slice(Math.max(0, (before?.start ?? node.start) - 1), node.start);
  const isUnrolled = /#\s*pragma\s+unroll(?!\s+1\b)|_Pragma\("unroll"\)/.test(pragma);
  if (node.type !== 'for_statement') return { isUnrolled, range };
  const initial = fieldOf(node, 'initializer');
  const declarator = initial && fieldOf(initial, 'declarator');
  const name = declarator && fieldOf(declarator, 'declarator');
  const value = declarator && fieldOf(declarator, 'value');
  const assigned = initial?.type === 'assignment_expression' ? initial : undefined;
  const variable = name ?? (assigned && fieldOf(assigned, 'left'));
  const start = value ?? (assigned && fieldOf(assigned, 'right'));
  const condition = fieldOf(node, 'condition');
  const limit = condition?.type === 'binary_expression' ? fieldOf(condition, 'right') : undefined;
  const step = stepOf(fieldOf(node, 'update'), source);
  return {
    ...(variable ? { variable: textOf(variable, source) } : {}),
    ...(start ? { start: toExpression(start, source) } : {}),
    ...(limit ? { limit: toExpression(limit, source) } : {}),
    ...(step ? { step } : {}),
    isUnrolled,
    range,
  };
}

/** `A`, or the array beneath `reinterpret_cast<float4*>(&A[i])`, with its indexes and the type it is taken as. */
function accessOf(node: Node, source: string): Pick<Access, 'array' | 'indexes' | 'as'> | undefined {
  const indexes: Expression[] = [];
  let inner: Node | undefined = node;
  while (inner?.type === 'subscript_expression') {
    const list = fieldOf(inner, 'indices');
    indexes.unshift(...(list ? namedKids(list).map((part) => toExpression(part, source)) : []));
    inner = fieldOf(inner, 'argument');
  }
  while (inner?.type === 'parenthesized_expression') inner = namedKids(inner)[0];
  if (!inner) return undefined;
  if (inner.type === 'identifier' || inner.type === 'field_expression') return { array: textOf(inner, source), indexes };
  const cast =
    /^(?:reinterpret_cast|static_cast)\s*<\s*(?:const\s+)?([\w:]+)(?:\s+const)?\s*(?:\*|&)/.exec(textOf(inner, source)) ??
    /^\(\s*(?:const\s+)?([\w:]+)\s*\*\s*\)/.exec(textOf(inner, source));
  const as = cast?.[1];
  const pointed = as === undefined ? undefined : addressIn(inner, source);
  return pointed && as !== undefined ? { array: pointed.array, indexes: pointed.indexes, as } : undefined;
}

/** The element whose address a cast takes: `&A[i]`, or `A + i`, or `A` itself. */
function addressIn(cast: Node, source: string): Pick<Access, 'array' | 'indexes'> | undefined {
  const list = fieldOf(cast, 'arguments');
  const value = fieldOf(cast, 'value') ?? (list && namedKids(list)[0]);
  if (!value) return undefined;
  if (value.type === 'pointer_expression') {
    const argument = fieldOf(value, 'argument');
    return argument && accessOf(argument, source);
  }
  if (value.type === 'subscript_expression') return accessOf(value, source);
  if (value.type === 'identifier') return { array: textOf(value, source), indexes: [{ kind: 'number', value: 0, text: '0' }] };
  const [left, right] = [fieldOf(value, 'left'), fieldOf(value, 'right')];
  if (value.type !== 'binary_expression' || left?.type !== 'identifier' || !right) return undefined;
  return { array: textOf(left, source), indexes: [toExpression(right, source)] };
}

function visitAccess(node: Node, kind: Access['kind'], setting: Setting, { source, found, as }: Reading): void {
  const plainAccess = accessOf(node, source);
  const access = plainAccess && as !== undefined ? { ...plainAccess, as } : plainAccess;
  if (access && access.indexes.length > 0) found.accesses.push({ ...access, kind, ...setting, range: rangeOf(node) });
}

const isConstexpr = (node: Node, source: string): boolean =>
  node.kids.some((kid) => kid.type === 'type_qualifier' && textOf(kid, source) === 'constexpr');

function visitDeclaration(node: Node, { source, found }: Reading): void {
  const text = textOf(node, source).replace(/^\s*\[\[[^\]]*\]\]/, '');
  if (/^[^=;[]*\b(?:__shared__|__constant__|static)\b/.test(text)) return;
  const type = fieldOf(node, 'type');
  const isConstant = isConstexpr(node, source);
  for (const declarator of fieldsOf(node, 'declarator')) {
    let array: Node | undefined = declarator.type === 'init_declarator' ? fieldOf(declarator, 'declarator') : declarator;
    const dimensions: Expression[] = [];
    while (array?.type === 'array_declarator') {
      const size = fieldOf(array, 'size');
      if (size) dimensions.unshift(toExpression(size, source));
      array = fieldOf(array, 'declarator');
    }
    if (array?.type === 'identifier' && dimensions.length > 0) {
      found.localArrays.push({
        name: textOf(array, source),
        type: type ? textOf(type, source) : '',
        dimensions,
        range: rangeOf(declarator),
      });
    } else if (!isConstant) found.localValues.push({ type: type ? textOf(type, source) : '', range: rangeOf(declarator) });
  }
}

const returns = (node: Node): boolean =>
  node.type === 'return_statement' ||
  (node.type === 'compound_statement' && namedKids(node).length > 0 && returns(namedKids(node).at(-1) ?? node));

const endsHere = (node: Node): boolean =>
  /^(?:return|break|continue)_statement$/.test(node.type) ||
  (node.type === 'compound_statement' && namedKids(node).length === 1 && namedKids(node).every(endsHere));

const conditionOf = (node: Node, source: string, isNegated: boolean, isExit = false): Condition => ({
  expression: toExpression(node, source),
  isNegated,
  isExit,
  range: rangeOf(node),
});

function visitIf(node: Node, setting: Setting, reading: Reading): Setting {
  const test = fieldOf(node, 'condition');
  const yes = fieldOf(node, 'consequence');
  const no = fieldOf(node, 'alternative');
  if (!test) return setting;
  visit(test, setting, reading);
  const within = (isNegated: boolean, isExit = false): Setting => ({
    ...setting,
    conditions: [...setting.conditions, conditionOf(test, reading.source, isNegated, isExit)],
  });
  if (yes) visit(yes, within(false), reading);
  if (no) visit(no, within(true), reading);
  return yes && !no && (endsHere(yes) || returns(yes)) ? within(true, returns(yes)) : setting;
}

function visitLoop(node: Node, before: Node | undefined, setting: Setting, reading: Reading): void {
  const loop = loopOf(node, before, reading.source);
  reading.found.loops.push(loop);
  const within = { ...setting, loops: [...setting.loops, loop] };
  for (const kid of node.kids) visit(kid, kid.field === 'initializer' ? setting : within, reading);
}

/** The element of `LDST128BITS(A[i]) = ...`: a macro that takes one element as another type. */
function elementInMacro(node: Node, { source, macros }: Reading): { readonly element: Node; readonly as: string } | undefined {
  const callee = node.type === 'call_expression' ? fieldOf(node, 'function') : undefined;
  const list = fieldOf(node, 'arguments');
  const [element, ...others] = list ? namedKids(list) : [];
  const as = callee && macros.get(textOf(callee, source));
  return as !== undefined && element?.type === 'subscript_expression' && others.length === 0 ? { element, as } : undefined;
}

function visitAssignment(node: Node, setting: Setting, whole: Reading): void {
  const [written, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  const cast = written && elementInMacro(written, whole);
  const left = cast?.element ?? written;
  const reading = cast ? { ...whole, as: cast.as } : whole;
  if (left) {
    const operator = right && written ? reading.source.slice(written.end, right.start).trim() : '';
    const isPlain = operator === '=';
    if (right && written && !isPlain) noteOperation(operator, written, right, setting, whole, node);
    if (left.type === 'subscript_expression') {
      visitAccess(left, 'write', setting, reading);
      if (!isPlain) visitAccess(left, 'read', setting, reading);
      visitIndexes(left, setting, reading);
    } else visit(left, setting, reading);
  }
  if (right) visit(right, setting, whole);
}

function noteOperation(operator: string, left: Node, right: Node, setting: Setting, { source, operations }: Reading, node: Node): void {
  if (!operations || !/^[-+*/]=?$/.test(operator)) return;
  operations.push({ operator, left: toExpression(left, source), right: toExpression(right, source), ...setting, range: rangeOf(node) });
}

/** What stands inside the brackets, which may read other arrays. */
function visitIndexes(node: Node, setting: Setting, reading: Reading): void {
  for (let inner: Node | undefined = node; inner?.type === 'subscript_expression'; inner = fieldOf(inner, 'argument')) {
    const list = fieldOf(inner, 'indices');
    if (list) for (const kid of list.kids) visit(kid, setting, reading);
  }
}

/** Macros that take their argument as another type: `LDST128BITS(A[i])`. */
export type CastMacros = ReadonlyMap<string, string>;

const looksLikeMacro = /^[A-Z][A-Z0-9_]+$/;
/** What a macro defined elsewhere makes of its argument is not known, so neither is how wide the access is. */
const unknownType = 'unknown';

const castMacro =
  /^[ \t]*#[ \t]*define[ \t]+(\w+)\((\w+)\)[ \t]*\(?[ \t]*(?:reinterpret_cast[ \t]*<[ \t]*(?:const[ \t]+)?([\w:]+)[ \t]*\*[ \t]*>[ \t]*\(|\([ \t]*(?:const[ \t]+)?([\w:]+)[ \t]*\*[ \t]*\)[ \t]*\(?)[ \t]*&?[ \t]*\(?[ \t]*\2\b/gm;

/** Reads them from the text of a file. */
export function castMacrosOf(text: string): CastMacros {
  return new Map([...text.matchAll(castMacro)].map(([, name = '', , cast, plain]) => [name, cast ?? plain ?? unknownType]));
}

const atomic = /^atomic\w+$/;

function visitCall(node: Node, setting: Setting, reading: Reading): void {
  const { source, found } = reading;
  const callee = fieldOf(node, 'function');
  const list = fieldOf(node, 'arguments');
  const name = callee ? textOf(callee, source) : '';
  const values = list ? namedKids(list) : [];
  found.calls.push({ callee: name, values: values.map((value) => toExpression(value, source)), ...setting, range: rangeOf(node) });
  const [first, ...others] = values;
  const target = first?.type === 'pointer_expression' ? fieldOf(first, 'argument') : undefined;
  if (atomic.test(name) && target) {
    visitAccess(target, 'atomic', setting, reading);
    for (const value of others) visit(value, setting, reading);
    return;
  }
  const as = reading.macros.get(name) ?? (looksLikeMacro.test(name) ? unknownType : undefined);
  const within = as === undefined ? reading : { ...reading, as };
  for (const kid of node.kids) visit(kid, setting, within);
}

function visitBlock(node: Node, setting: Setting, reading: Reading): void {
  let here = setting;
  let before: Node | undefined;
  for (const kid of node.kids) {
    here = visit(kid, here, reading, before);
    if (kid.named) before = kid;
  }
}

/** @returns the setting of what follows in the same block. */
function visit(node: Node, setting: Setting, reading: Reading, before?: Node): Setting {
  const { source, found } = reading;
  switch (node.type) {
    case 'compound_statement':
      found.blocks.push(rangeOf(node));
      visitBlock(node, setting, reading);
      return setting;
    case 'if_statement':
      return visitIf(node, setting, reading);
    case 'for_statement':
    case 'while_statement':
    case 'do_statement':
      visitLoop(node, before, setting, reading);
      return setting;
    case 'assignment_expression':
      visitAssignment(node, setting, reading);
      return setting;
    case 'call_expression':
      visitCall(node, setting, reading);
      return setting;
    case 'subscript_expression':
      visitAccess(node, 'read', setting, reading);
      visitIndexes(node, setting, reading);
      return setting;
    case 'pointer_expression': {
      // An address that is only taken reads nothing; what a cast makes of it is met at the cast.
      const argument = fieldOf(node, 'argument');
      if (source[node.start] !== '&' || argument?.type !== 'subscript_expression') break;
      visitIndexes(argument, setting, reading);
      return setting;
    }
    case 'number_literal': {
      const text = textOf(node, source);
      if (doubleLiteral.test(text)) found.doubles.push({ text, ...setting, range: rangeOf(node) });
      return setting;
    }
    case 'gnu_asm_expression':
      reading.operations?.push({
        operator: 'asm',
        left: toExpression(node, source),
        right: toExpression(node, source),
        ...setting,
        range: rangeOf(node),
      });
      break;
    case 'declaration':
      visitDeclaration(node, reading);
      // What is worked out while compiling costs nothing in the kernel.
      if (isConstexpr(node, source)) return setting;
      break;
    case 'binary_expression': {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      const operator = left && right ? source.slice(left.end, right.start).trim() : '';
      if (left && right) noteOperation(operator, left, right, setting, reading, node);
      if (left && right && (operator === '/' || operator === '%')) {
        found.divisions.push({
          operator,
          left: toExpression(left, source),
          right: toExpression(right, source),
          ...setting,
          range: rangeOf(node),
        });
      }
      break;
    }
  }
  for (const kid of node.kids) visit(kid, setting, reading);
  return setting;
}

/**
 * @param body the statement between the braces of a kernel.
 * @param operations where to put its arithmetic, if that is asked for.
 */
export function bodyOf(body: Node, source: string, macros: CastMacros, operations?: Operation[]): KernelBody {
  const found: Lists = {
    loops: [] as Loop[],
    accesses: [] as Access[],
    divisions: [] as Division[],
    calls: [] as Call[],
    doubles: [] as DoubleLiteral[],
    localArrays: [] as LocalArray[],
    localValues: [] as LocalValue[],
    blocks: [] as Range[],
  };
  visit(body, { loops: [], conditions: [] }, { source, macros, found, ...(operations ? { operations } : {}) });
  return found;
}
