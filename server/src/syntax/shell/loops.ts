/** Loops: run as often as the file tells, else read once as something that may happen. */
import { branch, conditionStatus, inverted, rejoin } from './branches.ts';
import { arithmeticPiece } from './computation.ts';
import { type Machine, maxLoopRuns, ran, rangeOf, type Status, statusOf, textOfNode, yes } from './machine.ts';
import { type Field, textOf, unique, unknownNames, unknownPiece } from './piece.ts';
import { scalarVariable } from './scope.ts';
import { kidOf, type Node } from './tree.ts';
import { fieldsOf, piecesOf } from './words.ts';

/** One run of a loop's body; false when the loop ends. */
function loopOnce(machine: Machine, body: readonly Node[]): boolean {
  machine.run(machine, body);
  const { stop } = machine;
  if (stop === 'break' || stop === 'continue') machine.stop = undefined;
  return machine.stop === undefined && stop !== 'break';
}

function bodyOf(node: Node): readonly Node[] {
  const body = node.kids.find((kid) => kid.field === 'body');
  return body?.type === 'do_group' || body?.type === 'compound_statement' ? body.kids : body ? [body] : [];
}

/** A body that may run any number of times: read once, and its effects may or may not have happened. */
function loopMaybe(machine: Machine, body: readonly Node[], names: readonly string[]): void {
  const way = branch(machine, [], () => {
    loopOnce(machine, body);
    return undefined;
  });
  rejoin(machine, [way, branch(machine, [], () => yes)], names);
}

function loopItems(machine: Machine, node: Node): readonly Field[] | undefined {
  const values = node.kids.filter((kid) => kid.field === 'value');
  if (values.length === 0 && !kidOf(node, 'in')) return machine.positional;
  return values.flatMap((value) => fieldsOf(machine, value));
}

export function runFor(machine: Machine, node: Node): Status {
  const variable = kidOf(node, 'variable_name');
  if (!variable) return ran;
  const name = textOfNode(machine, variable);
  const items = loopItems(machine, node);
  const body = bodyOf(node);
  const keywordIsFor = node.kids[0]?.type === 'for';
  const isKnown = items?.every((item) => textOf(item.pieces) !== undefined) === true && keywordIsFor;
  if (items && isKnown && items.length <= maxLoopRuns) {
    for (const item of items) {
      const pieces = item.pieces.map((piece) => ({ ...piece, splittable: false }));
      machine.variables.set(name, scalarVariable({ pieces, range: item.range }, false));
      if (!loopOnce(machine, body)) break;
    }
    return ran;
  }
  const hiddenBy = unique(items?.flatMap((item) => unknownNames(item.pieces)) ?? ['$@']);
  const range = rangeOf(machine, variable);
  const hidden = scalarVariable({ pieces: [unknownPiece(hiddenBy.length > 0 ? hiddenBy : [name], range)], range }, false);
  machine.variables.set(name, hidden);
  loopMaybe(machine, body, hiddenBy);
  return ran;
}

/** Runs while the condition is known to hold; once it is not known, the body may or may not run. */
function runLoop(machine: Machine, body: readonly Node[], condition: () => Status, step: () => void): Status {
  for (let runs = 0; runs < maxLoopRuns; runs++) {
    const commandsBefore = machine.found.commands.length;
    const status = condition();
    if (machine.stop || status.kind === 'no') return ran;
    if (status.kind !== 'yes') {
      loopMaybe(machine, [...body], status.names);
      return ran;
    }
    const before = new Map(machine.variables);
    if (!loopOnce(machine, body)) return ran;
    step();
    const unchanged = before.size === machine.variables.size && [...before].every(([name, value]) => machine.variables.get(name) === value);
    // Nothing the script knows ends this loop, and another run would only repeat the same commands.
    if (unchanged || (runs > 0 && machine.found.commands.length === commandsBefore && machine.budget.statements < 0)) return ran;
  }
  return ran;
}

export function runWhile(machine: Machine, node: Node): Status {
  const condition = node.kids.filter((kid) => kid.field === 'condition');
  const isUntil = node.kids[0]?.type === 'until';
  const evaluate = (): Status => {
    const status = conditionStatus(machine, condition);
    return isUntil ? inverted(status) : status;
  };
  return runLoop(machine, bodyOf(node), evaluate, () => undefined);
}

export function runCountedFor(machine: Machine, node: Node): Status {
  const opening = kidOf(node, '((')?.end ?? node.start;
  const closing = kidOf(node, '))')?.start ?? node.end;
  const semicolons = node.kids.filter((kid) => kid.type === ';' && kid.start >= opening && kid.end <= closing);
  const [first, second] = semicolons;
  if (!first || !second) return ran;
  const evaluate = (start: number, end: number): Status => {
    const piece = arithmeticPiece(machine, node, start, end, (kid) => piecesOf(machine, kid));
    return statusOf(piece.text === undefined ? undefined : piece.text !== '0', piece.unknown);
  };
  evaluate(opening, first.start);
  return runLoop(
    machine,
    bodyOf(node),
    () => evaluate(first.end, second.start),
    () => evaluate(second.end, closing),
  );
}
