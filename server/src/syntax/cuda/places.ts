/** Places in memory as kernel code writes them: elements, addresses that are taken or handed on, and what copies of the language move. */
import type { Access, Address } from '../../core/kernels/body.ts';
import type { Expression } from '../../core/kernels/expression.ts';
import { toExpression } from './expressions.ts';
import { fieldOf, type Node, namedKids, textOf } from './tree.ts';

type Place = Pick<Access, 'array' | 'indexes' | 'as' | 'isCastFirst'>;

const nought: Expression = { kind: 'number', value: 0, text: '0' };
const isNought = (index: Expression | undefined): boolean => index?.kind === 'number' && index.value === 0;

function bare(node: Node | undefined): Node | undefined {
  let inner = node;
  while (inner?.type === 'parenthesized_expression') inner = namedKids(inner)[0];
  return inner;
}

const castWords =
  /^(?:reinterpret_cast|static_cast|const_cast)\s*<\s*(?:const\s+)?([\w:]+)(?:\s+const)?\s*(?:\*|&)|^\(\s*(?:const\s+)?([\w:]+)(?:\s+const)?\s*\*\s*\)/;

/** The type a cast takes a pointer to. */
function castOf(node: Node, source: string): string | undefined {
  if (node.type !== 'cast_expression' && node.type !== 'call_expression') return undefined;
  const found = castWords.exec(textOf(node, source));
  return found ? (found[1] ?? found[2]) : undefined;
}

/** `A`, or the array beneath `reinterpret_cast<float4*>(&A[i])`, with its indexes and the type it is taken as. */
export function accessOf(node: Node, source: string): Place | undefined {
  const indexes: Expression[] = [];
  let inner: Node | undefined = node;
  while (inner?.type === 'subscript_expression') {
    const list = fieldOf(inner, 'indices');
    indexes.unshift(...(list ? namedKids(list).map((part) => toExpression(part, source)) : []));
    inner = fieldOf(inner, 'argument');
  }
  inner = bare(inner);
  if (!inner) return undefined;
  if (inner.type === 'identifier' || inner.type === 'field_expression') return { array: textOf(inner, source), indexes };
  const as = castOf(inner, source);
  const pointed = as === undefined ? undefined : addressIn(inner, source);
  if (!pointed || as === undefined) return undefined;
  const { array, indexes: within } = pointed;
  // `((float4 *)A)[i]` counts in elements of the cast; `((float4 *)&A[i])[0]` in those of the array.
  const isCastFirst = within.every(isNought) && indexes.length === 1 && !isNought(indexes[0]);
  return isCastFirst ? { array, indexes, as, isCastFirst } : { array, indexes: within, as };
}

/** The element whose address a cast takes: `&A[i]`, or `A + i`, or `A` itself. */
function addressIn(cast: Node, source: string): Pick<Access, 'array' | 'indexes'> | undefined {
  const list = fieldOf(cast, 'arguments');
  const value = bare(fieldOf(cast, 'value') ?? (list && namedKids(list)[0]));
  if (!value) return undefined;
  if (value.type === 'pointer_expression') {
    const argument = fieldOf(value, 'argument');
    return argument && accessOf(argument, source);
  }
  if (value.type === 'subscript_expression') return accessOf(value, source);
  if (value.type === 'identifier') return { array: textOf(value, source), indexes: [nought] };
  return movedName(value, source);
}

/** `A + i + 2`: the name it begins with, and the sum of the rest. */
function movedName(node: Node, source: string): Pick<Access, 'array' | 'indexes'> | undefined {
  const [left, right] = [bare(fieldOf(node, 'left')), fieldOf(node, 'right')];
  if (node.type !== 'binary_expression' || !left || !right || source.slice(left.end, right.start).replace(/[\s()]/g, '') !== '+')
    return undefined;
  const added = toExpression(right, source);
  if (left.type === 'identifier') return { array: textOf(left, source), indexes: [added] };
  const before = movedName(left, source);
  const [index] = before?.indexes ?? [];
  return before && index ? { array: before.array, indexes: [plus(index, added)] } : undefined;
}

const plus = (left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator: '+',
  left,
  right,
  text: `${left.text} + ${right.text}`,
});

/** What a value points at; undefined of one that is no pointer for certain, and of what only the run tells. */
export function addressOf(written: Node, source: string): Address | undefined {
  const value = bare(written);
  if (!value) return undefined;
  if (value.type === 'identifier') return { array: textOf(value, source), indexes: [nought], isElement: true };
  if (value.type === 'pointer_expression' && source[value.start] === '&') {
    const argument = fieldOf(value, 'argument');
    const place = argument?.type === 'subscript_expression' ? accessOf(argument, source) : undefined;
    return place && { ...place, isElement: true };
  }
  if (value.type === 'subscript_expression') {
    const place = accessOf(value, source);
    return place && { ...place, isElement: false };
  }
  if (value.type === 'binary_expression') {
    const moved = movedName(value, source) ?? castMoved(value, source);
    return moved && { ...moved, isElement: true };
  }
  const as = castOf(value, source);
  const pointed = as === undefined ? undefined : addressIn(value, source);
  return pointed && as !== undefined ? { array: pointed.array, indexes: pointed.indexes, as, isElement: true } : undefined;
}

/** `reinterpret_cast<const float4 *>(A) + i`. */
function castMoved(node: Node, source: string): Place | undefined {
  const [left, right] = [bare(fieldOf(node, 'left')), fieldOf(node, 'right')];
  if (!left || !right || source.slice(left.end, right.start).trim() !== '+') return undefined;
  const as = castOf(left, source);
  const pointed = as === undefined ? undefined : addressIn(left, source);
  if (!pointed || as === undefined || !pointed.indexes.every(isNought)) return undefined;
  return { array: pointed.array, indexes: [toExpression(right, source)], as, isCastFirst: true };
}

/** What `*p` reads or writes. */
export function dereferenced(node: Node, source: string): Place | undefined {
  const argument = fieldOf(node, 'argument');
  const address = argument && source[node.start] === '*' ? addressOf(argument, source) : undefined;
  if (!address) return undefined;
  const { isElement, indexes, ...place } = address;
  // `*rows[i]` is the first element of a row.
  return { ...place, indexes: isElement ? indexes : [...indexes, nought] };
}

/** A place that an instruction of the language reads or writes. */
export type Moved = Place & Pick<Access, 'kind' | 'bytes'>;

const loads = /^__ld(?:g|ca|cs|cg|cv|lu)$/;
const stores = /^__st(?:wb|cg|cs|wt)$/;
const copies = /(?:^|::)(?:__pipeline_memcpy_async|memcpy_async|cp_?async\w*)$/i;

const placeOf = (value: Node | undefined, source: string): Place | undefined => {
  const address = value && addressOf(value, source);
  if (!address?.isElement) return undefined;
  const { isElement: _, ...place } = address;
  return place;
};

/** `cuda::aligned_size_t<16>(n)` is n. */
const plainSize = (size: Expression): Expression => (size.kind === 'call' && size.values[0] ? size.values[0] : size);

/** Accesses by functions of the language: hints such as `__ldcs`, and copies that go on in the background. */
export function movedBy(callee: string, values: readonly Node[], source: string): readonly Moved[] {
  const name = callee.replace(/<.*$/s, '');
  const [first, second] = values;
  const of = (value: Node | undefined, kind: Access['kind'], bytes?: Expression): readonly Moved[] => {
    const place = placeOf(value, source);
    return place ? [{ ...place, kind, ...(bytes ? { bytes } : {}) }] : [];
  };
  if (loads.test(name)) return of(first, 'read');
  if (stores.test(name)) return of(first, 'write');
  if (!copies.test(name) || values.length < 3) return [];
  // Groups of threads come before what they copy.
  const [to, from, size] =
    /memcpy_async$/.test(name) && values.length > 3 && !placeOf(values[2], source) ? [first, second, values[2]] : lastThree(name, values);
  const bytes = size && plainSize(toExpression(size, source));
  return [...of(to, 'write', bytes), ...of(from, 'read', bytes)];
}

const lastThree = (name: string, values: readonly Node[]): readonly (Node | undefined)[] =>
  values.length > 3 && /(?:^|::)memcpy_async$/.test(name) ? values.slice(1, 4) : values.slice(0, 3);

const instruction = /\b(ld|st)\.(?:\w+\.)*?global[\w.:]*?\.(?:v(\d)\.)?[bfsu](\d+)\b|\bcp\.async\.c[ag]\.shared[\w.:]*\.global/;

/** What loads, stores and copies written as instructions move; the address of global memory is the operand of 64 bits. */
export function movedByAssembly(node: Node, source: string): readonly Moved[] {
  const code = fieldOf(node, 'assembly_code');
  const text = code ? textOf(code, source) : '';
  const found = instruction.exec(text);
  const list = fieldOf(node, 'input_operands');
  const operands = list ? namedKids(list).filter(({ type }) => type === 'gnu_asm_input_operand') : [];
  const withConstraint = (letter: string): Node | undefined => {
    const operand = operands.find((one) => textOf(fieldOf(one, 'constraint') ?? one, source) === `"${letter}"`);
    return operand && fieldOf(operand, 'value');
  };
  const place = found ? placeOf(withConstraint('l'), source) : undefined;
  if (!found || !place) return [];
  const [, direction, lanes = '1', bits] = found;
  const written = /\],\s*(\d+)\s*[,;]/.exec(text.slice(found.index))?.[1];
  const size = bits === undefined ? written : String((Number(lanes) * Number(bits)) / 8);
  const given = size === undefined ? withConstraint('n') : undefined;
  const bytes: Expression | undefined =
    size === undefined ? given && toExpression(given, source) : { kind: 'number', value: Number(size), text: size };
  return [{ ...place, kind: direction === 'st' ? 'write' : 'read', ...(bytes ? { bytes } : {}) }];
}
