/** Every value an argument of a launch may have. */
import type { Expression, Scope } from '../expression.ts';
import { possibleValues } from '../options.ts';
import type { TritonLaunch } from './facts.ts';

/** @returns nothing where one of the values is not known. */
export function optionsOf(value: Expression, launch: TritonLaunch, scope: Scope): readonly number[] {
  return possibleValues(value, scope, (name) => launch.alternatives.get(name)?.values ?? []);
}
