/** Statements in order. Tests that the file decides are followed; other branches are read as things that may happen. */
import type { PythonValue } from '../python-module.ts';
import { runFor, runIf, runMatch, runTry, runWhile, runWith } from './branches.ts';
import { calleeOf, forgetArguments } from './calls.ts';
import { runImport } from './imports.ts';
import { branch, type Flow, type Machine, textOf } from './machine.ts';
import { binary } from './operators.ts';
import { assign } from './targets.ts';
import { fieldOf, type Node, namedKids } from './tree.ts';
import { unknownValue } from './values.ts';

/** The grammar takes the next line for the value of a line that ends in `=`. */
function isBroken(machine: Machine, node: Node, right: Node): boolean {
  const equals = node.kids.find((kid) => kid.type === '=');
  const gap = equals ? textOf(machine, { start: equals.end, end: right.start }) : '';
  return (gap.includes('\n') && !gap.includes('\\')) || node.kids.some((kid) => kid.type === 'ERROR');
}

/** Runs an assignment; the value is that of the whole, for `a = b = 4`. */
function runAssignment(machine: Machine, node: Node): PythonValue | undefined {
  const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  if (!left) return undefined;
  if (!right) {
    if (machine.collected.isClass && left.type === 'identifier') {
      const name = textOf(machine, left);
      assign(machine, left, unknownValue(left, [name], `\`${name}\` is a field without a default`));
    }
    return undefined;
  }
  const isChain = right.type === 'assignment';
  const value = isChain ? runAssignment(machine, right) : machine.evaluate(machine, right);
  if (!value) return undefined;
  const own = isBroken(machine, node, right) ? unknownValue(left, [], 'this assignment is not valid Python') : value;
  assign(machine, left, own);
  return own;
}

function runAugmented(machine: Machine, node: Node): void {
  const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  if (!left || !right) return;
  const operator = (fieldOf(node, 'operator')?.type ?? '').replace(/=$/, '');
  assign(machine, left, binary(node, operator, machine.evaluate(machine, left), machine.evaluate(machine, right)));
}

const exits = new Set(['sys.exit', 'exit', 'quit', 'os._exit']);

function runExpression(machine: Machine, node: Node): Flow {
  machine.evaluate(machine, node);
  if (node.type !== 'call') return 'next';
  const called = fieldOf(node, 'function');
  if (called && exits.has(calleeOf(machine, called))) return 'ended';
  forgetArguments(machine, node);
  return 'next';
}

function runReturn(machine: Machine, node: Node): Flow {
  const [result] = namedKids(node);
  if (result) machine.collected.returns.push(machine.evaluate(machine, result));
  return 'ended';
}

function runRaise(machine: Machine, node: Node): Flow {
  for (const kid of namedKids(node)) machine.evaluate(machine, kid);
  return 'ended';
}

function runDelete(machine: Machine, node: Node): Flow {
  for (const kid of namedKids(node)) {
    if (kid.type !== 'identifier') continue;
    const name = textOf(machine, kid);
    machine.scope.set(name, unknownValue(kid, [name], `\`${name}\` is deleted`));
  }
  return 'next';
}

/** For statements that never end the body. */
const simply =
  (action: (machine: Machine, node: Node) => unknown) =>
  (machine: Machine, node: Node): Flow => {
    action(machine, node);
    return 'next';
  };

const inner = (machine: Machine, node: Node): Flow => machine.run(machine, node.kids);
const nothing = simply(() => undefined);

const statements: Readonly<Record<string, (machine: Machine, node: Node) => Flow>> = {
  expression_statement: inner,
  block: inner,
  // What the grammar could not place may still hold whole statements.
  ERROR: inner,
  assignment: simply(runAssignment),
  augmented_assignment: simply(runAugmented),
  return_statement: runReturn,
  raise_statement: runRaise,
  break_statement: () => 'ended',
  continue_statement: () => 'ended',
  delete_statement: runDelete,
  import_statement: simply(runImport),
  import_from_statement: simply(runImport),
  future_import_statement: simply(runImport),
  function_definition: simply((machine, node) => machine.define(machine, node, [])),
  class_definition: simply((machine, node) => machine.define(machine, node, [])),
  decorated_definition: simply((machine, node) => machine.define(machine, node, [])),
  if_statement: runIf,
  for_statement: runFor,
  while_statement: runWhile,
  try_statement: runTry,
  with_statement: runWith,
  match_statement: runMatch,
  global_statement: nothing,
  nonlocal_statement: nothing,
  pass_statement: nothing,
  type_alias_statement: nothing,
  comment: nothing,
};

/** Runs statements until the body ends; what follows an end that holds only by defaults is read as undecided. */
export function run(machine: Machine, nodes: readonly Node[]): Flow {
  for (const [index, node] of nodes.entries()) {
    if (!node.named) continue;
    const statement = Object.hasOwn(statements, node.type) ? statements[node.type] : undefined;
    const flow = (statement ?? runExpression)(machine, node);
    if (flow === 'ended') return flow;
    if (flow === 'maybe') return branch(machine, () => machine.run(machine, nodes.slice(index + 1))).flow === 'ended' ? 'ended' : 'maybe';
  }
  return 'next';
}
