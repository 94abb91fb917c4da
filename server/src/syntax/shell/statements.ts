/** Control flow: what is known is followed, what is not is read on every branch and marked conditional. */

import { spellWord } from '../word.ts';
import { assign, declareVariables, unsetVariables } from './assignments.ts';
import { commandFields, commandParts, extraWords, inSubshell, runCommand, runText } from './commands.ts';
import { arithmeticStatus, testStatus } from './conditions.ts';
import { readDirectives } from './directives.ts';
import { arithmeticPiece } from './expansion.ts';
import { type HeredocText, readHeredoc, recordHeredoc } from './heredocs.ts';
import { type Machine, maxLoopRuns, no, ran, rangeOf, type Status, type Stop, statusOf, textOfNode, yes } from './machine.ts';
import { matchesPattern } from './pattern.ts';
import { type Field, textOf, unique, unknownNames, unknownPiece } from './piece.ts';
import { joinOutcomes, type Outcome, scalarVariable } from './scope.ts';
import { kidOf, type Node } from './tree.ts';
import { fieldsOf, piecesOf, wholeField } from './words.ts';

type Work = () => Status | undefined;

/** Runs work that may not happen, on a copy of the variables; undefined when it leaves the script or the loop. */
function branch(machine: Machine, defaulted: readonly string[], work: Work): { outcome: Outcome | undefined; stop: Stop | undefined } {
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
function rejoin(machine: Machine, branches: readonly ReturnType<typeof branch>[], hiddenBy: readonly string[]): void {
  const outcomes = branches.flatMap(({ outcome }) => (outcome ? [outcome] : []));
  if (outcomes.length > 0) machine.variables = joinOutcomes(outcomes, unique(hiddenBy));
  else machine.stop = branches.at(-1)?.stop;
  if (machine.budget.statements < 0 || machine.budget.pieces < 0) machine.stop = 'exit';
}

/** A condition made of statements; a program's exit code is not known. */
function conditionStatus(machine: Machine, nodes: readonly Node[]): Status {
  const status = machine.run(machine, nodes);
  return status.kind === 'ran' ? statusOf(undefined, nodes[0] ? [textOfNode(machine, nodes[0]).slice(0, 60)] : []) : status;
}

interface Arm {
  readonly condition: readonly Node[] | undefined;
  readonly body: readonly Node[];
}

function armOf(node: Node, kids: readonly Node[]): Arm {
  const then = kids.findIndex((kid) => kid.type === 'then');
  if (node.type === 'else_clause') return { condition: undefined, body: kids.slice(1) };
  return { condition: kids.slice(1, then < 0 ? undefined : then), body: then < 0 ? [] : kids.slice(then + 1) };
}

function runIf(machine: Machine, node: Node): Status {
  const clauses = node.kids.filter((kid) => kid.type === 'elif_clause' || kid.type === 'else_clause');
  const own = node.kids.filter((kid) => !clauses.includes(kid) && kid.type !== 'fi');
  return runArms(machine, [armOf(node, own), ...clauses.map((clause) => armOf(clause, clause.kids))], [], []);
}

function runArms(machine: Machine, arms: readonly Arm[], taken: readonly ReturnType<typeof branch>[], hiddenBy: readonly string[]): Status {
  const [arm, ...rest] = arms;
  const status = arm?.condition ? conditionStatus(machine, arm.condition) : yes;
  if (machine.stop) return ran;
  if (arm && status.kind === 'no') return runArms(machine, rest, taken, hiddenBy);
  if (arm && status.kind !== 'yes') {
    const ways = [...taken, branch(machine, status.empty, () => machine.run(machine, arm.body))];
    machine.conditional++;
    const result = runArms(machine, rest, ways, [...hiddenBy, ...status.names]);
    machine.conditional--;
    return result;
  }
  const last = (): Status => (arm ? machine.run(machine, arm.body) : yes);
  if (taken.length === 0) return last();
  rejoin(machine, [...taken, branch(machine, [], last)], hiddenBy);
  return ran;
}

function caseMatches(machine: Machine, item: Node, subject: string | undefined): boolean | undefined {
  let unsure = false;
  for (const value of item.kids.filter((kid) => kid.field === 'value')) {
    const pattern = textOf(piecesOf(machine, value));
    if (pattern === '*') return true;
    const quoted = value.type === 'string' || value.type === 'raw_string';
    const matches =
      subject === undefined || pattern === undefined ? undefined : quoted ? subject === pattern : matchesPattern(subject, pattern);
    if (matches) return true;
    if (matches === undefined) unsure = true;
  }
  return unsure ? undefined : false;
}

function caseBody(item: Node): readonly Node[] {
  const closing = item.kids.findIndex((kid) => kid.type === ')');
  return item.kids.slice(closing + 1).filter((kid) => kid.type !== ';;');
}

function runCase(machine: Machine, node: Node): Status {
  const value = node.kids.find((kid) => kid.field === 'value');
  if (!value) return ran;
  const pieces = wholeField(machine, value).pieces;
  const subject = textOf(pieces);
  const ways: ReturnType<typeof branch>[] = [];
  for (const item of node.kids.filter((kid) => kid.type === 'case_item')) {
    const matches = caseMatches(machine, item, subject);
    if (matches === false) continue;
    const body = (): Status => machine.run(machine, caseBody(item));
    if (matches && ways.length === 0) return body();
    ways.push(branch(machine, [], body));
    if (matches) {
      rejoin(machine, ways, unknownNames(pieces));
      return ran;
    }
  }
  if (ways.length > 0) rejoin(machine, [...ways, branch(machine, [], () => yes)], unknownNames(pieces));
  return ran;
}

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

function runFor(machine: Machine, node: Node): Status {
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

function runWhile(machine: Machine, node: Node): Status {
  const condition = node.kids.filter((kid) => kid.field === 'condition');
  const isUntil = node.kids[0]?.type === 'until';
  const evaluate = (): Status => {
    const status = conditionStatus(machine, condition);
    return isUntil ? inverted(status) : status;
  };
  return runLoop(machine, bodyOf(node), evaluate, () => undefined);
}

function runCountedFor(machine: Machine, node: Node): Status {
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

const inverted = (status: Status): Status => (status.kind === 'yes' ? no : status.kind === 'no' ? yes : { ...status, empty: [] });

function runList(machine: Machine, node: Node): Status {
  const [left, right] = [node.kids[0], node.kids.at(-1)];
  if (!left || !right || left === right) return left ? runStatement(machine, left) : ran;
  const isAnd = kidOf(node, '&&') !== undefined;
  const status = runStatement(machine, left);
  if (machine.stop) return status;
  if (status.kind === (isAnd ? 'no' : 'yes')) return status;
  if (status.kind === (isAnd ? 'yes' : 'no') || (isAnd && status.kind === 'ran')) return runStatement(machine, right);
  let after: Status = ran;
  const way = branch(machine, isAnd ? status.empty : [], () => {
    after = runStatement(machine, right);
    return after;
  });
  rejoin(machine, [way, branch(machine, [], () => yes)], status.names);
  const names = unique([...status.names, ...after.names]);
  return status.kind === 'ran' && after.kind !== 'unknown'
    ? ran
    : statusOf(undefined, names, isAnd ? [...status.empty, ...after.empty] : []);
}

function runRedirected(machine: Machine, node: Node): Status {
  const redirects = node.kids.filter((kid) => kid.field === 'redirect' || /redirect$/.test(kid.type));
  const body = node.kids.find((kid) => kid.field === 'body') ?? node.kids.find((kid) => kid.named && !redirects.includes(kid));
  const inner = redirects.filter((kid) => kid.type === 'heredoc_redirect');
  const heredocs = inner.flatMap((redirect) => readHeredoc(machine, redirect) ?? []);
  const files = [...redirects, ...inner.flatMap((redirect) => redirect.kids)].filter((kid) => kid.type === 'file_redirect');
  const extra = redirects.flatMap(extraWords);
  const fed = body?.type === 'command' ? runPlain(machine, body, extra) : undefined;
  const status = fed?.status ?? (body ? runStatement(machine, body) : ran);
  const piped = inner.flatMap((redirect) =>
    redirect.kids.filter((kid) => kid.type === 'pipeline' || kid.type === 'command' || kid.type === 'list'),
  );
  const before = machine.found.commands.length;
  for (const next of piped) runPiped(machine, next);
  const later = machine.found.commands.slice(before).map((command) => command.words.map(spellWord));
  const tee = later.find(([program]) => program === 'tee')?.find((word, index) => index > 0 && !word.startsWith('-'));
  for (const heredoc of heredocs) {
    recordHeredoc(machine, heredoc, files, fed?.fields ?? [], tee);
    if (fed) runFedShell(machine, heredoc, fed.fields);
  }
  return status;
}

/** What follows a heredoc's first line after `|`, `&&` or `||`. */
function runPiped(machine: Machine, node: Node): void {
  for (const kid of node.kids) if (kid.named) inSubshell(machine, () => runStatement(machine, kid));
}

const scriptReaders = new Set(['bash', 'sh', 'sbatch']);

/** `bash <<EOF` and `sbatch <<EOF` run the heredoc as a script; the directives at its head belong to that script. */
function runFedShell(machine: Machine, heredoc: HeredocText, fields: readonly Field[]): void {
  const words = fields.map((field) => textOf(field.pieces));
  const last = words.findLast((word) => word === undefined || !word.startsWith('-')) ?? '';
  if (!scriptReaders.has(last)) return;
  if (last === 'sbatch') machine.found.directives.push(...readDirectives(machine.source.text, heredoc.range));
  inSubshell(machine, () => runText(machine, heredoc.pieces));
}

function runPlain(machine: Machine, node: Node, extra: readonly Node[]): { status: Status; fields: readonly Field[] } {
  const parts = commandParts(machine, node, extra);
  const fields = commandFields(machine, parts);
  return { status: runCommand(machine, node, fields, parts.prefixes), fields };
}

function defineFunction(machine: Machine, node: Node): Status {
  const name = node.kids.find((kid) => kid.field === 'name');
  const body = node.kids.find((kid) => kid.field === 'body');
  if (name && body) machine.functions.set(textOfNode(machine, name), { body, source: machine.source });
  return yes;
}

function runPipeline(machine: Machine, node: Node): Status {
  const commands = node.kids.filter((kid) => kid.named);
  let status: Status = ran;
  for (const command of commands) status = inSubshell(machine, () => runStatement(machine, command));
  return commands.length === 1 ? status : ran;
}

type Runner = (machine: Machine, node: Node) => Status;

const runners: ReadonlyMap<string, Runner> = new Map<string, Runner>([
  ['command', (machine, node) => runPlain(machine, node, []).status],
  ['redirected_statement', runRedirected],
  ['if_statement', runIf],
  ['case_statement', runCase],
  ['for_statement', runFor],
  ['c_style_for_statement', runCountedFor],
  ['while_statement', runWhile],
  ['list', runList],
  ['pipeline', runPipeline],
  ['subshell', (machine, node) => inSubshell(machine, () => runStatements(machine, node.kids))],
  ['compound_statement', (machine, node) => (kidOf(node, '((') ? arithmeticStatus(machine, node) : runStatements(machine, node.kids))],
  ['do_group', (machine, node) => runStatements(machine, node.kids)],
  ['negated_command', (machine, node) => inverted(runStatements(machine, node.kids))],
  ['test_command', testStatus],
  ['function_definition', defineFunction],
  ['ERROR', (machine, node) => runStatements(machine, node.kids)],
  ['program', (machine, node) => runStatements(machine, node.kids)],
]);

function runStatement(machine: Machine, node: Node): Status {
  if (--machine.budget.statements < 0) machine.stop = 'exit';
  if (machine.stop) return ran;
  if (node.type === 'variable_assignment') assign(machine, node);
  else if (node.type === 'variable_assignments') for (const kid of node.kids) assign(machine, kid);
  else if (node.type === 'declaration_command') declareVariables(machine, node);
  else if (node.type === 'unset_command') unsetVariables(machine, node);
  else return runners.get(node.type)?.(machine, node) ?? ran;
  return yes;
}

/** Runs statements in order until one of them leaves; tokens and words left over from broken syntax are passed over. */
export function runStatements(machine: Machine, nodes: readonly Node[]): Status {
  let status: Status = ran;
  for (const node of nodes) {
    if (machine.stop) break;
    if (node.named && !node.missing) status = node.type === 'comment' ? status : runStatement(machine, node);
  }
  return status;
}
