/**
 * Pallas kernels of a Python module: every `pallas_call` with its grid, the blocks of its operands and its scratch memory.
 * Names as in jax/_src/pallas (jax-ml/jax): `BlockSpec(block_shape, index_map)`, before 0.4.31 the other way round;
 * `grid_spec=pltpu.PrefetchScalarGridSpec(...)`; `scratch_shapes=[pltpu.VMEM(shape, dtype)]`.
 */
import type { TileBuffer, TileKernel } from '../../core/kernels/tiled/facts.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { textOf, toExpression } from '../triton/expressions.ts';
import { type Around, calleeOf, callsByName, factorsOf, inside, moduleNames, namedArgument, positional } from './python-names.ts';

/** Whether a module may hold kernels of Pallas. */
export const mayHoldPallas = (text: string): boolean => /\bpallas\b/.test(text) && /\bpallas_call\(/.test(text);

const isCall = (node: Node, name: RegExp, source: string): boolean => name.test(calleeOf(node, source));

/** The kernel's name: itself, or what `functools.partial` is of. */
function nameOf(node: Node | undefined, around: Around, source: string, depth = 0): Node | undefined {
  if (!node || depth > 4) return undefined;
  if (isCall(node, /(?:^|\.)partial$/, source)) return nameOf(positional(node)[0], around, source, depth + 1);
  if (node.type !== 'identifier') return undefined;
  const behind = around.assigned.get(textOf(node, source));
  return behind && behind !== node ? (nameOf(behind, around, source, depth + 1) ?? node) : node;
}

/** `BlockSpec`s of a list, also behind a name. */
function specsOf(node: Node | undefined, around: Around, source: string, depth = 0): readonly Node[] {
  if (!node || depth > 4) return [];
  if (node.type === 'identifier') return specsOf(around.assigned.get(textOf(node, source)), around, source, depth + 1);
  if (isCall(node, /(?:^|\.)BlockSpec$/, source)) return [node];
  return node.type === 'list' || node.type === 'tuple' ? namedKids(node).flatMap((kid) => specsOf(kid, around, source, depth + 1)) : [];
}

function blockOf(spec: Node, name: string, around: Around, source: string): TileBuffer | undefined {
  // Blocks that stay where they are take no fast memory.
  const space = namedArgument(spec, 'memory_space', source);
  if (space && !/VMEM/.test(textOf(space, source))) return undefined;
  const [first, second] = positional(spec);
  const written = namedArgument(spec, 'block_shape', source) ?? (first?.type === 'lambda' ? second : first);
  const shape = factorsOf(written, around, source);
  if (!written || !shape || !['tuple', 'list', 'identifier'].includes(written.type)) return undefined;
  return {
    name,
    memory: 'vmem',
    // None squeezes a dimension of one.
    shape: shape.filter(({ text }) => text !== 'None'),
    copies: 'two',
    range: { start: spec.start, end: spec.end },
  };
}

function scratchOf(list: Node | undefined, around: Around, source: string): readonly TileBuffer[] {
  if (list?.type !== 'list' && list?.type !== 'tuple') return [];
  return namedKids(list).flatMap((node, index): readonly TileBuffer[] => {
    if (!isCall(node, /(?:^|\.)(?:VMEM|SMEM)$/, source)) return [];
    const [shape, format] = positional(node);
    const factors = factorsOf(shape, around, source);
    if (!factors || !format || /SMEM$/.test(calleeOf(node, source))) return [];
    return [
      {
        name: `scratch ${index}`,
        memory: 'vmem',
        shape: factors,
        format: toExpression(format, source),
        copies: 'one',
        range: { start: node.start, end: node.end },
      },
    ];
  });
}

/** Formats of the outputs, in order: `jax.ShapeDtypeStruct(shape, jnp.float32)`. */
function outputFormats(node: Node | undefined, source: string): readonly (Node | undefined)[] {
  if (!node) return [];
  if (isCall(node, /(?:^|\.)ShapeDtypeStruct$/, source)) return [namedArgument(node, 'dtype', source) ?? positional(node)[1]];
  return node.type === 'list' || node.type === 'tuple' ? namedKids(node).flatMap((kid) => outputFormats(kid, source)) : [];
}

function kernelOf(call: Node, around: Around, source: string): TileKernel | undefined {
  const name = nameOf(positional(call)[0] ?? namedArgument(call, 'kernel', source), around, source);
  const written = namedArgument(call, 'grid_spec', source);
  const spec = written?.type === 'identifier' ? around.assigned.get(textOf(written, source)) : written;
  const argument = (key: string): Node | undefined => (spec && namedArgument(spec, key, source)) ?? namedArgument(call, key, source);
  const grid = argument('grid');
  const formats = outputFormats(namedArgument(call, 'out_shape', source), source);
  const inputs = specsOf(argument('in_specs'), around, source).flatMap(
    (one, index) => blockOf(one, `input ${index}`, around, source) ?? [],
  );
  const outputs = specsOf(argument('out_specs'), around, source).flatMap((one, index): readonly TileBuffer[] => {
    const block = blockOf(one, `output ${index}`, around, source);
    const format = formats[index];
    return block ? [{ ...block, ...(format ? { format: toExpression(format, source) } : {}) }] : [];
  });
  const factors = factorsOf(grid, around, source);
  const callee = fieldOf(call, 'function') ?? call;
  const named = name ?? callee;
  return {
    dialect: 'pallas',
    name: name ? textOf(name, source) : 'pallas_call',
    nameRange: { start: named.start, end: named.end },
    range: { start: call.start, end: call.end },
    ...(factors ? { grid: factors } : {}),
    ...(grid ? { gridRange: { start: grid.start, end: grid.end } } : {}),
    tiles: [],
    buffers: [...inputs, ...outputs, ...scratchOf(argument('scratch_shapes'), around, source)],
    formats: new Map(),
    constants: around.constants,
  };
}

/** Kernels of Pallas, in the order of the text. */
export function pallasKernels(root: Node, source: string): readonly TileKernel[] {
  const calls = callsByName(root, source);
  const kernels: TileKernel[] = [];
  const visit = (node: Node, around: Around): void => {
    const within = node.type === 'function_definition' ? inside(around, node, calls, source) : around;
    const kernel = isCall(node, /(?:^|\.)pallas_call$/, source) ? kernelOf(node, within, source) : undefined;
    if (kernel) kernels.push(kernel);
    for (const kid of node.kids) visit(kid, within);
  };
  visit(root, moduleNames(root, source));
  return kernels;
}
