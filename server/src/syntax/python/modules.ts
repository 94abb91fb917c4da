/**
 * Modules of the workspace that a module imports: found beside it or below a folder above it, read once each, their text at
 * offsets of their own so that every value keeps its place. Packages that every machine has are left alone.
 */
import type { Range } from '../../core/origin.ts';
import type { FindSourced } from '../document.ts';
import { externalPackages } from './external-packages.ts';
import { asked, type KeptModule, keepModule, keptModule, lend, longestModule, offsetOf } from './kept-modules.ts';
import { treeOf } from './kept-trees.ts';
import { createMachine, type Machine, type ReadModule } from './machine.ts';
import type { Node } from './tree.ts';
import { literal, rangeOf, unknownValue } from './values.ts';

/** Modules inside modules, and modules in all. */
const deepest = 4;
const maxFiles = 12;

/** Runs a module's statements, then the bodies of its functions, which see its names as they are in the end. */
export function runModule(machine: Machine, root: Node, name: string): void {
  const nowhere = { start: machine.offset, end: machine.offset };
  machine.scope.set('__name__', literal(nowhere, name, { quoted: true, replaceable: false }));
  machine.run(machine, root.type === 'ERROR' ? [root] : root.kids);
  const { collected } = machine;
  for (const global of machine.globals) {
    machine.scope.set(global, unknownValue(nowhere, [global], `\`${global}\` is assigned by a function`));
  }
  for (let next = machine.pending.shift(); next; next = machine.pending.shift()) next();
  machine.collected = collected;
}

/** The full name of a module as seen from the document: relative names are counted from the package of the module that writes them. */
export function fullName({ module, files }: Machine, written: string): string {
  const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(written) ?? [];
  if (dots === '' || module === '') return written;
  const [, above = '', inside = ''] = /^(\.*)(.*?)\.?$/.exec(module) ?? [];
  const parts = inside === '' ? [] : inside.split('.');
  const up = dots.length - (files.open.at(-1)?.isPackage ? 1 : 0);
  const kept = parts.slice(0, Math.max(0, parts.length - up));
  const higher = Math.max(0, up - parts.length);
  return above + '.'.repeat(higher === 0 || above !== '' ? higher : higher + 1) + joined(kept.join('.'), rest);
}

export const joined = (module: string, name: string): string =>
  module === '' || name === '' || module.endsWith('.') ? module + name : `${module}.${name}`;

/** Paths a module may have, from the file that names it. */
function pathsOf(written: string): readonly string[] {
  const [, dots = '', rest = ''] = /^(\.*)(.*)$/.exec(written) ?? [];
  const below = rest.replaceAll('.', '/');
  const start = dots.length <= 1 ? (dots === '' ? '' : './') : '../'.repeat(dots.length - 1);
  const packaged = `${start}${below}${below === '' ? '' : '/'}__init__.py`;
  return below === '' ? [packaged] : [`${start}${below}.py`, packaged];
}

const depthOf = (uri: string): number => uri.split('/').length;

/** A file that a path of `pathsOf` leads to. A relative one is where it says, an absolute one may stand in any folder above. */
export function findImported(find: FindSourced, path: string, from: string): ReturnType<FindSourced> {
  const found = find(from, path);
  if (found === undefined || !path.startsWith('.')) return found;
  const expected = depthOf(from) - 1 - (path.match(/\.\.\//g)?.length ?? 0) + depthOf(path.replace(/^(?:\.{1,2}\/)+/, ''));
  return depthOf(found.uri) === expected ? found : undefined;
}

/**
 * The module of that name as `written` in this one; undefined when it is not in the workspace.
 * @param isSure false when the name may as well be that of something inside a module.
 */
export function importedModule(machine: Machine, written: string, place: Range, isSure = true): ReadModule | undefined {
  const [top = ''] = written.split('.');
  if (top !== '' && externalPackages.has(top)) return undefined;
  const range = rangeOf(place);
  return asked(machine, (other) => findModule(other, written, range, isSure));
}

function findModule(machine: Machine, written: string, place: Range, isSure: boolean): ReadModule | undefined {
  const { files } = machine;
  const name = fullName(machine, written);
  if (files.modules.has(name)) return files.modules.get(name);
  const from = files.open.at(-1)?.uri ?? '';
  if (files.open.length > deepest || files.sourced.length >= maxFiles) return undefined;
  const range = files.entry ?? place;
  const paths = pathsOf(written);
  const found = firstFound(paths, (path) => findImported(files.find, path, from));
  if (!found) {
    if (isSure) files.sourced.push({ path: paths[0] ?? '', range, from, how: 'import' });
    files.modules.set(name, undefined);
    return undefined;
  }
  const { path, there } = found;
  const known = files.names.get(there.uri);
  if (known !== undefined) {
    const same = files.modules.get(known);
    files.modules.set(name, same);
    return same;
  }
  files.names.set(there.uri, name);
  files.modules.set(name, undefined);
  const module = there.text.length > longestModule ? undefined : readImported(machine, { ...there, path, from }, name, range);
  files.modules.set(name, module);
  return module;
}

function firstFound<T>(paths: readonly string[], find: (path: string) => T | undefined): { path: string; there: T } | undefined {
  for (const path of paths) {
    const there = find(path);
    if (there) return { path, there };
  }
  return undefined;
}

function readImported(
  outer: Machine,
  there: { readonly uri: string; readonly text: string; readonly path: string; readonly from: string },
  name: string,
  range: Range,
): ReadModule | undefined {
  const { files } = outer;
  const { uri, text, path, from } = there;
  const offset = offsetOf(uri);
  const machine = createMachine({ text, offset, module: name.endsWith('.') ? name : `${name}.` }, files, outer);
  machine.budget = outer.budget;
  const { entry } = files;
  files.entry ??= range;
  files.sourced.push({ path, range, from, how: 'import', file: { uri, text, offset } });
  files.open.push({ uri, isPackage: /\/__init__\.py$/.test(uri) });
  const read = keptModule(machine, uri, name) ?? executed(machine, uri, name);
  files.open.pop();
  files.entry = entry;
  lend(outer, outer.budget - machine.budget);
  if (!read) return undefined;
  files.functions.push(...read.functions);
  files.classes.push(...read.classes);
  for (const one of read.classes) files.classesByName.set(one.name, one);
  for (const full of read.imports) files.imports.add(full);
  return read.module;
}

function executed(machine: Machine, uri: string, name: string): KeptModule | undefined {
  const root = treeOf(uri, machine.text, machine.offset);
  if (!root) return undefined;
  const spent = (): number => -machine.budget - machine.lent;
  const before = spent();
  runModule(machine, root, name);
  return keepModule(machine, uri, name, spent() - before);
}

/** Names that `from module import *` brings: those that do not begin with an underscore. */
export function publicNames({ scope }: ReadModule): readonly string[] {
  return scope.ownNames().filter((name) => !name.startsWith('_'));
}
