/**
 * TileLang kernels of a Python module: `with T.Kernel(...)`, the buffers it allocates and the loops it pipelines. Nothing
 * is run. Names and defaults as in tilelang/language (tile-ai/tilelang, October 2025): kernel.py (128 threads where none
 * are said), allocate.py, loop.py (`num_stages` 0 where none are said).
 */
import type { Expression } from '../../core/kernels/expression.ts';
import type { TileBuffer, TileKernel } from '../../core/kernels/tiled/facts.ts';
import { fieldOf, type Node } from '../python/tree.ts';
import { textOf, toExpression } from '../triton/expressions.ts';
import { type Around, calleeOf, callsByName, factorsOf, inside, moduleNames, namedArgument, positional } from './python-names.ts';

const defaultThreads = 128;
const allocators: { readonly [name: string]: TileBuffer['memory'] | undefined } = {
  alloc_shared: 'shared',
  alloc_fragment: 'registers',
};

const isCall = (node: Node, name: RegExp, source: string): boolean => name.test(calleeOf(node, source));

/** The call of `T.Kernel` in a `with` statement. */
function kernelCall(statement: Node, source: string): Node | undefined {
  let found: Node | undefined;
  const body = fieldOf(statement, 'body');
  const visit = (node: Node): void => {
    if (node === body || found) return;
    if (isCall(node, /^\w+\.Kernel$/, source)) found = node;
    else for (const kid of node.kids) visit(kid);
  };
  visit(statement);
  return found;
}

interface Body {
  readonly buffers: TileBuffer[];
  /** Loops that are pipelined. */
  readonly pipelines: { readonly call: Node; readonly body: Node }[];
  readonly gemms: Node[];
}

function readBody(body: Node, around: Around, source: string): Body {
  const found: Body = { buffers: [], pipelines: [], gemms: [] };
  const visit = (node: Node): void => {
    if (node.type === 'assignment') {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      const buffer = left?.type === 'identifier' && right ? bufferOf(textOf(left, source), right, around, source) : undefined;
      if (buffer) found.buffers.push(buffer);
    }
    if (node.type === 'for_statement') {
      const [iterated, inner] = [fieldOf(node, 'right'), fieldOf(node, 'body')];
      if (iterated && inner && isCall(iterated, /^\w+\.Pipelined$/, source)) found.pipelines.push({ call: iterated, body: inner });
    }
    if (isCall(node, /^\w+\.(?:gemm|wgmma_gemm|gemm_v[12]|tcgen05_gemm)$/, source)) found.gemms.push(node);
    for (const kid of node.kids) visit(kid);
  };
  visit(body);
  return found;
}

function bufferOf(name: string, call: Node, around: Around, source: string): TileBuffer | undefined {
  const memory = allocators[/\.(\w+)$/.exec(calleeOf(call, source))?.[1] ?? ''];
  const [first, second] = positional(call);
  const shape = memory && factorsOf(namedArgument(call, 'shape', source) ?? first, around, source);
  if (!memory || !shape) return undefined;
  const format = namedArgument(call, 'dtype', source) ?? second;
  return {
    name,
    memory,
    shape,
    ...(format ? { format: toExpression(format, source) } : {}),
    copies: 'one',
    range: { start: call.start, end: call.end },
  };
}

/** Names that copies of a loop fill: `T.copy(A[...], A_shared)`. */
function filledIn(body: Node, source: string): ReadonlySet<string> {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    const target = isCall(node, /^\w+\.(?:copy|tma_copy|async_copy|im2col|c2d_im2col)$/, source) ? positional(node)[1] : undefined;
    if (target) names.add(/^\w+/.exec(textOf(target, source))?.[0] ?? '');
    for (const kid of node.kids) visit(kid);
  };
  visit(body);
  return names;
}

/** `threads=(64, 2)` or a number; 128 where nothing is said. */
function threadsOf(call: Node, around: Around, source: string): TileKernel['threads'] {
  const written = namedArgument(call, 'threads', source);
  const range = written ? { start: written.start, end: written.end } : { start: call.start, end: call.end };
  const usual: Expression = { kind: 'number', value: defaultThreads, text: String(defaultThreads) };
  const factors = written ? factorsOf(written, around, source) : [usual];
  return factors?.map((expression) => ({ expression, range }));
}

function kernelOf(statement: Node, name: Node, around: Around, source: string): TileKernel | undefined {
  const call = kernelCall(statement, source);
  const body = fieldOf(statement, 'body');
  if (!call || !body) return undefined;
  const names: Around = withLocals(around, body, source);
  const { buffers, pipelines, gemms } = readBody(body, names, source);
  const [pipeline] = pipelines;
  const stages = pipeline && (namedArgument(pipeline.call, 'num_stages', source) ?? positional(pipeline.call)[2]);
  const filled = pipeline ? filledIn(pipeline.body, source) : new Set<string>();
  const grid = positional(call).filter(({ type }) => type !== 'list_splat');
  const accumulators = gemms.flatMap((gemm) => positional(gemm)[2] ?? []).map((node) => textOf(node, source));
  const formatOf = (wanted: (buffer: TileBuffer) => boolean): string | undefined => buffers.find(wanted)?.format?.text;
  const formats = { a: formatOf(({ memory }) => memory === 'shared'), acc: formatOf(({ name: one }) => accumulators.includes(one)) };
  return {
    dialect: 'tilelang',
    name: textOf(name, source),
    nameRange: { start: name.start, end: name.end },
    range: { start: statement.start, end: statement.end },
    grid: grid.map((node) => toExpression(node, source)),
    gridRange: { start: call.start, end: call.end },
    ...threadsField(threadsOf(call, names, source)),
    ...(stages ? { stages: { expression: toExpression(stages, source), range: { start: stages.start, end: stages.end } } } : {}),
    tiles: [],
    buffers: buffers.map((buffer) => (buffer.memory === 'shared' && filled.has(buffer.name) ? { ...buffer, copies: 'stages' } : buffer)),
    formats: new Map(Object.entries(formats).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))),
    constants: names.constants,
  };
}

const threadsField = (threads: TileKernel['threads']): Pick<TileKernel, 'threads'> => (threads ? { threads } : {});

function withLocals(around: Around, body: Node, source: string): Around {
  const own = moduleNames(body, source);
  return { assigned: new Map([...around.assigned, ...own.assigned]), constants: new Map([...around.constants, ...own.constants]) };
}

/** Kernels of TileLang, in the order of the text. */
export function tileLangKernels(root: Node, source: string): readonly TileKernel[] {
  const calls = callsByName(root, source);
  const kernels: TileKernel[] = [];
  const visit = (node: Node, around: Around, names: readonly Node[]): void => {
    if (node.type === 'function_definition') {
      const name = fieldOf(node, 'name');
      const within = inside(around, node, calls, source);
      for (const kid of node.kids) visit(kid, within, name ? [...names, name] : names);
      return;
    }
    if (node.type === 'with_statement') {
      // `main` is what every inner function is called; the one around it has the name people know.
      const name = names.findLast((one) => !/^(?:main|kernel|_\w*)$/.test(textOf(one, source))) ?? names.at(-1);
      const kernel = name && kernelOf(node, name, around, source);
      if (kernel) kernels.push(kernel);
    }
    for (const kid of node.kids) visit(kid, around, names);
  };
  visit(root, moduleNames(root, source), []);
  return kernels;
}

/** Whether a module may hold kernels of TileLang. */
export const mayHoldTileLang = (text: string): boolean => /\btilelang\b/.test(text) && /\.Kernel\(/.test(text);
