/** Imports: what a local name stands for. Relative imports keep their leading dots; modules of the workspace give their values. */
import type { PythonValue } from '../python-module.ts';
import { type Machine, type ReadModule, textOf } from './machine.ts';
import { fullName, importedModule, joined, publicNames } from './modules.ts';
import { fieldOf, type Node } from './tree.ts';
import { nameOf, seenAt } from './values.ts';

function bind(machine: Machine, local: string, full: string, place: Node, value: PythonValue = nameOf(place, full)): void {
  machine.scope.set(local, seenAt(value, place));
  // In `try: import a as x` with `except: import b as x`, the first is the one that is meant.
  machine.imports[local] ??= value.kind === 'name' ? value.name : full;
}

/** A name in an `import` or `from` line as one dotted text, whatever spaces stand in it. */
const dotted = (machine: Machine, node: Node): string => textOf(machine, node).replace(/\s+/g, '');

function importModule(machine: Machine, node: Node): void {
  const alias = fieldOf(node, 'alias');
  const full = dotted(machine, fieldOf(node, 'name') ?? node);
  importedModule(machine, full, node);
  if (alias) {
    bind(machine, textOf(machine, alias), full, node);
    return;
  }
  const [first = full] = full.split('.');
  bind(machine, first, first, node);
  machine.imports[full] ??= full;
}

function importFrom(machine: Machine, node: Node): void {
  const from = fieldOf(node, 'module_name');
  const written = from ? dotted(machine, from) : '__future__';
  const module = importedModule(machine, written, node, !written.endsWith('.'));
  const full = fullName(machine, written);
  if (node.kids.some((kid) => kid.type === 'wildcard_import')) {
    machine.imports[joined(full, '*')] = joined(full, '*');
    if (module) importAll(machine, module, full, node);
  }
  for (const kid of node.kids.filter(({ field }) => field === 'name')) {
    const name = dotted(machine, fieldOf(kid, 'name') ?? kid);
    const alias = fieldOf(kid, 'alias');
    const value = module?.scope.get(name);
    // What no module has by this name may be a module itself.
    if (value === undefined) importedModule(machine, joined(written, name), kid, written.endsWith('.'));
    bind(machine, alias ? textOf(machine, alias) : name, joined(full, name), kid, value);
  }
}

/** `from module import *`: the assignments of the module are as good as written here. */
function importAll(machine: Machine, module: ReadModule, full: string, place: Node): void {
  const names = new Set(publicNames(module));
  for (const name of names) bind(machine, name, joined(full, name), place, module.scope.get(name));
  const shown = module.assignments.filter(({ target }) => names.has(target.split('.')[0] ?? target));
  machine.collected.assignments.push(...shown.map((one) => ({ ...one, conditional: one.conditional || machine.conditions > 0 })));
}

export function runImport(machine: Machine, node: Node): void {
  if (node.type === 'import_statement') {
    for (const kid of node.kids.filter(({ field }) => field === 'name')) importModule(machine, kid);
  } else {
    importFrom(machine, node);
  }
}
