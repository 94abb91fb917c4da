/**
 * Facts of kernel code at another place: behind the end of a document that they were not written in, or where an edit above has
 * pushed them. Facts that were handed out are never changed: these are copies, and what has no place in it stays shared.
 */
import type { KernelBody } from './body.ts';
import type { Kernel } from './facts.ts';

/** Expressions are what they are wherever they stand; maps and sets hold names, constants and expressions. */
const isPlaceless = (value: object): boolean => ('kind' in value && 'text' in value) || value instanceof Map || value instanceof Set;

function copyOf(value: object, by: number, seen: Map<object, object>): object {
  const known = seen.get(value);
  if (known) return known;
  if (isPlaceless(value)) return value;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    seen.set(value, list);
    for (const item of value) list.push(typeof item === 'object' && item !== null ? copyOf(item, by, seen) : item);
    return list;
  }
  const copy: Record<string, unknown> = {};
  seen.set(value, copy);
  const facts = value as Readonly<Record<string, unknown>>;
  for (const name in facts) {
    const part = facts[name];
    if (typeof part === 'object' && part !== null) copy[name] = copyOf(part, by, seen);
    else copy[name] = (name === 'start' || name === 'end') && typeof part === 'number' ? part + by : part;
  }
  return copy;
}

/** A copy with every range moved; what the parts share they go on sharing. */
export function moved<Facts extends object>(facts: Facts, by: number): Facts {
  return by === 0 ? facts : (copyOf(facts, by, new Map()) as Facts);
}

/** The same for a kernel. Its statements, which are most of it, are copied when somebody asks for them. */
export function movedKernel(kernel: Kernel, by: number): Kernel {
  if (by === 0) return kernel;
  const { statements, ...others } = kernel;
  let body: KernelBody | undefined;
  return {
    ...moved(others, by),
    get statements() {
      body ??= moved(statements, by);
      return body;
    },
  };
}
