/**
 * A configuration made by Python statements, as settings: `cfg = base()`, `cfg.model.tp = 8`, `return cfg`, or
 * `return Config(...)`. Functions of the same file and of modules of the workspace that are called on the way are followed, arguments
 * put in the place of their parameters; functions of packages stay bases without known values.
 */
import type { Range } from '../core/origin.ts';
import {
  functionNamed,
  type PythonArgument,
  type PythonBody,
  type PythonCall,
  type PythonFunction,
  type PythonModule,
  type PythonValue,
} from '../syntax/python-module.ts';
import { assignmentSettings, callSettings } from './python-settings.ts';
import type { Setting } from './setting.ts';

/** Recipes build on recipes, but not further than this. */
const deepest = 6;

const same = (a: Range, b: Range): boolean => a.start === b.start && a.end === b.end;

export interface Recipe {
  /** In the order in which they are in force: those of a function it builds on come first. */
  readonly settings: readonly Setting[];
  /** The function of another file whose result the configuration starts from. */
  readonly base: PythonCall | undefined;
  /** Every call made on the way, those of the functions it builds on included. */
  readonly calls: readonly PythonCall[];
}

export interface RecipeOptions {
  /** Turns wrappers of calls into the calls they stand for: `run.Config(Trainer, devices=8)`. */
  readonly unwrap?: (call: PythonCall) => PythonCall;
}

/** Puts arguments where the reader, which reads a function by itself, has put the defaults of the parameters. */
function substitution(called: PythonFunction, call: PythonCall | undefined): (value: PythonValue) => PythonValue {
  const given = new Map<string, PythonValue>();
  let next = 0;
  for (const { name, value } of call?.arguments ?? []) {
    const parameter = name ?? called.parameters[next++]?.name;
    if (parameter !== undefined) given.set(parameter, value);
  }
  const replaced = called.parameters.flatMap(({ name, value }) => {
    const argument = name === undefined ? undefined : given.get(name);
    return argument === undefined || name === undefined ? [] : [{ fallback: value, argument }];
  });
  return (value) => {
    for (const { fallback, argument } of replaced) {
      if (value.kind !== fallback.kind) continue;
      // What is unknown because of the parameter, such as what a branch on it sets, is not the argument.
      if (value.kind !== 'unknown' || fallback.kind !== 'unknown' ? same(value.value, fallback.value) : value.why === fallback.why)
        return argument;
    }
    return value;
  };
}

/** Applies a change to a value and, where it left it alone, to what is inside. */
function deep(value: PythonValue, change: (value: PythonValue) => PythonValue): PythonValue {
  const changed = change(value);
  if (changed !== value) return changed;
  const inside = (argument: PythonArgument): PythonArgument => ({ ...argument, value: deep(argument.value, change) });
  if (value.kind === 'list') return { ...value, items: value.items.map((item) => deep(item, change)) };
  if (value.kind === 'dict') return { ...value, items: value.items.map(inside) };
  return value.kind === 'call' ? { ...value, call: { ...value.call, arguments: value.call.arguments.map(inside) } } : value;
}

const deepCall = (call: PythonCall, change: (value: PythonValue) => PythonValue): PythonCall => ({
  ...call,
  arguments: call.arguments.map((one) => ({ ...one, value: deep(one.value, change) })),
});

function changedBody(body: PythonBody, change: (value: PythonValue) => PythonValue): PythonBody {
  return {
    assignments: body.assignments.map((one) => ({ ...one, value: deep(one.value, change) })),
    calls: body.calls.map((call) => deepCall(call, change)),
    returns: body.returns.map((value) => deep(value, change)),
  };
}

/** The body of a function as a call sees it. */
function called(one: PythonFunction, call: PythonCall | undefined): PythonBody {
  return call === undefined || call.arguments.length === 0 ? one : changedBody(one, substitution(one, call));
}

const functionOf = (module: PythonModule, call: PythonCall): PythonFunction | undefined => functionNamed(module, call.callee);

/** A value with the calls of functions of the same file in it in the form of what those return. */
function opened(module: PythonModule, value: PythonValue, options: RecipeOptions, depth: number): PythonValue {
  return deep(value, (part) => {
    if (part.kind !== 'call') return part;
    const one = depth > deepest ? undefined : functionOf(module, part.call);
    const returned = one === undefined ? undefined : called(one, part.call).returns.at(-1);
    if (returned?.kind === 'call') return opened(module, returned, options, depth + 1);
    return { ...part, call: openedCall(module, part.call, options, depth + 1) };
  });
}

function openedCall(module: PythonModule, call: PythonCall, options: RecipeOptions, depth: number): PythonCall {
  const inside = { ...call, arguments: call.arguments.map((one) => ({ ...one, value: opened(module, one.value, options, depth) })) };
  return options.unwrap?.(inside) ?? inside;
}

/** The configuration a function returns, as settings below it. */
export function recipeOf(module: PythonModule, one: PythonFunction, options: RecipeOptions = {}, call?: PythonCall, depth = 0): Recipe {
  const body = called(one, call);
  const returned = body.returns.at(-1);
  if (returned?.kind !== 'call' || depth > deepest) return { settings: [], base: undefined, calls: body.calls };
  return recipeIn(module, body, returned.call, options, depth);
}

/** The configuration that starts with a call in a body, with what the body assigns below the variables that hold it. */
export function recipeIn(module: PythonModule, body: PythonBody, first: PythonCall, options: RecipeOptions = {}, depth = 0): Recipe {
  const start = startOf(module, first, options, depth);
  const roots = rootsOf(body, first);
  const steps: Step[] = roots.flatMap((root) => assigned(module, body, root, options));
  const changes = changesOf(module, body, roots, first, options);
  const later = [...steps, ...changes.steps].sort((a, b) => a.at - b.at).flatMap(({ settings }) => settings);
  return { settings: inForce([...start.settings, ...later]), base: start.base, calls: [...start.calls, ...changes.calls, ...body.calls] };
}

/** The variables of a body that hold the result of a call. */
function rootsOf(body: PythonBody, call: PythonCall): readonly string[] {
  const targets = body.assignments.flatMap(({ target, value }) =>
    !target.includes('.') && value.kind === 'call' && same(value.call.range, call.range) ? [target] : [],
  );
  return [...new Set(targets)];
}

function startOf(module: PythonModule, call: PythonCall, options: RecipeOptions, depth: number): Recipe {
  const base = functionOf(module, call);
  if (base !== undefined) return recipeOf(module, base, options, call, depth + 1);
  const open = openedCall(module, call, options, 0);
  const isClass = /^_*[A-Z]/.test(open.callee.split('.').at(-1) ?? '');
  return { settings: callSettings(open), base: isClass ? undefined : open, calls: [] };
}

const undecided = 'it is assigned only in a branch that this file does not decide';

/**
 * The settings that nothing later replaces: by a value of the same name, or by a whole block around it. What a branch
 * assigns that the file does not decide hides a value that differs.
 */
function inForce(settings: readonly Setting[]): readonly Setting[] {
  const last = new Map<string, number>();
  const before = new Map<string, Setting>();
  const decided = settings.map((setting, index) => {
    const earlier = before.get(setting.name);
    const differs = setting.conditional === true && setting.given && earlier?.scalar !== setting.scalar;
    const one = differs ? { ...setting, scalar: undefined, unknown: [], why: undecided } : setting;
    before.set(setting.name, one);
    last.set(setting.name, index);
    return one;
  });
  return decided.filter(({ name }, index) => {
    const parts = name.split('.');
    return parts.every((_, at) => (last.get(parts.slice(0, at + 1).join('.')) ?? -1) <= index);
  });
}

interface Step {
  readonly at: number;
  readonly settings: readonly Setting[];
}

function assigned(module: PythonModule, body: PythonBody, root: string, options: RecipeOptions): readonly Step[] {
  return body.assignments.flatMap((assignment) => {
    if (!assignment.target.startsWith(`${root}.`)) return [];
    const one = { ...assignment, value: opened(module, assignment.value, options, 0) };
    return [{ at: assignment.key.start, settings: assignmentSettings({ ...body, assignments: [one] }, root) }];
  });
}

interface Changes {
  readonly steps: readonly Step[];
  readonly calls: readonly PythonCall[];
}

/** Functions of this file that get the configuration and assign to it. */
function changesOf(module: PythonModule, body: PythonBody, roots: readonly string[], first: PythonCall, options: RecipeOptions): Changes {
  const isConfig = (value: PythonValue): boolean =>
    (value.kind === 'call' && same(value.call.range, first.range)) ||
    (value.kind === 'unknown' && value.unknown.length === 1 && roots.includes(value.unknown[0] ?? ''));
  const steps: Step[] = [];
  const calls: PythonCall[] = [];
  for (const call of body.calls) {
    const changer = functionOf(module, call);
    const index = call.arguments.findIndex(({ value }) => isConfig(value));
    if (changer === undefined || index < 0 || same(call.range, first.range)) continue;
    const parameter = call.arguments[index]?.name ?? changer.parameters[index]?.name;
    if (parameter === undefined) continue;
    const inner = called(changer, call);
    const isMaybe = body.assignments.some(
      ({ value, conditional }) => conditional && value.kind === 'call' && same(value.call.range, call.range),
    );
    if (isMaybe) continue;
    steps.push({ at: call.range.start, settings: assigned(module, inner, parameter, options).flatMap(({ settings }) => settings) });
    calls.push(...inner.calls);
  }
  return { steps, calls };
}
