/**
 * CUDA and HIP source to the facts of its kernels and launches. Nothing is compiled or run; what a macro hides stays
 * unknown. The grammar's trees of real C++ nearly always hold error nodes (comparisons inside template arguments,
 * macros used as keywords): they are never reported, and what stands around them is read all the same.
 */
import type { Tree } from 'web-tree-sitter';
import type { DeviceFunction, Kernel, KernelFile, KernelLanguage, SharedOptIn, TileFunction, TraitUse } from '../../core/kernels/facts.ts';
import { parseText } from '../parsers.ts';
import type { CopiedStatements } from '../tree-copy.ts';
import { castMacrosOf } from './body.ts';
import { fileConstants } from './constants.ts';
import { functionFacts } from './function-facts.ts';
import { givenSizes } from './given-sizes.ts';
import { launchMacros, withoutContinuations } from './launch-macros.ts';
import { maskAttributes } from './mask.ts';
import { copyCudaTree, fieldOf, fileDefinitions, type Node, walk } from './tree.ts';
import { structuresOf, typeNames } from './type-names.ts';
import { type HostFunction, launchesThrough } from './wrapper-calls.ts';

/** HIP is CUDA with other names of the runtime, and often with CUDA's. */
function languageOf(uri: string, text: string): KernelLanguage {
  return /\.hip$/i.test(uri) || /\bhip\/hip_runtime\.h|\bhip(?:Launch|Malloc|Memcpy|Stream)\w*/.test(text) ? 'hip' : 'cuda';
}

/** Functions that hold shared memory, and those that call them. */
function withSharedMemory(functions: readonly DeviceFunction[]): readonly DeviceFunction[] {
  const holding = new Set(functions.filter(({ shared }) => shared.length > 0).map(({ name }) => name));
  for (let before = -1; before !== holding.size; ) {
    before = holding.size;
    for (const { name, calls } of functions) if (calls.some(({ callee }) => holding.has(callee))) holding.add(name);
  }
  return functions.filter(({ name }) => holding.has(name));
}

function parseSource(source: string): Node | undefined {
  const tree = parseText('cuda', source);
  if (!tree) return undefined;
  try {
    return copyCudaTree(tree, source);
  } finally {
    tree.delete();
  }
}

/** The facts of a text from its tree, which must be the parse of `maskAttributes(text)`. Never throws. */
export function readKernelTree(uri: string, text: string, tree: Tree, remembered?: CopiedStatements): KernelFile {
  const root = copyCudaTree(tree, text, remembered);
  const kernels: Kernel[] = [];
  const deviceFunctions: DeviceFunction[] = [];
  const hosts: HostFunction[] = [];
  const optIns: SharedOptIn[] = [];
  const tileFunctions: TileFunction[] = [];
  const traits: TraitUse[] = [];
  const template = new Map<Node, Node>();
  const definitions = fileDefinitions(root);
  const source = withoutContinuations(text);
  const around = { text, source, casts: castMacrosOf(text), launching: launchMacros(definitions, source, parseSource) };
  walk(root, (node) => {
    if (node.type === 'template_declaration') {
      const list = fieldOf(node, 'parameters');
      const definition = node.kids.find((kid) => kid.type === 'function_definition');
      if (list && definition) template.set(definition, list);
      return undefined;
    }
    if (node.type !== 'function_definition') return undefined;
    const facts = functionFacts(node, template.get(node), around);
    if (facts.kernel) kernels.push(facts.kernel);
    if (facts.device) deviceFunctions.push(facts.device);
    if (facts.tiles) tileFunctions.push(facts.tiles);
    if (facts.host) hosts.push(facts.host);
    traits.push(...facts.traits);
    optIns.push(...facts.optIns);
    return false;
  });
  const constants = fileConstants(root, definitions, text, parseSource);
  return {
    language: languageOf(uri, text),
    kernels,
    deviceFunctions: withSharedMemory(deviceFunctions),
    launches: launchesThrough(hosts, constants, source),
    optIns,
    tileFunctions,
    traits,
    ...constants,
    types: typeNames(definitions, text),
    structures: structuresOf(definitions, text),
    includes: [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"/gm)].flatMap(([, path]) => path ?? []),
    given: givenSizes(text, '//'),
  };
}

/** Reads a text in one go; undefined while the grammar is not loaded. */
export function readKernels(uri: string, text: string): KernelFile | undefined {
  const tree = parseText('cuda', maskAttributes(text));
  if (!tree) return undefined;
  try {
    return readKernelTree(uri, text, tree);
  } finally {
    tree.delete();
  }
}
