/**
 * Registers of `wmma::fragment<use, m, n, k, type, layout>` per thread (mma.h): a warp of 32 holds an accumulator once, and the
 * operands of 8 and 16 bits twice.
 */
import { evaluate, type Scope } from './expression.ts';

const fragment = /\bfragment\s*<([^<>]*(?:<[^<>]*>[^<>]*)*)>/;
const warpThreads = 32;
const registerBytes = 4;

/** @returns undefined for any other type, and where a size is not known. */
export function fragmentRegisters(type: string, scope: Scope): number | undefined {
  const [use = '', ...words] = (fragment.exec(type)?.[1] ?? '').split(',').map((word) => word.trim());
  const [m, n, k] = words
    .slice(0, 3)
    .map((word) => (/^\d+$/.test(word) ? Number(word) : evaluate({ kind: 'name', name: word, text: word }, scope)));
  if (m === undefined || n === undefined || k === undefined) return undefined;
  const element = words[3] ?? '';
  const bytes = scope.sizeOf(element) ?? (element.includes('tf32') ? registerBytes : 2);
  if (use.includes('accumulator')) return (m * n * bytes) / registerBytes / warpThreads;
  const elements = use.includes('matrix_a') ? m * k : k * n;
  return (elements * bytes * (bytes < registerBytes ? 2 : 1)) / registerBytes / warpThreads;
}
