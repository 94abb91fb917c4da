/**
 * Per-layer choices as Megatron-LM takes them: a frequency, or a Python list expression such as `([0]*3+[1]*58)`
 * (`_eval_pattern` of megatron/training/arguments.py). Nothing is executed: the expression is read here.
 */

import { shown } from '../parse.ts';
import type { Parse } from '../row.ts';

/** A frequency, or one number a layer. */
export type LayerChoice = number | readonly number[];

/** No model has more layers; a repetition beyond it is a slip of the finger. */
const longest = 4096;

interface Cursor {
  readonly text: string;
  at: number;
}

const take = (cursor: Cursor, sign: string): boolean => {
  if (cursor.text[cursor.at] !== sign) return false;
  cursor.at += 1;
  return true;
};

/** The value of the expression, or undefined when it is none or is longer than any model. */
export function layerChoice(written: string): LayerChoice | undefined {
  const cursor: Cursor = { text: written.replace(/\s+/g, ''), at: 0 };
  const value = sum(cursor);
  return cursor.at === cursor.text.length ? value : undefined;
}

function sum(cursor: Cursor): LayerChoice | undefined {
  let value = product(cursor);
  while (value !== undefined && take(cursor, '+')) {
    const next = product(cursor);
    if (typeof value === 'number' && typeof next === 'number') value += next;
    else if (typeof value === 'object' && typeof next === 'object') value = within([...value, ...next]);
    else return undefined;
  }
  return value;
}

function product(cursor: Cursor): LayerChoice | undefined {
  let value = factor(cursor);
  while (value !== undefined && take(cursor, '*')) {
    const next = factor(cursor);
    if (next === undefined) return undefined;
    value = multiplied(value, next);
  }
  return value;
}

function multiplied(a: LayerChoice, b: LayerChoice): LayerChoice | undefined {
  if (typeof a === 'number') return typeof b === 'number' ? a * b : multiplied(b, a);
  if (typeof b !== 'number' || a.length * b > longest) return undefined;
  return Array.from({ length: b }, () => a).flat();
}

function factor(cursor: Cursor): LayerChoice | undefined {
  if (take(cursor, '(')) {
    const value = sum(cursor);
    return take(cursor, ')') ? value : undefined;
  }
  if (take(cursor, '[')) return list(cursor);
  const digits = /^\d{1,6}/.exec(cursor.text.slice(cursor.at))?.[0];
  if (digits === undefined) return undefined;
  cursor.at += digits.length;
  return Number(digits);
}

function list(cursor: Cursor): readonly number[] | undefined {
  const items: number[] = [];
  while (!take(cursor, ']')) {
    const item = sum(cursor);
    if (typeof item !== 'number' || items.length >= longest) return undefined;
    items.push(item);
    if (!take(cursor, ',') && cursor.text[cursor.at] !== ']') return undefined;
  }
  return items;
}

const within = (items: readonly number[]): readonly number[] | undefined => (items.length > longest ? undefined : items);

/** A parser for such a choice; a frequency must be at least one. */
export const parseLayerChoice: Parse<LayerChoice> = (setting) => {
  const value = layerChoice(String(setting.scalar ?? ''));
  if (value === undefined || (typeof value === 'number' && value < 1)) {
    return { wrong: `must be a number of layers or a list such as ([0]*3+[1]*58), not ${shown(setting)}` };
  }
  return { value };
};
