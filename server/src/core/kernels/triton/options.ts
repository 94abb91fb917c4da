/** Every value an argument of a launch may have, where branches on the machine or the data decide. */
import { type Expression, evaluate, type Scope } from '../expression.ts';
import type { TritonLaunch } from './facts.ts';

const deepest = 8;

/** @returns nothing where one of the values is not known. */
export function optionsOf(value: Expression, launch: TritonLaunch, scope: Scope, depth = 0): readonly number[] {
  const known = evaluate(value, scope);
  if (known !== undefined) return [known];
  if (depth > deepest) return [];
  const all = (parts: readonly Expression[]): readonly number[] => {
    const options = parts.map((part) => optionsOf(part, launch, scope, depth + 1));
    return options.every((one) => one.length > 0) ? options.flat() : [];
  };
  if (value.kind === 'conditional') return all([value.yes, value.no]);
  if (value.kind !== 'name') return [];
  const one = launch.constants.get(value.name);
  return one ? all([one]) : all(launch.alternatives.get(value.name)?.values ?? []);
}
