/**
 * Calls of known operators in PyTorch code: `torch.matmul` and its kin, `@`, `F.linear`, `nn.Linear`, and
 * `F.scaled_dot_product_attention` (queries, keys and values as [batch..., heads, tokens, head size]). Sizes that the code leaves
 * open come from a comment on the line or above it: `# rooflint: M=4096 N=4096 K=4096`, `# rooflint: B=2 H=16 S=8192 D=128`.
 */
import type { Expression } from '../../core/kernels/expression.ts';
import type { AttentionSizes, OperatorCall, OperatorFile, ProductSizes } from '../../core/kernels/operators/facts.ts';
import { givenSizes } from '../cuda/given-sizes.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { calleeOf, inside, moduleNames, namedArgument, positional } from '../tiled/python-names.ts';
import { textOf } from '../triton/expressions.ts';
import { sharedFormat, type Tensor, Tensors } from './tensors.ts';

/** Whether a module may call such operators. */
export const mayHoldOperators = (text: string): boolean =>
  /\btorch\b/.test(text) && /\b(?:matmul|b?mm|addmm|baddbmm|Linear|linear|scaled_dot_product_attention)\(|[\w)] @ \w/.test(text);

const one: Expression = { kind: 'number', value: 1, text: '1' };
const rows: Expression = { kind: 'name', name: 'M', text: 'M' };
const number = (value: number): Expression => ({ kind: 'number', value, text: String(value) });

/** Sizes in a comment on the line of a place or on the line above. */
function givenAt(at: number, source: string): ReadonlyMap<string, number> {
  const start = source.lastIndexOf('\n', at - 1);
  const above = start < 0 ? 0 : source.lastIndexOf('\n', start - 1) + 1;
  const end = source.indexOf('\n', at);
  return givenSizes(source.slice(above, end < 0 ? source.length : end), '#');
}

function givenProduct(given: ReadonlyMap<string, number>): ProductSizes | undefined {
  const [m, n, k] = ['M', 'N', 'K'].map((name) => given.get(name));
  if (m === undefined || n === undefined || k === undefined) return undefined;
  return { batch: [number(given.get('B') ?? 1)], m: [number(m)], n: number(n), k: number(k) };
}

/** Rows that a comment gives for a layer. */
function withRows(product: ProductSizes, given: ReadonlyMap<string, number>): ProductSizes {
  const m = given.get('M');
  return m !== undefined && product.m.includes(rows) ? { ...product, m: [number(m)] } : product;
}

function givenAttention(given: ReadonlyMap<string, number>, isCausal: boolean): AttentionSizes | undefined {
  const [heads, tokens, headDim] = [given.get('H'), given.get('S') ?? given.get('L'), given.get('D')];
  if (heads === undefined || tokens === undefined || headDim === undefined) return undefined;
  const [queries, keyValueHeads] = [number(tokens), number(given.get('HKV') ?? heads)];
  const keys = number(given.get('T') ?? tokens);
  return { batch: [number(given.get('B') ?? 1)], heads: number(heads), keyValueHeads, queries, keys, headDim: number(headDim), isCausal };
}

/** A weight without batches takes all rows of the other operand together. */
function productOf(left: Tensor, right: Tensor): ProductSizes | undefined {
  const [k, n] = [right.shape.at(-2), right.shape.at(-1)];
  const m = left.shape.at(-2) ?? one;
  if (!k || !n) return undefined;
  const batch = right.shape.slice(0, -2);
  return batch.length === 0 ? { batch: [], m: left.shape.slice(0, -1), n, k } : { batch, m: [m], n, k };
}

interface Found {
  readonly name: Node;
  readonly call: Node;
  readonly format?: string | undefined;
  readonly product?: ProductSizes | undefined;
  readonly attention?: AttentionSizes | undefined;
}

class Reader {
  private readonly source: string;
  readonly calls: OperatorCall[] = [];

  constructor(source: string) {
    this.source = source;
  }

  private add({ name, call, format, product, attention }: Found, constants: ReadonlyMap<string, Expression>): void {
    const given = givenAt(call.start, this.source);
    const isAttention = /scaled_dot_product_attention$/.test(textOf(name, this.source));
    const isCausal = isAttention && this.isCausal(call);
    const common = {
      name: textOf(name, this.source),
      nameRange: { start: name.start, end: name.end },
      range: { start: call.start, end: call.end },
      ...(format === undefined ? {} : { format }),
      constants,
    };
    const sizes = isAttention ? (givenAttention(given, isCausal) ?? attention) : undefined;
    const factors = isAttention ? undefined : (givenProduct(given) ?? (product && withRows(product, given)));
    if (sizes) this.calls.push({ ...common, kind: 'attention', ...sizes });
    else if (factors) this.calls.push({ ...common, kind: 'product', ...factors });
  }

  private isCausal(call: Node): boolean {
    const written = namedArgument(call, 'is_causal', this.source) ?? positional(call)[5];
    return written !== undefined && textOf(written, this.source) === 'True';
  }

  /** What a node calls, where it is one of the operators. */
  private operatorIn(node: Node, tensors: Tensors): Found | undefined {
    if (node.type === 'binary_operator' && tensors.operatorOf(node) === '@') {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      return left && right ? this.product(node, node, left, right, tensors) : undefined;
    }
    const callee = node.type === 'call' ? fieldOf(node, 'function') : undefined;
    if (!callee) return undefined;
    const name = calleeOf(node, this.source);
    const [first, second, third] = positional(node);
    if (/^torch\.(?:matmul|mm|bmm)$/.test(name)) return this.product(node, callee, first, second, tensors);
    if (/^torch\.(?:addmm|baddbmm)$/.test(name)) return this.product(node, callee, second, third, tensors);
    if (/(?:^|\.)(?:F|functional)\.linear$/.test(name)) return this.linear(node, callee, tensors.of(first), tensors.of(second));
    if (/(?:^|\.)scaled_dot_product_attention$/.test(name)) return this.attention(node, callee, tensors);
    const made = tensors.layerOf(node);
    // The rows of a layer are its caller's; a comment gives them where it is made.
    if (made) return { name: callee, call: node, format: made.format, product: { batch: [], m: [rows], n: made.outputs, k: made.inputs } };
    const layer = tensors.layerNamed(name);
    if (layer) {
      const input = tensors.of(first);
      const product = input && { batch: [], m: input.shape.slice(0, -1), n: layer.outputs, k: layer.inputs };
      return { name: callee, call: node, format: sharedFormat(input?.format, layer.format), product };
    }
    return undefined;
  }

  private product(call: Node, name: Node, left: Node | undefined, right: Node | undefined, tensors: Tensors): Found {
    const [a, b] = [tensors.of(left), tensors.of(right)];
    return { name, call, format: sharedFormat(a?.format, b?.format), product: a && b ? productOf(a, b) : undefined };
  }

  private linear(call: Node, name: Node, input: Tensor | undefined, weight: Tensor | undefined): Found {
    const [n, k] = weight?.shape ?? [];
    const product = input && n && k ? { batch: [], m: input.shape.slice(0, -1), n, k } : undefined;
    return { name, call, format: sharedFormat(input?.format, weight?.format), product };
  }

  private attention(call: Node, name: Node, tensors: Tensors): Found {
    const of = (argument: string, at: number): Tensor | undefined =>
      tensors.of(namedArgument(call, argument, this.source) ?? positional(call)[at]);
    const [query, key] = [of('query', 0), of('key', 1)];
    const [heads, queries, headDim] = query?.shape.slice(-3) ?? [];
    const [keyValueHeads, keys] = key?.shape.slice(-3) ?? [];
    if (!query || !key || !heads || !queries || !headDim || !keyValueHeads || !keys) return { name, call };
    const sizes = { batch: query.shape.slice(0, -3), heads, keyValueHeads, queries, keys, headDim, isCausal: this.isCausal(call) };
    return { name, call, format: sharedFormat(query.format, key.format), attention: sizes };
  }

  visit(node: Node, tensors: Tensors, around: ReturnType<typeof moduleNames>): void {
    if (node.type === 'function_definition') {
      const within = inside(around, node, new Map(), this.source);
      const own = new Tensors(this.source, tensors);
      for (const kid of node.kids) this.visit(kid, own, within);
      return;
    }
    if (node.type === 'class_definition') {
      // What `__init__` sets on self is there in every method.
      const own = new Tensors(this.source, tensors);
      this.layersOf(node, own);
      for (const kid of node.kids) this.visit(kid, own, around);
      return;
    }
    const found = this.operatorIn(node, tensors);
    if (found) this.add(found, around.constants);
    for (const kid of node.kids) this.visit(kid, tensors, around);
    if (node.type !== 'assignment') return;
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    if (left && right && (left.type === 'identifier' || left.type === 'attribute')) tensors.set(textOf(left, this.source), right);
    // q, k, v = (torch.randn(...), torch.randn(...), ...)
    const values = right?.type === 'expression_list' || right?.type === 'tuple' ? namedKids(right) : [];
    if (left?.type === 'pattern_list' || left?.type === 'tuple_pattern')
      for (const [index, name] of namedKids(left).entries()) if (values[index]) tensors.set(textOf(name, this.source), values[index]);
  }

  private layersOf(node: Node, tensors: Tensors): void {
    const [left, right] = node.type === 'assignment' ? [fieldOf(node, 'left'), fieldOf(node, 'right')] : [];
    if (left?.type === 'attribute' && right && tensors.layerOf(right)) tensors.set(textOf(left, this.source), right);
    for (const kid of node.kids) this.layersOf(kid, tensors);
  }
}

/** @param root the plain copy of the module's tree. Undefined for a module without calls whose sizes are stated. Never throws. */
export function readOperators(root: Node, source: string): OperatorFile | undefined {
  if (!mayHoldOperators(source)) return undefined;
  const reader = new Reader(source);
  const names = moduleNames(root, source);
  reader.visit(root, new Tensors(source), names);
  return reader.calls.length === 0 ? undefined : { calls: reader.calls, constants: names.constants, given: givenSizes(source, '#') };
}
