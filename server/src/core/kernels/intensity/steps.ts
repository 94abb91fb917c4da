/**
 * How many steps of arithmetic one thread takes one after the other, where each needs the value of the one before: turns of a loop
 * that changes a floating-point value it goes on with, `sum += x` or `a = a * b + c`. Other warps hide how long such a step takes
 * where there are enough of them; no number of warps makes one thread faster. Counted once a turn, which is the least.
 */
import type { Condition, Operation } from '../body.ts';
import { type Expression, partsOf } from '../expression.ts';
import { flopsOf } from './flops.ts';
import { onceEach, type Polynomial } from './polynomial.ts';
import { type Counting, loopTurns } from './setting.ts';
import { isAssumed, isDead } from './shares.ts';

const names = (expression: Expression): readonly string[] =>
  expression.kind === 'name' ? [expression.name] : partsOf(expression).flatMap(names);

/** Whether an operation takes a value of the thread that changes, and is no counter of a loop. */
function goesOn({ left, right, loops }: Operation, { changing }: { readonly changing: ReadonlySet<string> }): boolean {
  return [left, right].some(({ kind, text }) => kind === 'name' && changing.has(text) && !loops.some(({ variable }) => variable === text));
}

/** Conditions on the turn leave some of the turns out. */
function isOfTurn({ expression }: Condition, { loops }: Operation): boolean {
  const own = new Set(names(expression));
  return loops.some(({ variable }) => variable !== undefined && own.has(variable));
}

/** @returns undefined where no loop goes on with a value. */
export function dependentSteps(counting: Counting): Polynomial | undefined {
  const { arithmetic, configuration } = counting;
  const chained = arithmetic.operations.filter(
    (one) =>
      one.loops.length > 0 &&
      goesOn(one, configuration.kernel) &&
      !isDead(one, counting) &&
      !isAssumed(one, counting) &&
      !one.conditions.some((condition) => isOfTurn(condition, one)) &&
      flopsOf({ ...arithmetic, operations: [one], statements: { ...arithmetic.statements, calls: [] } }, configuration.scope).length > 0,
  );
  return chained.length === 0 ? undefined : onceEach(chained.map((one) => ['steps', loopTurns(one.loops, counting)]));
}
