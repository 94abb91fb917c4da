/**
 * Imported modules as they were read last: a module of a workspace is imported from many documents and after every key, and
 * reads the same each time as long as its text, its name and what it is told about other modules are the same.
 * Each address has offsets of its own, so that what was read in one document holds in another.
 */

import type { PythonClass, PythonFunction } from '../python-module.ts';
import { forgetTrees } from './kept-trees.ts';
import { LeastUsed } from './least-used.ts';
import type { Files, Machine, Question, ReadModule } from './machine.ts';

/** Longer modules are programs. */
export const longestModule = 48 * 1024;

/** What a module brings to the document that imports it. */
export interface KeptModule {
  readonly module: ReadModule;
  readonly functions: readonly PythonFunction[];
  readonly classes: readonly PythonClass[];
  readonly imports: readonly string[];
  /** Expressions that reading it takes, without the modules it imports. */
  readonly cost: number;
  readonly questions: readonly Question[];
}

/** A text with the ways it was read: one for each surroundings that gave other answers. */
interface Readings {
  readonly text: string;
  readonly ways: readonly KeptModule[];
}

/** Other files begin behind any document. Numbers beyond the last one are slower on 32 bits. */
const firstOffset = 2 ** 26;
const lastOffset = 2 ** 30;
/** Characters of text whose values are kept; they take some tens of bytes for each. */
const keptText = 2 ** 20;
/** Ways to read one module; more are seldom seen. */
const mostWays = 4;

const offsets = new Map<string, number>();
const modules = new LeastUsed<Readings>(keptText);

/** Forgets everything when the offsets are used up: to be called before a document is read, never within. */
export function renewOffsets(): void {
  if (firstOffset + (offsets.size + 1) * (longestModule + 1) < lastOffset) return;
  forgetModules();
}

export function forgetModules(): void {
  offsets.clear();
  forgetTrees();
  modules.clear();
}

/** Where the text of an address stands among the offsets of every document. */
export function offsetOf(uri: string): number {
  const known = offsets.get(uri);
  if (known !== undefined) return known;
  const offset = firstOffset + offsets.size * (longestModule + 1);
  offsets.set(uri, offset);
  return offset;
}

/** What the other files say, noted so that the module need not be read again where they say the same. */
export function asked<T>(machine: Machine, ask: (machine: Machine) => T): T {
  const answer = ask(machine);
  machine.questions.push({ ask, answer });
  return answer;
}

/** The same for questions that are asked over and over: an answer is noted when it is a new one. */
function askedBy<T>(machine: Machine, name: string, ask: (files: Files) => T): T {
  const answer = ask(machine.files);
  if (machine.told.has(name) && machine.told.get(name) === answer) return answer;
  machine.told.set(name, answer);
  machine.questions.push({ ask: ({ files }) => ask(files), answer });
  return answer;
}

export const importedClass = (machine: Machine, name: string): PythonClass | undefined =>
  askedBy(machine, `class ${name}`, ({ classesByName }) => classesByName.get(name));

export const moduleNamed = (machine: Machine, name: string): ReadModule | undefined =>
  askedBy(machine, `module ${name}`, ({ modules }) => modules.get(name));

/** What an imported module takes of the budget is not the importing module's own. */
export function lend(machine: Machine, evaluations: number): void {
  machine.budget -= evaluations;
  machine.lent += evaluations;
}

const keyOf = (uri: string, name: string): string => `${uri} ${name}`;

/** The module as it was read before, when all it asks is answered as it was then. Asking reads the modules it imports. */
export function keptModule(machine: Machine, uri: string, name: string): KeptModule | undefined {
  const known = modules.get(keyOf(uri, name));
  if (known?.text !== machine.text) return undefined;
  const way = known.ways.find(({ questions }) => questions.every(({ ask, answer }) => ask(machine) === answer));
  if (!way || way.cost >= machine.budget) return undefined;
  machine.budget -= way.cost;
  return way;
}

/** To be called when the module has been read to its end; `cost` as in KeptModule. */
export function keepModule(machine: Machine, uri: string, name: string, cost: number): KeptModule {
  const { scope, collected, functions, classes, imports, questions, text } = machine;
  const module = { scope, assignments: collected.assignments };
  const way: KeptModule = { module, functions, classes, imports: Object.values(imports), cost, questions };
  if (machine.budget <= 0) return way;
  const key = keyOf(uri, name);
  const known = modules.get(key);
  const before = known?.text === text ? known.ways.slice(0, mostWays - 1) : [];
  const ways = [way, ...before];
  modules.set(key, { text, ways }, text.length * ways.length);
  return way;
}
