/** Every value an expression may have where a branch on the machine or the data decides. */
import { type Expression, evaluate, type Scope } from './expression.ts';

const deepest = 8;

/**
 * @param alternativesOf what a name without a single value may stand for.
 * @returns nothing where one of the values is not known.
 */
export function possibleValues(
  value: Expression,
  scope: Scope,
  alternativesOf: (name: string) => readonly Expression[] = () => [],
  depth = 0,
): readonly number[] {
  const known = evaluate(value, scope);
  if (known !== undefined) return [known];
  if (depth > deepest) return [];
  const all = (parts: readonly Expression[]): readonly number[] => {
    const options = parts.map((part) => possibleValues(part, scope, alternativesOf, depth + 1));
    return options.every((one) => one.length > 0) ? options.flat() : [];
  };
  if (value.kind === 'conditional') {
    const test = evaluate(value.test, scope);
    return all(test === undefined ? [value.yes, value.no] : [test === 0 ? value.no : value.yes]);
  }
  if (value.kind !== 'name') return [];
  const one = scope.lookUp(value.name);
  return typeof one === 'object' ? all([one]) : all(alternativesOf(value.name));
}
