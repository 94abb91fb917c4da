/** Names of a Python module or function and what they are set to, without running either. */
import type { Expression } from '../../core/kernels/expression.ts';
import type { Alternatives } from '../../core/kernels/triton/facts.ts';
import { fieldOf, type Node } from '../python/tree.ts';
import { textOf, toExpression } from './expressions.ts';

export interface Names {
  /** Names with one value. */
  readonly assigned: ReadonlyMap<string, Node>;
  readonly functions: ReadonlyMap<string, Node>;
  readonly constants: ReadonlyMap<string, Expression>;
  /** Names that branches set differently. */
  readonly alternatives: ReadonlyMap<string, Alternatives>;
  /** What is taken apart for them: the call in `size, warps = settings(n)`. */
  readonly unpacked: ReadonlyMap<string, Node>;
}

/** `tl.constexpr(4)` is the 4. */
export function constantOf(node: Node, source: string): Expression {
  const value = toExpression(node, source);
  const [only] = value.kind === 'call' && /(?:^|\.)constexpr$/.test(value.callee) ? value.values : [];
  return only ?? value;
}

interface Found {
  readonly value: Node;
  readonly isElse: boolean;
  /** Stands in a branch: what stands before it may hold as well. */
  readonly isBranch: boolean;
}

class Collector {
  readonly functions = new Map<string, Node>();
  readonly unpacked = new Map<string, Node>();
  readonly found = new Map<string, Found[]>();
  private readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  visit(node: Node, isElse: boolean, isBranch: boolean): void {
    if (node.type === 'function_definition') {
      const name = fieldOf(node, 'name');
      if (name) this.functions.set(textOf(name, this.source), node);
      return;
    }
    if (node.type === 'class_definition') return;
    if (node.type === 'assignment') {
      this.assignment(node, isElse, isBranch);
      return;
    }
    const inBranch = isBranch || node.type === 'if_statement';
    for (const kid of node.kids) this.visit(kid, kid.type === 'else_clause' || (isElse && node.type !== 'if_statement'), inBranch);
  }

  private assignment(node: Node, isElse: boolean, isBranch: boolean): void {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    if (!left || !right) return;
    if (left.type === 'pattern_list' || left.type === 'tuple_pattern') {
      for (const part of left.kids) if (part.type === 'identifier') this.unpacked.set(textOf(part, this.source), right);
      return;
    }
    if (left.type !== 'identifier') return;
    const name = textOf(left, this.source);
    this.found.set(name, [...(this.found.get(name) ?? []), { value: right, isElse, isBranch }]);
  }
}

/** Assignments and functions of the outermost level; a name that is set twice has no single value. */
export function namesOf(root: Node, source: string): Names {
  const collector = new Collector(source);
  collector.visit(root.type === 'function_definition' ? (fieldOf(root, 'body') ?? root) : root, false, false);
  const assigned = new Map<string, Node>();
  const alternatives = new Map<string, Alternatives>();
  for (const [name, all] of collector.found) {
    const [first] = all;
    if (all.length === 1 && first) assigned.set(name, first.value);
    // Set again outside of branches, a name counts or collects.
    else if (all.slice(1).every(({ isBranch }) => isBranch)) {
      const fallback = all.findLast(({ isElse }) => isElse)?.value;
      const values = all.map(({ value }) => constantOf(value, source));
      alternatives.set(name, { values, ...(fallback ? { fallback: constantOf(fallback, source) } : {}) });
    }
  }
  const constants = new Map([...assigned].map(([name, node]) => [name, constantOf(node, source)]));
  return { assigned, functions: collector.functions, constants, alternatives, unpacked: collector.unpacked };
}
