/** One input of a term. Undefined parts are left out, as exact optional properties ask. */
import type { TermInput } from '../term.ts';

export function input(name: string, value: number | string, field?: TermInput['field'], from?: string): TermInput {
  if (field === undefined) return from === undefined ? { name, value } : { name, value, from };
  return from === undefined ? { name, value, field } : { name, value, field, from };
}
