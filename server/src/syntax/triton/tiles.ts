/**
 * The shapes of the blocks of values a Triton kernel works with, followed from `tl.arange` and `tl.zeros` through
 * indexing, arithmetic, loads and products, as Triton broadcasts them. What is not followed has no shape.
 */
import type { Expression } from '../../core/kernels/expression.ts';
import type { Tile } from '../../core/kernels/triton/facts.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { textOf, toExpression } from './expressions.ts';

const one: Expression = { kind: 'number', value: 1, text: '1' };
const isOne = (expression: Expression): boolean => expression.kind === 'number' && expression.value === 1;

/** A scalar has an empty shape. */
export type Shapes = Map<string, Tile | undefined>;

/** Shapes line up at their last factor; a factor of one stretches. */
function broadcast(left: Tile | undefined, right: Tile | undefined): Tile | undefined {
  if (!left || !right) return undefined;
  const length = Math.max(left.length, right.length);
  const at = (tile: Tile, index: number): Expression => tile[index - (length - tile.length)] ?? one;
  return Array.from({ length }, (_, index) => (isOne(at(left, index)) ? at(right, index) : at(left, index)));
}

/** Functions of one block that keep its shape. */
const elementwise =
  /^(?:(?:tl|triton\.language|libdevice|tl_math|tldevice)\.)?(?:math\.|extra\.cuda\.libdevice\.)?(?:exp2?|exp10|expm1|log2?|log1p|sqrt|sqrt_rn|rsqrt|abs|fabs|sigmoid|cos|sin|erf|tanh|floor|ceil|where|maximum|minimum|fdiv|div_rn|pow|fma|clamp)$/;
/** Functions that keep the shape of their first argument. */
const alike =
  /^(?:tl\.|triton\.language\.)?(?:cast|multiple_of|max_contiguous|max_constancy|cumsum|cumprod|associative_scan|softmax|advance|flip|sort|rand|randn|randint)$/;
const reductions = /^(?:tl\.|triton\.language\.)?(?:sum|max|min|argmax|argmin|xor_sum|reduce)$/;

export class Tiles {
  private readonly shapes: Shapes = new Map();
  private readonly source: string;

  constructor(source: string, scalars: readonly string[]) {
    this.source = source;
    for (const name of scalars) this.shapes.set(name, []);
  }

  set(name: string, shape: Tile | undefined): void {
    this.shapes.set(name, shape);
  }

  /** A list or tuple of factors. */
  private factors(node: Node | undefined): Tile | undefined {
    if (!node) return undefined;
    return node.type === 'list' || node.type === 'tuple' ? namedKids(node).map((part) => toExpression(part, this.source)) : undefined;
  }

  private named(list: Node, name: string): Node | undefined {
    const argument = namedKids(list).find(
      (kid) => kid.type === 'keyword_argument' && textOf(fieldOf(kid, 'name') ?? kid, this.source) === name,
    );
    return argument && fieldOf(argument, 'value');
  }

  of(node: Node | undefined, depth = 0): Tile | undefined {
    if (!node || depth > 40) return undefined;
    const inner = (part: Node | undefined): Tile | undefined => this.of(part, depth + 1);
    switch (node.type) {
      case 'integer':
      case 'float':
      case 'true':
      case 'false':
        return [];
      case 'identifier':
        return this.shapes.get(textOf(node, this.source));
      case 'parenthesized_expression':
        return inner(namedKids(node)[0]);
      case 'unary_operator':
      case 'not_operator':
        return inner(fieldOf(node, 'argument'));
      case 'binary_operator':
      case 'boolean_operator':
        return broadcast(inner(fieldOf(node, 'left')), inner(fieldOf(node, 'right')));
      case 'comparison_operator': {
        const [left, right] = namedKids(node);
        return broadcast(inner(left), inner(right));
      }
      case 'conditional_expression':
        return inner(namedKids(node)[0]);
      case 'subscript':
        return this.indexed(node, inner(fieldOf(node, 'value')));
      case 'call':
        return this.called(node, inner);
      default:
        return undefined;
    }
  }

  /** `x[:, None]` puts a factor of one where `None` stands. */
  private indexed(node: Node, shape: Tile | undefined): Tile | undefined {
    if (!shape) return undefined;
    let at = 0;
    const result: Expression[] = [];
    for (const part of node.kids.filter((kid) => kid.field === 'subscript')) {
      if (part.type === 'none') result.push(one);
      else if (part.type === 'slice') {
        const factor = shape[at++];
        if (!factor) return undefined;
        result.push(factor);
      } else return undefined;
    }
    return result.length === 0 ? undefined : [...result, ...shape.slice(at)];
  }

  private called(node: Node, inner: (part: Node | undefined) => Tile | undefined): Tile | undefined {
    const callee = fieldOf(node, 'function');
    const list = fieldOf(node, 'arguments');
    if (!callee || !list) return undefined;
    const name = textOf(callee, this.source);
    const values = namedKids(list).filter(({ type }) => type !== 'keyword_argument');
    const [first, second] = values;
    const method = callee.type === 'attribute' ? textOf(fieldOf(callee, 'attribute') ?? callee, this.source) : '';
    const owner = callee.type === 'attribute' ? fieldOf(callee, 'object') : undefined;
    if (/(?:^|\.)arange$/.test(name)) return second ? [toExpression(second, this.source)] : undefined;
    if (/(?:^|\.)(?:zeros|full|broadcast_to|reshape|view)$/.test(name)) {
      return (
        this.factors(this.named(list, 'shape') ?? (/(?:zeros|full)$/.test(name) ? first : second)) ??
        (owner && /^(?:view|reshape)$/.test(method) ? this.factors(first) : undefined)
      );
    }
    if (/(?:^|\.)zeros_like$/.test(name)) return inner(first);
    if (/(?:^|\.)(?:make_block_ptr|make_tensor_descriptor)$/.test(name)) return this.factors(this.named(list, 'block_shape') ?? values[4]);
    if (/(?:^|\.)(?:program_id|num_programs|cdiv)$/.test(name)) return [];
    if (/(?:^|\.)(?:dot|dot_scaled)$/.test(name)) {
      const [left, right] = [inner(first), inner(/scaled$/.test(name) ? values[3] : second)];
      const [rows, columns] = [left?.at(-2), right?.at(-1)];
      return rows && columns ? [rows, columns] : undefined;
    }
    if (/(?:^|\.)(?:trans|permute)$/.test(name)) {
      const shape = inner(/^(?:tl|triton)/.test(name) ? first : owner);
      return shape?.length === 2 ? shape.toReversed() : undefined;
    }
    // Python's own, of scalars.
    if (/^(?:min|max|abs|int|float)$/.test(name))
      return values.reduce<Tile | undefined>((shape, value) => (value.type === 'string' ? shape : broadcast(shape, inner(value))), []);
    if (reductions.test(name)) return this.reduced(list, first, second, inner);
    // `desc.load([...])` of a descriptor, `x.to(tl.float16)`; `tl.load(p)` has the shape of its pointers.
    if (owner && (method === 'load' || method === 'to') && !/^(?:tl|triton\.language)$/.test(textOf(owner, this.source)))
      return inner(owner);
    if (/(?:^|\.)load$/.test(name)) return inner(first);
    if (/(?:^|\.)where$/.test(name)) return broadcast(inner(second), inner(values[2]));
    if (alike.test(name)) return inner(/rand/.test(name) ? second : first);
    if (elementwise.test(name)) return values.reduce<Tile | undefined>((shape, value) => broadcast(shape, inner(value)), []);
    return undefined;
  }

  private reduced(
    list: Node,
    first: Node | undefined,
    second: Node | undefined,
    inner: (part: Node | undefined) => Tile | undefined,
  ): Tile | undefined {
    const shape = inner(first);
    const axis = this.named(list, 'axis') ?? second;
    if (!shape || !axis) return shape ? [] : undefined;
    const at = Number(textOf(axis, this.source));
    const keeps = this.named(list, 'keep_dims');
    if (!Number.isInteger(at)) return undefined;
    const index = at < 0 ? shape.length + at : at;
    return keeps && textOf(keeps, this.source) === 'True' ? shape.with(index, one) : shape.filter((_, place) => place !== index);
  }
}
