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
import { accessOf, addressOf, dereferenced, type Moved, movedBy, movedByAssembly } from './places.ts';
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

/** A `break` of this loop, and of none inside it. */
const mayBreak = (node: Node): boolean =>
  node.type === 'break_statement' || (!/^(?:for|while|do|switch)_statement$|^for_range_loop$/.test(node.type) && node.kids.some(mayBreak));

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
    ...(body && mayBreak(body) ? { mayEndEarly: true } : {}),
    isUnrolled,
    range,
  };
}

function visitAccess(node: Node, kind: Access['kind'], setting: Setting, { source, found, as }: Reading): void {
  const plainAccess = accessOf(node, source);
  const access = plainAccess && as !== undefined ? { ...plainAccess, as } : plainAccess;
  if (access && access.indexes.length > 0) found.accesses.push({ ...access, kind, ...setting, range: rangeOf(node) });
}

/** What is met only where a kernel is read for what it computes: rules speak of elements by their index. */
function noteMoved(moved: readonly Moved[], node: Node, setting: Setting, { found, operations }: Reading): void {
  if (operations) found.accesses.push(...moved.map((one) => ({ ...one, ...setting, range: rangeOf(node) })));
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
    } else if (left.type === 'pointer_expression') visitDereference(left, isPlain ? ['write'] : ['write', 'read'], setting, reading);
    else visit(left, setting, reading);
  }
  if (right) visit(right, setting, whole);
}

/** `*p = x` writes where it points. */
function visitDereference(node: Node, kinds: readonly Access['kind'][], setting: Setting, reading: Reading): void {
  const place = reading.operations && dereferenced(node, reading.source);
  const moved = place ? kinds.map((kind) => ({ ...place, kind })) : [];
  noteMoved(moved, node, setting, reading);
  for (const kid of node.kids) visit(kid, setting, reading);
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

/** `<128, float>` of `ns::function<128, float>`. */
function templateArgumentsOf(callee: Node | undefined, source: string): Pick<Call, 'templateArguments'> {
  const named = callee?.type === 'qualified_identifier' ? fieldOf(callee, 'name') : callee;
  const list = named?.type === 'template_function' ? fieldOf(named, 'arguments') : undefined;
  return list ? { templateArguments: namedKids(list).map((argument) => toExpression(argument, source)) } : {};
}

function visitCall(node: Node, setting: Setting, reading: Reading): void {
  const { source, found } = reading;
  const callee = fieldOf(node, 'function');
  const list = fieldOf(node, 'arguments');
  const name = callee ? textOf(callee, source) : '';
  const values = list ? namedKids(list) : [];
  const more = reading.operations
    ? { ...templateArgumentsOf(callee, source), addresses: values.map((value) => addressOf(value, source)) }
    : {};
  found.calls.push({ callee: name, values: values.map((value) => toExpression(value, source)), ...more, ...setting, range: rangeOf(node) });
  if (reading.operations) noteMoved(movedBy(name, values, source), node, setting, reading);
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
      if (source[node.start] === '*') {
        visitDereference(node, ['read'], setting, reading);
        return setting;
      }
      if (source[node.start] !== '&' || argument?.type !== 'subscript_expression') break;
      visitIndexes(argument, setting, reading);
      return setting;
    }
    case 'lambda_expression':
      // Runs where it is called.
      if (reading.operations) return setting;
      break;
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
      noteMoved(movedByAssembly(node, source), node, setting, reading);
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
