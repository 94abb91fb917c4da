/**
 * A Triton kernel read for what it computes and moves, in the terms of `core/kernels/body.ts`: a program of the grid is a
 * block, and each `tl.arange` a loop over its elements, so that what counts loops of CUDA kernels counts tiles too. Read
 * when somebody looks, not after a keystroke.
 */
import type { Access, Loop, Operation } from '../../core/kernels/body.ts';
import type { Expression } from '../../core/kernels/expression.ts';
import type { Tile, TritonArithmetic, TritonFlops } from '../../core/kernels/triton/facts.ts';
import { parseText } from '../parsers.ts';
import { copyPythonTree, fieldOf, type Node, namedKids } from '../python/tree.ts';
import { textOf, toExpression } from './expressions.ts';
import { Tiles } from './tiles.ts';

const axisNames = ['x', 'y', 'z'];
const name = (text: string): Expression => ({ kind: 'name', name: text, text });
const one: Expression = { kind: 'number', value: 1, text: '1' };
const zero: Expression = { kind: 'number', value: 0, text: '0' };

/** Calls that only tell the compiler something about their first argument. */
const hints = /(?:^|\.)(?:multiple_of|max_contiguous|max_constancy|broadcast_to|cast|assume)$/;
const language = /^(?:tl|triton\.language)\./;
/** Functions of a value that count one for each element. */
const costly = /(?:^|\.)(?:exp2?|log2?|sqrt|rsqrt|sigmoid|tanh|cos|sin|erf|maximum|minimum|fma|fdiv|softmax|cumsum)$/;
const reducing = /(?:^|\.)(?:sum|max|min|argmax|argmin|reduce)$/;
/** Accesses of other releases and of descriptors: `tl._experimental_descriptor_load`, `tl.store_tensor_descriptor`. */
const otherAccesses = /descriptor_(?:load|store|gather|scatter)$|\.(?:load|store)_tensor_descriptor$/;
/** What the kernels of Triton's own tutorials call pointers. */
const namedPointer = /^\w*_ptrs?$/;
/** What could not be followed is shown as written, up to here. */
const longestUnread = 40;

class Reader {
  readonly accesses: Access[] = [];
  readonly moves: Operation[] = [];
  readonly flops: TritonFlops[] = [];
  readonly initial = new Map<string, Expression>();
  readonly pointers = new Set<string>();
  readonly changing = new Set<string>();
  /** Accesses and arithmetic whose place or shape could not be followed, as written. */
  readonly unread = new Set<string>();
  private readonly handings: { readonly node: Node; readonly names: readonly string[] }[] = [];
  private readonly values = new Set<string>();
  private readonly shapes = new Map<string, readonly Expression[]>();
  private readonly aranges = new Map<string, Loop>();
  private readonly tiles: Tiles;
  private readonly source: string;

  constructor(source: string, parameters: readonly string[]) {
    this.source = source;
    this.tiles = new Tiles(source, parameters);
  }

  private text(node: Node): string {
    return textOf(node, this.source);
  }

  /** An expression with places of the grid and elements of tiles as names. */
  private expression(node: Node): Expression {
    const plain = toExpression(node, this.source);
    if (node.type === 'parenthesized_expression') return this.inner(namedKids(node)[0]);
    if (node.type === 'subscript') return this.inner(fieldOf(node, 'value'));
    if (node.type === 'binary_operator' && plain.kind === 'binary') {
      return { ...plain, left: this.inner(fieldOf(node, 'left')), right: this.inner(fieldOf(node, 'right')) };
    }
    if (node.type !== 'call') return plain;
    const callee = fieldOf(node, 'function');
    const list = fieldOf(node, 'arguments');
    const written = callee ? this.text(callee) : '';
    const all = list ? namedKids(list) : [];
    const values = all.map((kid) => (kid.type === 'keyword_argument' ? fieldOf(kid, 'value') : kid));
    const [first, second] = values;
    const axis = axisNames[Number(first ? this.text(first) : 0)] ?? 'x';
    if (/(?:^|\.)program_id$/.test(written)) return name(`blockIdx.${axis}`);
    if (/(?:^|\.)num_programs$/.test(written)) return name(`gridDim.${axis}`);
    if (/(?:^|\.)arange$/.test(written) && second) return this.arange(second);
    if (hints.test(written) || (callee?.type === 'attribute' && /\.to$/.test(written))) {
      return this.inner(/^(?:tl|triton)/.test(written) ? first : fieldOf(callee as Node, 'object'));
    }
    return plain.kind === 'call' ? { ...plain, values: values.map((value) => this.inner(value)) } : plain;
  }

  private inner(node: Node | undefined): Expression {
    return node ? this.expression(node) : { kind: 'other', text: '' };
  }

  private arange(end: Node): Expression {
    const limit = toExpression(end, this.source);
    const variable = `arange ${limit.text} at ${end.start}`;
    const range = { start: end.start, end: end.end };
    if (!this.aranges.has(variable)) this.aranges.set(variable, { variable, start: zero, limit, step: one, isUnrolled: false, range });
    return name(variable);
  }

  /** The elements of a tile as loops. */
  private elements(tile: Tile | undefined): readonly Loop[] | undefined {
    return tile?.map((limit, at) => ({
      variable: `element ${at} of ${limit.text}`,
      start: zero,
      limit,
      step: one,
      isUnrolled: false,
      range: { start: 0, end: 0 },
    }));
  }

  read(node: Node, loops: readonly Loop[]): void {
    if (node.type === 'function_definition' || node.type === 'lambda') return;
    if (node.type === 'for_statement') {
      const [variable, iterable, body] = [fieldOf(node, 'left'), fieldOf(node, 'right'), fieldOf(node, 'body')];
      const loop = this.loop(variable, iterable, node);
      if (variable?.type === 'identifier') this.tiles.set(this.text(variable), []);
      if (body) this.read(body, [...loops, loop]);
      return;
    }
    if (node.type === 'while_statement') {
      const body = fieldOf(node, 'body');
      if (body) this.read(body, [...loops, { isUnrolled: false, range: { start: node.start, end: node.end } }]);
      return;
    }
    for (const kid of node.kids) this.read(kid, loops);
    if (node.type === 'call') this.call(node, loops);
    if (node.type === 'binary_operator') this.arithmetic(node, loops);
    if (node.type === 'assignment') this.assignment(node, loops);
    if (node.type === 'augmented_assignment') this.augmented(node, loops);
  }

  private loop(variable: Node | undefined, iterable: Node | undefined, node: Node): Loop {
    const range = { start: node.start, end: node.end };
    const list = iterable?.type === 'call' ? fieldOf(iterable, 'arguments') : undefined;
    const callee = iterable?.type === 'call' ? fieldOf(iterable, 'function') : undefined;
    const written = callee ? this.text(callee) : '';
    if (!variable || !list || !/(?:^|\.)(?:range|static_range)$/.test(written)) return { isUnrolled: false, range };
    const values = namedKids(list)
      .filter(({ type }) => type !== 'keyword_argument')
      .map((value) => this.expression(value));
    const [start, limit, step] = values.length === 1 ? [zero, values[0], one] : [values[0], values[1], values[2] ?? one];
    return {
      variable: this.text(variable),
      ...(start ? { start } : {}),
      ...(limit ? { limit } : {}),
      ...(step ? { step } : {}),
      isUnrolled: /static/.test(written),
      range,
    };
  }

  private assignment(node: Node, loops: readonly Loop[]): void {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    if (!left || !right) return;
    // `i, j = a, b` gives each its own.
    if (/^(?:pattern_list|tuple_pattern)$/.test(left.type) && /^(?:expression_list|tuple)$/.test(right.type)) {
      const [targets, values] = [namedKids(left), namedKids(right)];
      if (targets.length === values.length) for (const [at, target] of targets.entries()) this.assign(target, values[at], node, loops);
    } else this.assign(left, right, node, loops);
  }

  private assign(left: Node, right: Node | undefined, node: Node, loops: readonly Loop[]): void {
    if (left.type !== 'identifier' || !right) return;
    const target = this.text(left);
    const value = this.expression(right);
    const isMoved = this.initial.has(target) && leftmost(value.kind === 'call' ? (value.values[0] ?? value) : value) === target;
    // `p = p + step` moves what it was; `tl.advance` goes through a shape that is known as a whole.
    if (!isMoved) this.initial.set(target, value);
    else if (value.kind === 'binary' && value.operator === '+') {
      this.moves.push({
        operator: '+=',
        left: name(target),
        right: value.right,
        loops,
        conditions: [],
        range: { start: node.start, end: node.end },
      });
    }
    this.tiles.set(target, this.tiles.of(right));
    if (this.isValue(right)) this.values.add(target);
    const made = right.type === 'call' ? this.text(fieldOf(right, 'function') ?? right) : '';
    if (/make_block_ptr$|make_tensor_descriptor$/.test(made)) this.block(target, right);
  }

  /** A block pointer: its place is anywhere in the shape it names. */
  private block(target: string, call: Node): void {
    const list = fieldOf(call, 'arguments');
    const all = list ? namedKids(list) : [];
    const named = (wanted: string): Node | undefined => {
      const found = all.find((kid) => kid.type === 'keyword_argument' && this.text(fieldOf(kid, 'name') ?? kid) === wanted);
      return found && fieldOf(found, 'value');
    };
    const shape = named('shape') ?? all[1];
    const base = named('base') ?? all[0];
    if (shape && (shape.type === 'tuple' || shape.type === 'list'))
      this.shapes.set(
        target,
        namedKids(shape).map((part) => this.expression(part)),
      );
    if (base) this.initial.set(target, this.expression(base));
    this.pointers.add(target);
  }

  private augmented(node: Node, loops: readonly Loop[]): void {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    if (left?.type !== 'identifier' || !right) return;
    const target = this.text(left);
    this.changing.add(target);
    const range = { start: node.start, end: node.end };
    this.moves.push({ operator: '+=', left: name(target), right: this.expression(right), loops, conditions: [], range });
    if (this.values.has(target)) this.count(this.tiles.of(left), node, loops, 1);
  }

  private isValue(node: Node): boolean {
    if (node.type === 'identifier') return this.values.has(this.text(node));
    if (node.type === 'float') return true;
    if (node.type === 'call') {
      const written = this.text(fieldOf(node, 'function') ?? node);
      if (/(?:^|\.)(?:load|zeros|full|dot|exp2?|log2?|sqrt|rsqrt|sigmoid|tanh|rand)$|atomic_/.test(written)) return true;
    }
    return node.kids.some((kid) => this.isValue(kid));
  }

  private count(tile: Tile | undefined, node: Node, loops: readonly Loop[], each: number, unit: TritonFlops['unit'] = 'vector'): void {
    const elements = this.elements(tile);
    if (elements) this.flops.push({ loops: [...loops, ...elements], conditions: [], each, unit });
    else this.unread.add(this.shortened(node));
  }

  /** The text of one line. */
  private shortened(node: Node): string {
    const text = this.text(node).replace(/\s+/g, ' ');
    return text.length > longestUnread ? `${text.slice(0, longestUnread)}…` : text;
  }

  private arithmetic(node: Node, loops: readonly Loop[]): void {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    if (!left || !right || !(this.isValue(left) || this.isValue(right))) return;
    if (/^[-+*/]$/.test(this.source.slice(left.end, right.start).replace(/[\s()\\]/g, ''))) this.count(this.tiles.of(node), node, loops, 1);
  }

  private call(node: Node, loops: readonly Loop[]): void {
    const callee = fieldOf(node, 'function');
    const list = fieldOf(node, 'arguments');
    if (!callee || !list) return;
    const written = this.text(callee);
    const [first, second] = namedKids(list).filter(({ type }) => type !== 'keyword_argument');
    const owner = callee.type === 'attribute' ? fieldOf(callee, 'object') : undefined;
    const isLanguage = language.test(written);
    if (/(?:^|\.)dot$/.test(written) && first && second) {
      const [rows, inner] = this.tiles.of(first)?.slice(-2) ?? [];
      const columns = this.tiles.of(second)?.at(-1);
      this.count(rows && inner && columns && [rows, inner, columns], node, loops, 2, 'matrix');
    } else if (isLanguage && costly.test(written) && first) this.count(this.tiles.of(first), node, loops, 1);
    else if (isLanguage && reducing.test(written) && first && this.isValue(first)) this.count(this.tiles.of(first), node, loops, 1);
    const kind = /(?:^|\.)(load|store|atomic_\w+)$/.exec(written)?.[1];
    const target = kind === undefined ? undefined : isLanguage ? first : owner;
    if (kind !== undefined && target) this.access(kind, target, node, loops);
    else if (kind !== undefined || (isLanguage && otherAccesses.test(written))) this.unread.add(this.shortened(node));
    else if (!isLanguage) this.handings.push({ node, names: namedKids(list).flatMap((kid) => this.handed(kid)) });
  }

  /** The name that a function is handed, where it may be a pointer. */
  private handed(argument: Node): readonly string[] {
    const value = argument.type === 'keyword_argument' ? fieldOf(argument, 'value') : argument;
    const base = value && leftmost(this.expression(value));
    return base === undefined ? [] : [base];
  }

  /** To be called at the end, when all pointers are known: functions that are handed one move what stands in their text. */
  finish(): void {
    for (const { node, names } of this.handings) {
      if (names.some((one) => this.pointers.has(one) || namedPointer.test(one))) this.unread.add(this.shortened(node));
    }
  }

  private access(kind: string, target: Node, node: Node, loops: readonly Loop[]): void {
    const expression = this.expression(target);
    const base = leftmost(expression);
    const elements = this.elements(this.tiles.of(target));
    if (base === undefined || !elements) {
      this.unread.add(this.shortened(node));
      return;
    }
    this.pointers.add(base);
    for (
      let from = leftmostOf(this.initial.get(base));
      from !== undefined && !this.pointers.has(from);
      from = leftmostOf(this.initial.get(from))
    ) {
      this.pointers.add(from);
    }
    const shape = this.shapes.get(base);
    const range = { start: node.start, end: node.end };
    this.accesses.push({
      array: base,
      indexes: expression.kind === 'name' ? [] : [expression],
      kind: kind === 'load' ? 'read' : kind === 'store' ? 'write' : 'atomic',
      loops: [...loops, ...elements],
      conditions: [],
      range,
      ...(shape ? { shape } : {}),
    } as Access);
  }

  /** The loops over the elements of every `tl.arange`. */
  elementLoops(): readonly Loop[] {
    return [...this.aranges.values()];
  }
}

function leftmost(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  return expression.kind === 'binary' ? leftmost(expression.left) : undefined;
}

const leftmostOf = (expression: Expression | undefined): string | undefined => expression && leftmost(expression);

const kept = new Map<string, TritonArithmetic | undefined>();
const mostKept = 200;

/** @param text of a kernel with its decorators. */
export function tritonArithmeticOf(text: string, parameters: readonly string[]): TritonArithmetic | undefined {
  if (kept.has(text)) return kept.get(text);
  if (kept.size >= mostKept) kept.clear();
  const tree = parseText('python', text);
  let found: TritonArithmetic | undefined;
  try {
    const definition = tree && functionIn(copyPythonTree(tree, text));
    const body = definition && fieldOf(definition, 'body');
    if (body) {
      const reader = new Reader(text, parameters);
      reader.read(body, []);
      reader.finish();
      const { accesses, moves, flops, initial, pointers, changing, unread } = reader;
      found = { accesses, moves, flops, initial, pointers, changing, elements: reader.elementLoops(), unread: [...unread] };
    }
  } finally {
    tree?.delete();
  }
  kept.set(text, found);
  return found;
}

function functionIn(node: Node): Node | undefined {
  if (node.type === 'function_definition') return node;
  for (const kid of node.kids) {
    const found = functionIn(kid);
    if (found) return found;
  }
  return undefined;
}
