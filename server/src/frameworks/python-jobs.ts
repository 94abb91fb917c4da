/**
 * Where configurations stand in a module: functions that return one, and statements that make one and use it. A function
 * whose configuration other statements of the file take on is no job of its own.
 */
import type { Range } from '../core/origin.ts';
import { functionNamed, type PythonArgument, type PythonBody, type PythonCall, type PythonModule } from '../syntax/python-module.ts';
import { type Recipe, type RecipeOptions, recipeIn, recipeOf } from './python-recipe.ts';

export interface PythonJob {
  /** The function it stands in; empty for the module. */
  readonly name: string;
  readonly launch: Range;
  readonly recipe: Recipe;
  /** What else is called around it. */
  readonly beside: readonly PythonCall[];
  /** Parameters that a caller outside the file may set. */
  readonly parameters: readonly PythonArgument[];
}

const deepest = 6;

/** @param isStart whether a call makes a configuration: a class of the framework, or a function of another file. */
export function pythonJobs(
  module: PythonModule,
  isStart: (call: PythonCall) => boolean,
  options: RecipeOptions = {},
): readonly PythonJob[] {
  const starts = (call: PythonCall, depth = 0): boolean => {
    if (isStart(call)) return true;
    const returned = functionNamed(module, call.callee)?.returns.at(-1);
    return depth < deepest && returned?.kind === 'call' && starts(returned.call, depth + 1);
  };
  const used = new Set<string>();
  const returned = (body: PythonBody): PythonCall | undefined => {
    const value = body.returns.at(-1);
    return value?.kind === 'call' ? value.call : undefined;
  };
  const jobsIn = (name: string, body: PythonBody): readonly PythonJob[] => {
    const result = returned(body);
    const started = body.calls.filter((call) => starts(call));
    const own = started.filter((call) => call.range.start !== result?.range.start && !started.some((outer) => holds(outer, call)));
    return own.map((call) => {
      used.add(call.callee);
      return { name, launch: call.name, recipe: recipeIn(module, body, call, options), beside: body.calls, parameters: [] };
    });
  };
  const made = [jobsIn('', module), ...module.functions.map((one) => jobsIn(one.name, one))].flat();
  const functions = module.functions.flatMap((one): PythonJob[] => {
    const call = returned(one);
    if (call === undefined || used.has(one.name) || !starts(call)) return [];
    return [{ name: one.name, launch: one.header, recipe: recipeOf(module, one, options), beside: one.calls, parameters: one.parameters }];
  });
  return [...made, ...functions].sort((a, b) => a.launch.start - b.launch.start);
}

const holds = (outer: PythonCall, inner: PythonCall): boolean =>
  outer !== inner &&
  outer.range.start <= inner.range.start &&
  inner.range.end <= outer.range.end &&
  outer.range.start !== inner.range.start;
