/**
 * Shapes of tensors in a function, followed from what makes them (`torch.randn(4096, 1024, dtype=torch.bfloat16)`) through views,
 * transposes, products and linear layers. What is not followed has no shape.
 */
import type { Expression } from '../../core/kernels/expression.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { calleeOf, namedArgument, positional } from '../tiled/python-names.ts';
import { textOf, toExpression } from '../triton/expressions.ts';

export interface Tensor {
  readonly shape: readonly Expression[];
  /** `bfloat16`. */
  readonly format?: string;
}

/** `nn.Linear(in, out)`. */
export interface Layer {
  readonly inputs: Expression;
  readonly outputs: Expression;
  readonly format?: string;
}

const makers = /^(?:torch|th)\.(?:randn|rand|empty|zeros|ones|full|randint)$/;
/** Methods that change neither shape nor format. */
const plain =
  /^(?:cuda|cpu|contiguous|clone|detach|requires_grad_|pin_memory|normal_|uniform_|fill_|zero_|relu|gelu|silu|softmax|sigmoid|tanh|dropout|abs|exp|clamp|mul|add|div)$/;
const formatMethods: { readonly [method: string]: string | undefined } = {
  half: 'float16',
  bfloat16: 'bfloat16',
  float: 'float32',
  double: 'float64',
};
const formatName = /^torch\.(float16|half|bfloat16|float32|float|float64|int8|uint8|float8_e4m3fn|float8_e5m2)$/;

export function formatIn(node: Node | undefined, source: string): string | undefined {
  const name = node && formatName.exec(textOf(node, source))?.[1];
  return name === 'half' ? 'float16' : name === 'float' ? 'float32' : name;
}

/** The one format of two operands that name it; undefined where they differ. */
export const sharedFormat = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || a === b ? b : b === undefined ? a : undefined;

const withFormat = (shape: readonly Expression[], format: string | undefined): Tensor =>
  format === undefined ? { shape } : { shape, format };

/** Batches of a product: those of the operand that has more. */
export function productShape(left: Tensor, right: Tensor): Tensor | undefined {
  const [m, n] = [left.shape.at(-2), right.shape.at(-1)];
  if (!m || !n || right.shape.length < 2) return undefined;
  const batch = left.shape.length >= right.shape.length ? left.shape.slice(0, -2) : right.shape.slice(0, -2);
  return withFormat([...batch, m, n], sharedFormat(left.format, right.format));
}

export class Tensors {
  private readonly known = new Map<string, Tensor>();
  private readonly layers = new Map<string, Layer>();
  private readonly source: string;

  constructor(source: string, outer?: Tensors) {
    this.source = source;
    if (!outer) return;
    for (const [name, tensor] of outer.known) this.known.set(name, tensor);
    for (const [name, layer] of outer.layers) this.layers.set(name, layer);
  }

  /** A name that is set again to something that is not followed is no longer known. */
  set(name: string, value: Node): void {
    const layer = this.layerOf(value);
    if (layer) this.layers.set(name, layer);
    const tensor = this.of(value);
    if (tensor) this.known.set(name, tensor);
    else this.known.delete(name);
  }

  layerNamed(name: string): Layer | undefined {
    return this.layers.get(name);
  }

  layerOf(node: Node): Layer | undefined {
    if (!/(?:^|\.)Linear$/.test(calleeOf(node, this.source))) return undefined;
    const [first, second] = positional(node);
    const inputs = namedArgument(node, 'in_features', this.source) ?? first;
    const outputs = namedArgument(node, 'out_features', this.source) ?? second;
    const format = formatIn(namedArgument(node, 'dtype', this.source), this.source);
    if (!inputs || !outputs) return undefined;
    const layer = { inputs: toExpression(inputs, this.source), outputs: toExpression(outputs, this.source) };
    return format === undefined ? layer : { ...layer, format };
  }

  of(node: Node | undefined, depth = 0): Tensor | undefined {
    if (!node || depth > 20) return undefined;
    const inner = (part: Node | undefined): Tensor | undefined => this.of(part, depth + 1);
    switch (node.type) {
      case 'identifier':
        return this.known.get(textOf(node, this.source));
      case 'parenthesized_expression':
        return inner(namedKids(node)[0]);
      case 'attribute': {
        const known = this.known.get(textOf(node, this.source));
        const name = fieldOf(node, 'attribute');
        const owner = inner(fieldOf(node, 'object'));
        return known ?? (owner && name && /^(?:T|mT)$/.test(textOf(name, this.source)) ? swapped(owner, -2, -1) : undefined);
      }
      case 'binary_operator': {
        const [left, right] = [inner(fieldOf(node, 'left')), inner(fieldOf(node, 'right'))];
        const operator = this.operatorOf(node);
        if (operator === '@') return left && right ? productShape(left, right) : undefined;
        // Elementwise with a number or with what is broadcast: the longer one is the result.
        return left && right ? (left.shape.length >= right.shape.length ? left : right) : (left ?? right);
      }
      case 'call':
        return this.called(node, inner);
      default:
        return undefined;
    }
  }

  operatorOf(node: Node): string {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    return left && right ? this.source.slice(left.end, right.start).trim() : '';
  }

  private sizes(values: readonly Node[]): readonly Expression[] | undefined {
    const [only] = values;
    const list = values.length === 1 && only && (only.type === 'tuple' || only.type === 'list') ? namedKids(only) : values;
    return list.some(({ type }) => type === 'list_splat') ? undefined : list.map((one) => toExpression(one, this.source));
  }

  private called(node: Node, inner: (part: Node | undefined) => Tensor | undefined): Tensor | undefined {
    const callee = fieldOf(node, 'function');
    const name = calleeOf(node, this.source);
    const values = positional(node);
    const format = formatIn(namedArgument(node, 'dtype', this.source), this.source);
    if (makers.test(name)) {
      const written = namedArgument(node, 'size', this.source);
      const isValued = /\.(?:full|randint)$/.test(name);
      const shape = this.sizes(
        written ? [written] : isValued ? values.filter(({ type }) => type === 'tuple' || type === 'list').slice(0, 1) : values,
      );
      return shape && withFormat(shape, format);
    }
    if (/^torch\.\w+_like$/.test(name)) return inner(values[0]);
    const layer = this.layers.get(name);
    if (layer) {
      const input = inner(values[0]);
      return input && withFormat([...input.shape.slice(0, -1), layer.outputs], sharedFormat(input.format, layer.format));
    }
    if (/(?:^|\.)scaled_dot_product_attention$/.test(name)) return inner(values[0]);
    if (/^torch\.(?:matmul|mm|bmm)$/.test(name)) {
      const [left, right] = [inner(values[0]), inner(values[1])];
      return left && right && productShape(left, right);
    }
    const method = callee?.type === 'attribute' ? fieldOf(callee, 'attribute') : undefined;
    const owner = callee?.type === 'attribute' ? inner(fieldOf(callee, 'object')) : undefined;
    return method && owner ? this.method(textOf(method, this.source), owner, values, format) : undefined;
  }

  private method(method: string, owner: Tensor, values: readonly Node[], format: string | undefined): Tensor | undefined {
    if (plain.test(method)) return owner;
    const cast = formatMethods[method];
    if (cast !== undefined) return { ...owner, format: cast };
    if (method === 'to' || method === 'type') {
      const named = format ?? values.flatMap((value) => formatIn(value, this.source) ?? [])[0];
      return withFormat(owner.shape, named ?? owner.format);
    }
    if (method === 't') return swapped(owner, -2, -1);
    if (method === 'transpose') {
      const [a, b] = values.map((value) => Number(textOf(value, this.source)));
      return a === undefined || b === undefined ? undefined : swapped(owner, a, b);
    }
    if (method === 'view' || method === 'reshape') {
      const shape = this.sizes(values);
      return shape?.some(({ text }) => text.startsWith('-')) ? undefined : shape && withFormat(shape, owner.format);
    }
    return undefined;
  }
}

function swapped(tensor: Tensor, a: number, b: number): Tensor | undefined {
  const { shape } = tensor;
  const at = (index: number): number => (index < 0 ? shape.length + index : index);
  const [first, second] = [shape[at(a)], shape[at(b)]];
  return first && second ? { ...tensor, shape: shape.with(at(a), second).with(at(b), first) } : undefined;
}
