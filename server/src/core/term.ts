/**
 * A quantity that can be opened: value, unit, formula in plain text, inputs, source, and the terms it is made of.
 * Every number Rooflint shows is a Term or a child of one.
 */
import type { JobField } from './job-fields.ts';
import type { Unit } from './units.ts';

export interface TermInput {
  /** The name used in the formula, e.g. `s`, `b`, `h/t`. */
  readonly name: string;
  readonly value: number | string;
  /** The job field it comes from, when there is one: the caller looks its origin up in `Sources`. */
  readonly field?: JobField;
  /** Where a figure that is no job field comes from, e.g. "data sheet of H100 SXM" or "fitted efficiency". */
  readonly from?: string;
}

/** How children make up the value. `none`: they are shown for context only. */
export type Combine = 'sum' | 'max' | 'product' | 'none';

export interface Band {
  readonly low: number;
  readonly high: number;
  /** What the band rests on, e.g. "p90 error of 24 published memory rows". */
  readonly basis: string;
}

export interface Term {
  /** Stable dotted id, unique among its siblings' tree, e.g. `memory.activations`. */
  readonly id: string;
  readonly label: string;
  readonly value: number;
  readonly unit: Unit;
  readonly formula?: string;
  readonly inputs?: readonly TermInput[];
  /** Paper and equation, or file in the framework. */
  readonly source?: string;
  readonly combine?: Combine;
  readonly children?: readonly Term[];
  readonly band?: Band;
  /** Set when something in it was assumed rather than read. */
  readonly note?: string;
}

/** A term whose value is the sum of its children; shape and units are the children's. */
export function sumOf(id: string, label: string, unit: Unit, children: readonly Term[], more: Partial<Term> = {}): Term {
  let value = 0;
  for (const child of children) value += child.value;
  return { id, label, value, unit, combine: 'sum', children, ...more };
}

/** Finds a term by id anywhere in the tree, or undefined. */
export function findTerm(root: Term, id: string): Term | undefined {
  if (root.id === id) return root;
  for (const child of root.children ?? []) {
    const found = findTerm(child, id);
    if (found) return found;
  }
  return undefined;
}
