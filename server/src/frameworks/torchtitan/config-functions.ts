/**
 * The Python form: a function returns `Trainer.Config(...)` or changes what another returned, and its name is what `--config` takes.
 * Source: torchtitan/models/llama3/config_registry.py at 9810191b (February 2026) and b5bcd76c.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import { functionNamed, importedNames, type PythonCall, type PythonFunction, type PythonModule } from '../../syntax/python-module.ts';
import type { Reading } from '../adapter.ts';
import { createDraft, finishReading, setUnknown } from '../draft.ts';
import type { Pins } from '../pins.ts';
import { type Recipe, recipeOf } from '../python-recipe.ts';
import { callSettings } from '../python-settings.ts';
import type { Setting } from '../setting.ts';
import { flavorShape } from './flavors.ts';
import { isTorchtitanKey } from './keys.ts';
import { torchtitanNotModelled } from './not-modelled.ts';
import { readTorchtitan } from './program.ts';
import { releaseOf } from './versions.ts';

const isTrainerConfig = (callee: string): boolean => /(?:^|\.)\w*Trainer\.Config$/.test(callee);
const isRegistry = (callee: string): boolean => /(?:^|\.)model_registry$/.test(callee);

/** The functions of a module that return a configuration of a trainer, through functions of the same module or not. */
export function configFunctions({ python }: ConfigDocument): readonly PythonFunction[] {
  if (python === undefined) return [];
  const uses = python.functions.some(({ calls }) => calls.some(({ callee }) => isTrainerConfig(callee)));
  const isOurs = uses || importedNames(python).some((name) => name.startsWith('torchtitan.'));
  return isOurs ? python.functions.filter((one) => makes(python, one, 0)) : [];
}

function makes(module: PythonModule, one: PythonFunction, depth: number): boolean {
  const returned = one.returns.at(-1);
  if (returned?.kind !== 'call' || depth > 6) return false;
  if (isTrainerConfig(returned.call.callee)) return true;
  const base = functionNamed(module, returned.call.callee);
  return base !== undefined && makes(module, base, depth + 1);
}

export function readFunction(document: ConfigDocument, one: PythonFunction, pins: Pins): Reading {
  const module = document.python;
  const recipe = module === undefined ? undefined : recipeOf(module, one);
  const settings = recipe?.settings ?? [];
  const release = releaseOf(settings, true, pins);
  const draft = createDraft({ document, framework: 'torchtitan', kind: 'training', release: release.name, launch: one.header });
  draft.facts.function = one.name;
  const registry = recipe === undefined ? undefined : registryOf(recipe);
  const flavor = registry === undefined ? undefined : flavorOf(registry);
  const converted = registry === undefined ? [] : callSettings(registry, { prefix: 'model_spec' });
  const own = settings.filter(({ name }) => !name.startsWith('model_spec'));
  const name = modelName(document.uri, one.name, registry);
  readTorchtitan(draft, [...own, ...converted], { release, complete: true, model: { name, flavor } });
  if (registry === undefined) hideModel(settings, (setting) => setUnknown(draft, 'model.layers', unresolved(document, setting)));
  const keys = own.filter((setting) => !/\.\d+(?:\.|$)/.test(setting.name));
  return finishReading(
    draft,
    keys,
    (key) => isTorchtitanKey(key) || !/^(?:training|parallelism|compile)\./.test(key),
    torchtitanNotModelled,
  );
}

/** The last registry call is the one in force; it stands in the function itself or in one it builds on. */
function registryOf({ settings, calls }: Recipe): PythonCall | undefined {
  const last = settings.findLast(({ name }) => name === 'model_spec');
  const found = calls.filter(({ callee }) => isRegistry(callee));
  return found.find(({ range }) => last !== undefined && range.start <= last.value.start && last.value.end <= range.end) ?? found.at(-1);
}

function flavorOf(call: PythonCall): Setting | undefined {
  return callSettings(call, { positional: ['flavor'] }).find(({ name }) => name === 'flavor');
}

/** The registry's own module, `.../models/llama3/config_registry.py`, else the front of the function's name: `llama3_8b`. */
function modelName(uri: string, name: string, registry: PythonCall | undefined): string | undefined {
  const folder = /\.models\.(\w+)\.model_registry$/.exec(registry?.callee ?? '')?.[1] ?? /\/models\/(\w+)\/[^/]*$/.exec(uri)?.[1];
  if (folder !== undefined) return folder;
  const flavor = registry === undefined ? undefined : flavorOf(registry);
  const parts = name.split('_');
  const fronts = parts.map((_, index) => parts.slice(0, index + 1).join('_'));
  const known = fronts.find((front) => typeof flavor?.scalar === 'string' && flavorShape(front, flavor.scalar) !== undefined);
  return known ?? parts[0];
}

function hideModel(settings: readonly Setting[], hide: (setting: Setting) => void): void {
  const setting = settings.findLast(({ name }) => name === 'model_spec');
  if (setting !== undefined) hide(setting);
}

const unresolved = (document: ConfigDocument, { key, value, spelling, why }: Setting) =>
  ({ kind: 'unresolved', uri: document.uri, key, value, spelling, why: why ?? 'the model is made elsewhere' }) as const;
