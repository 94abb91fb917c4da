/**
 * What one function of a file says: a kernel, a function of the device, or one of the host with its launches. A keystroke changes
 * one function, so what the others say is kept with their nodes, and only its places are moved.
 */
import type { DeviceFunction, Kernel, SharedOptIn, TileFunction, TraitUse } from '../../core/kernels/facts.ts';
import { moved, movedKernel } from '../../core/kernels/moved.ts';
import type { CastMacros } from './body.ts';
import { deviceFunctionOf, isKernel, kernelOf, parameterNames, templateOf } from './kernels.ts';
import type { LaunchMacros } from './launch-macros.ts';
import { launchesIn } from './launches.ts';
import { partNames, tileFunctionOf, traitsIn } from './tile-functions.ts';
import { fieldOf, type Node, textOf } from './tree.ts';
import type { HostFunction } from './wrapper-calls.ts';

/** What functions are read with. */
export interface FileAround {
  readonly text: string;
  /** The text without continuations of lines. */
  readonly source: string;
  readonly casts: CastMacros;
  readonly launching: LaunchMacros;
}

export interface FunctionFacts {
  readonly kernel?: Kernel;
  readonly device?: DeviceFunction;
  readonly tiles?: TileFunction;
  readonly traits: readonly TraitUse[];
  readonly host?: HostFunction;
  readonly optIns: readonly SharedOptIn[];
}

function functionName(definition: Node, text: string): string {
  const declarator = fieldOf(definition, 'declarator');
  const name = declarator && fieldOf(declarator, 'declarator');
  return name ? textOf(name, text) : '';
}

const nothing: FunctionFacts = { traits: [], optIns: [] };

function read(node: Node, list: Node | undefined, { text, source, casts, launching }: FileAround): FunctionFacts {
  if (isKernel(node)) {
    const kernel = kernelOf(node, list, text, casts);
    return kernel ? { ...nothing, kernel } : nothing;
  }
  const body = fieldOf(node, 'body');
  if (!body) return nothing;
  const device = node.kids.some((kid) => kid.type === '__device__') ? deviceFunctionOf(node, list, text) : undefined;
  const tiles = tileFunctionOf(node, text);
  const name = functionName(node, text);
  const { launches, optIns } = launchesIn(body, source, launching);
  return {
    ...(device ? { device } : {}),
    ...(tiles ? { tiles } : {}),
    traits: traitsIn(name, body, text),
    host: { name, body, parameters: parameterNames(node, text), template: templateOf(list, text), launches },
    optIns,
  };
}

/** The same facts where an edit has pushed them; the comment in front of a function is not part of its text. */
function movedFacts({ kernel, device, tiles, traits, host, optIns }: FunctionFacts, by: number): FunctionFacts {
  return {
    ...(kernel ? { kernel: movedKernel(kernel, by) } : {}),
    ...(device ? { device: moved(device, by) } : {}),
    ...(tiles ? { tiles: moved(tiles, by) } : {}),
    traits: moved(traits, by),
    ...(host ? { host: { ...host, launches: moved(host.launches, by) } } : {}),
    optIns: moved(optIns, by),
  };
}

interface Kept {
  /** Where the function stood when it was read, and what it was read with. */
  readonly start: number;
  readonly around: string;
  readonly facts: FunctionFacts;
  /** The last place and its facts. */
  place: number;
  here: FunctionFacts;
}

/** By their node, whose copy stays the same object from one keystroke to the next as long as the function's text does. */
const kept = new WeakMap<Node, Kept>();

/** What of the file a function is read with, as text: equal texts give equal facts. */
function aroundOf(node: Node, { source, casts, launching }: FileAround): string {
  const parts = [...casts].map((one) => one.join());
  if (launching.names?.test(source.slice(node.start, node.end))) {
    // Sizes of its launches stand in the macros, so these must lie as far from it as they did.
    for (const [name, { body }] of launching.macros) parts.push(`${name} ${body.start - node.start} ${textOf(body, source)}`);
  }
  return parts.join('\n');
}

/** @param list the template parameters in front of the function. */
export function functionFacts(node: Node, list: Node | undefined, file: FileAround): FunctionFacts {
  const around = aroundOf(node, file);
  let known = kept.get(node);
  if (known?.around !== around) {
    const facts = read(node, list, file);
    known = { start: node.start, around, facts, place: node.start, here: facts };
    kept.set(node, known);
  }
  if (known.place !== node.start) {
    known.place = node.start;
    known.here = movedFacts(known.facts, node.start - known.start);
  }
  const { tiles } = known.here;
  return tiles ? { ...known.here, tiles: { ...tiles, parts: partNames(file.text, node.start) } } : known.here;
}
