/**
 * CUDA and HIP source in the strings of a Python module: `load_inline(cuda_sources=...)` of PyTorch, `RawKernel` and `RawModule` of
 * CuPy, `SourceModule` of PyCUDA. Everything around the strings is blanked, so that every place found in them is the place in
 * the Python text. Launches that Python itself makes (`kernel((grid,), (block,), ...)`) are read as well.
 */
import type { Expression } from '../../core/kernels/expression.ts';
import type { KernelFile, Launch } from '../../core/kernels/facts.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { argumentsOf, calleeOf, factorsOf, moduleNames, namedArgument, positional } from '../tiled/python-names.ts';
import { toExpression } from '../triton/expressions.ts';
import { namesOf } from '../triton/names.ts';
import { readKernels } from './cuda.ts';
import { givenSizes } from './given-sizes.ts';

/** Whether a module may hold such strings. */
export const mayHoldCuda = (text: string): boolean => /\b__global__\b/.test(text);

const isSource = (text: string): boolean => /\b__global__\b[\s\S]*\(|<<</.test(text);
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** What stands between the quotes as the compiler sees it, at the same length: escapes become what they mean, filled up with blanks. */
function sourceOf(literal: string): string {
  const [opening = '', prefix = '', quotes = ''] = /^([a-zA-Z]*)('''|"""|'|")/.exec(literal) ?? [];
  const inner = literal.slice(opening.length, literal.length - quotes.length);
  const isRaw = /r/i.test(prefix);
  const isFormatted = /f/i.test(prefix);
  const unescaped = isRaw
    ? inner
    : inner.replace(/\\(\r?\n|[\s\S])/g, (whole, letter: string) =>
        letter === 'n' ? ' \n' : /[\\'"]/.test(letter) ? ` ${letter}` : blank(whole),
      );
  // `{{` is a brace; `{NAME}` stands for a value, whose name is kept.
  const formatted = isFormatted
    ? unescaped.replace(/\{\{|\}\}|\{\s*(\w+)\s*\}|\{[^{}]*\}/g, (whole, name: string | undefined) =>
        whole === '{{' || whole === '}}' ? `${whole[0]} ` : name === undefined ? `1${blank(whole).slice(1)}` : ` ${whole.slice(1, -1)} `,
      )
    : unescaped;
  return `${blank(opening)}${formatted}${blank(quotes)}`;
}

/** Strings that hold source; a string that stands alone as a statement is documentation. */
function sourceStrings(root: Node, text: string): readonly Node[] {
  const found: Node[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'expression_statement' && namedKids(node).length === 1 && namedKids(node)[0]?.type === 'string') return;
    if (node.type === 'string') {
      if (isSource(text.slice(node.start, node.end))) found.push(node);
      return;
    }
    for (const kid of node.kids) visit(kid);
  };
  visit(root);
  return found;
}

/** The last texts and what was read of them: edits of the Python around the strings change nothing in them. */
const kept = new Map<string, { readonly source: string; readonly file: KernelFile | undefined }>();
const mostKept = 8;

function read(uri: string, source: string): KernelFile | undefined {
  const known = kept.get(uri);
  if (known?.source === source && known.file) return known.file;
  const file = readKernels(uri, source);
  if (kept.size >= mostKept) kept.clear();
  kept.set(uri, { source, file });
  return file;
}

const plainString = /^[a-zA-Z]*(?:'''|"""|'|")(\w+)(?:'''|"""|'|")$/;

/** Names that hold a kernel: `k = cupy.RawKernel(source, 'name')`, `k = module.get_function('name')`. */
function heldKernels(root: Node, text: string): ReadonlyMap<string, string> {
  const held = new Map<string, string>();
  const visit = (node: Node): void => {
    const [left, right] = node.type === 'assignment' ? [fieldOf(node, 'left'), fieldOf(node, 'right')] : [];
    if (left && right && /(?:^|\.)(?:RawKernel|get_function|_compile_kernel)$/.test(calleeOf(right, text))) {
      const names = argumentsOf(right).flatMap((argument) => {
        const value = argument.type === 'keyword_argument' ? fieldOf(argument, 'value') : argument;
        return (value?.type === 'string' && plainString.exec(text.slice(value.start, value.end))?.[1]) || [];
      });
      const name = names.at(-1);
      if (name !== undefined) held.set(text.slice(left.start, left.end), name);
    }
    for (const kid of node.kids) visit(kid);
  };
  visit(root);
  return held;
}

/** `kernel((grid,), (block,), args, shared_mem=...)` of CuPy, `kernel(args, grid=..., block=..., shared=...)` of PyCUDA and PyTorch. */
function launchOf(call: Node, kernel: string, root: Node, locals: ReadonlyMap<string, Node>, text: string): Launch | undefined {
  const around = { assigned: new Map([...moduleNames(root, text).assigned, ...locals]), constants: new Map() };
  const values = positional(call);
  const grid = namedArgument(call, 'grid', text) ?? values[0];
  const block = namedArgument(call, 'block', text) ?? (namedArgument(call, 'grid', text) ? undefined : values[1]);
  const shared = ['shared_mem', 'shared'].flatMap((name) => namedArgument(call, name, text) ?? [])[0];
  const [gridFactors, blockFactors] = [factorsOf(grid, around, text), factorsOf(block, around, text)];
  if (!grid || !block || !gridFactors || !blockFactors) return undefined;
  return {
    kernel,
    templateArguments: [],
    grid: gridFactors,
    block: blockFactors,
    ...(shared ? { dynamicShared: { expression: toExpression(shared, text), range: { start: shared.start, end: shared.end } } } : {}),
    gridRange: { start: grid.start, end: grid.end },
    blockRange: { start: block.start, end: block.end },
    range: { start: call.start, end: call.end },
    constants: new Map([...around.assigned].map(([name, node]): [string, Expression] => [name, toExpression(node, text)])),
  };
}

function launchesIn(root: Node, text: string): readonly Launch[] {
  const held = heldKernels(root, text);
  if (held.size === 0) return [];
  const found: Launch[] = [];
  const visit = (node: Node, locals: ReadonlyMap<string, Node>): void => {
    const body = node.type === 'function_definition' ? fieldOf(node, 'body') : undefined;
    const inner = body ? new Map([...locals, ...namesOf(body, text).assigned]) : locals;
    const kernel = node.type === 'call' ? held.get(calleeOf(node, text)) : undefined;
    const launch = kernel === undefined ? undefined : launchOf(node, kernel, root, inner, text);
    if (launch) found.push(launch);
    for (const kid of node.kids) visit(kid, inner);
  };
  visit(root, new Map());
  return found;
}

/** @returns undefined for a module without such strings, and while the grammar of kernels is not loaded. Never throws. */
export function kernelsInPython(uri: string, root: Node, text: string): KernelFile | undefined {
  if (!mayHoldCuda(text)) return undefined;
  const strings = sourceStrings(root, text);
  if (strings.length === 0) return undefined;
  let source = '';
  for (const { start, end } of strings) source += `${blank(text.slice(source.length, start))}${sourceOf(text.slice(start, end))}`;
  const file = read(uri, source + blank(text.slice(source.length)));
  if (!file) return undefined;
  // Constants of the module stand for what f-strings put in; what the user gives goes before them.
  const { constants } = moduleNames(root, text);
  return {
    ...file,
    launches: [...file.launches, ...launchesIn(root, text)],
    constants: new Map([...constants, ...file.constants]),
    given: givenSizes(text, '#'),
  };
}
