/**
 * What names stand for at one point of a module. A branch writes into a layer of its own, so that what it changes is
 * known when it ends. `cfg.model.tp = 8` is kept by its dotted path beside the names.
 */
import type { Range } from '../../core/origin.ts';
import type { PythonValue } from '../python-module.ts';
import { type hiding, sameValue, unknownValue } from './values.ts';

/** One step into a value: an attribute, or a subscript by a known key. */
export interface Step {
  readonly key: string;
  readonly isSubscript: boolean;
}

export interface Found {
  readonly value: PythonValue;
  /** What is still to be looked up in it. */
  readonly rest: readonly Step[];
}

/** In `paths`: a call may have changed anything under the name. */
const anything = '*';

export class Scope {
  readonly parent: Scope | undefined;
  private readonly names = new Map<string, PythonValue>();
  private readonly paths = new Map<string, Map<string, PythonValue>>();

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  get(name: string): PythonValue | undefined {
    for (let layer: Scope | undefined = this; layer; layer = layer.parent) {
      const value = layer.names.get(name);
      if (value) return value;
    }
    return undefined;
  }

  set(name: string, value: PythonValue): void {
    this.names.set(name, value);
    this.paths.delete(name);
  }

  /** Names set in this layer. */
  ownNames(): readonly string[] {
    return [...this.names.keys()];
  }

  /** `root.path = value`. */
  setPath(root: string, path: string, value: PythonValue): void {
    const paths = this.paths.get(root) ?? new Map<string, PythonValue>();
    for (const known of [...paths.keys()]) if (known.startsWith(`${path}.`)) paths.delete(known);
    paths.set(path, value);
    this.paths.set(root, paths);
  }

  /** What was known under `root` may have been changed. */
  forget(root: string, value: PythonValue): void {
    this.paths.set(root, new Map([[anything, value]]));
  }

  /** The nearest thing known on the way along `steps`. */
  find(root: string, steps: readonly Step[]): Found | undefined {
    for (let layer: Scope | undefined = this; layer; layer = layer.parent) {
      const paths = layer.paths.get(root);
      const found = paths && steps.length > 0 ? findPath(paths, steps) : undefined;
      if (found) return found;
      const value = layer.names.get(root);
      if (value) return { value, rest: steps };
    }
    return undefined;
  }

  /** Takes over what the branches agree on; the rest is hidden by what decides between them. */
  merge(branches: readonly Scope[], decided: NonNullable<ReturnType<typeof hiding>>): void {
    const names = new Set(branches.flatMap((branch) => [...branch.names.keys()]));
    const results: [string, PythonValue][] = [];
    for (const name of names)
      results.push([
        name,
        agreed(
          branches.map((branch) => branch.names.get(name) ?? this.get(name)),
          decided,
          name,
        ),
      ]);
    for (const [root, path] of branches.flatMap((branch) => branch.changedPaths())) {
      if (names.has(root)) continue;
      const forgotten = path === anything ? branches.flatMap((branch) => branch.paths.get(root)?.get(anything) ?? []) : [];
      if (forgotten[0]) {
        this.forget(root, forgotten[0]);
        continue;
      }
      const steps = path.split('.').map((key): Step => ({ key, isSubscript: false }));
      const values = branches.map((branch) => {
        const found = branch.find(root, steps);
        return found?.rest.length === 0 ? found.value : undefined;
      });
      this.setPath(root, path, agreed(values, decided, `${root}.${path}`));
    }
    for (const [name, value] of results) this.set(name, value);
  }

  private changedPaths(): [string, string][] {
    return [...this.paths].flatMap(([root, paths]) => [...paths.keys()].map((path): [string, string] => [root, path]));
  }
}

function findPath(paths: ReadonlyMap<string, PythonValue>, steps: readonly Step[]): Found | undefined {
  for (let length = steps.length; length > 0; length--) {
    const path = steps.slice(0, length).map((step) => step.key);
    const value = paths.get(path.join('.'));
    if (value) return { value, rest: steps.slice(length) };
  }
  const value = paths.get(anything);
  return value && { value, rest: [] };
}

function agreed(
  values: readonly (PythonValue | undefined)[],
  decided: { readonly unknown: readonly string[]; readonly why: string },
  name: string,
): PythonValue {
  const first = values[0];
  if (first && values.every((value) => value && sameValue(first, value))) return first;
  const place: Range = values.findLast((value) => value !== undefined)?.value ?? { start: 0, end: 0 };
  return unknownValue(place, decided.unknown.length > 0 ? decided.unknown : [name], `\`${name}\` differs ${decided.why}`);
}
