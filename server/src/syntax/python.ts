/**
 * Python to ConfigDocument: the module is read as Python would run it with every parameter left at its default, as far
 * as it and the modules of the workspace that it imports decide. Nothing is executed.
 */
import type { Tree } from 'web-tree-sitter';
import type { Range } from '../core/origin.ts';
import { kernelsInPython } from './cuda/in-python.ts';
import type { ConfigDocument, FindSourced } from './document.ts';
import { define } from './python/definitions.ts';
import { evaluate } from './python/expressions.ts';
import { renewOffsets } from './python/kept-modules.ts';
import { treeOf } from './python/kept-trees.ts';
import { bodyOf, createMachine, type Files, noFiles } from './python/machine.ts';
import { runModule } from './python/modules.ts';
import { run } from './python/statements.ts';
import { syntaxProblems } from './python/syntax-problems.ts';
import { copyPythonTree, type Node } from './python/tree.ts';
import type { PythonModule } from './python-module.ts';
import { readPythonTiles } from './tiled/python-tiles.ts';
import { readOperators } from './torch/operators.ts';
import { mayHoldTriton, readTriton } from './triton/triton.ts';

function readModule(root: Node, text: string, files: Files): PythonModule {
  const machine = createMachine({ text, offset: 0, module: '' }, files, { evaluate, run, define });
  // The file is read as the program that is started.
  runModule(machine, root, '__main__');
  const { functions, classes } = files;
  const imported = functions.length > 0 || classes.length > 0 || files.imports.size > 0;
  return {
    ...bodyOf(machine.collected),
    imports: { ...machine.imports },
    functions: inOrder(machine.functions),
    classes: inOrder(machine.classes),
    ...(imported ? { imported: { functions, classes, imports: [...files.imports] } } : {}),
  };
}

function inOrder<T extends { readonly range: Range }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => a.range.start - b.range.start);
}

/** Reads a module from its tree, which must be the parse of `maskMagics(text)`, and the modules it imports. Never throws. */
export function readPythonTree(uri: string, text: string, tree: Tree, find: FindSourced): ConfigDocument {
  return readRoot(uri, text, copyPythonTree(tree, text), find);
}

/** The same for a file of a workspace, whose tree may be known; undefined while the grammar is not loaded. */
export function readPython(uri: string, text: string, find: FindSourced): ConfigDocument | undefined {
  const root = treeOf(uri, text, 0);
  return root && readRoot(uri, text, root, find);
}

function readRoot(uri: string, text: string, root: Node, find: FindSourced): ConfigDocument {
  const problems = syntaxProblems(root, text);
  const lists = { entries: [], commands: [], variables: [], directives: [], heredocs: [] };
  renewOffsets();
  const files = noFiles(uri, find);
  const python = readModule(root, text, files);
  const { sourced } = files;
  const triton = mayHoldTriton(text) ? readTriton(root, text) : undefined;
  const tiles = readPythonTiles(root, text);
  const kernels = kernelsInPython(uri, root, text);
  const operators = readOperators(root, text);
  return {
    uri,
    format: 'python',
    text,
    ...lists,
    problems,
    python,
    ...(sourced.length > 0 ? { sourced } : {}),
    ...(triton ? { triton } : {}),
    ...(tiles ? { tiles } : {}),
    ...(kernels ? { kernels } : {}),
    ...(operators ? { operators } : {}),
  };
}
