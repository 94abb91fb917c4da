/** Ways the script may or may not take: each is read on a copy of the variables, and then they are joined. */
import { type Machine, no, type Status, type Stop, statusOf, textOfNode, yes } from './machine.ts';
import { unique } from './piece.ts';
import { joinOutcomes, type Outcome } from './scope.ts';
import type { Node } from './tree.ts';

type Work = () => Status | undefined;

/** Where a branch leads: on with its variables, or out of the script, function or loop. */
export interface Branch {
  readonly outcome: Outcome | undefined;
  readonly stop: Stop | undefined;
}

/** Runs work that may not happen, on a copy of the variables; undefined when it leaves the script or the loop. */
export function branch(machine: Machine, defaulted: readonly string[], work: Work): Branch {
  const before = machine.variables;
  machine.variables = new Map(before);
  machine.conditional++;
  work();
  machine.conditional--;
  const { stop, variables } = machine;
  Object.assign(machine, { stop: undefined, variables: before });
  return { outcome: stop ? undefined : { variables, defaulted: new Set(defaulted) }, stop };
}

/** Goes on after branches of which any may have run; when all of them leave, so does the script. */
export function rejoin(machine: Machine, branches: readonly Branch[], hiddenBy: readonly string[]): void {
  const outcomes = branches.flatMap(({ outcome }) => (outcome ? [outcome] : []));
  if (outcomes.length > 0) machine.variables = joinOutcomes(outcomes, unique(hiddenBy));
  else machine.stop = branches.at(-1)?.stop;
  if (machine.budget.statements < 0 || machine.budget.pieces < 0) machine.stop = 'exit';
}

/** A condition made of statements; a program's exit code is not known. */
export function conditionStatus(machine: Machine, nodes: readonly Node[]): Status {
  const status = machine.run(machine, nodes);
  return status.kind === 'ran' ? statusOf(undefined, nodes[0] ? [textOfNode(machine, nodes[0]).slice(0, 60)] : []) : status;
}

/** The status after `!`. */
export const inverted = (status: Status): Status => (status.kind === 'yes' ? no : status.kind === 'no' ? yes : { ...status, empty: [] });
