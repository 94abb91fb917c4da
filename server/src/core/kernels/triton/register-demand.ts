/**
 * What the text of a Triton kernel asks registers for, in registers of 32 bits per thread under one configuration: a block of values is
 * spread over the threads of a program, each number in a register, and what is needed at one place of the text adds up; the most of any place counts.
 * Operands of products pass through registers in 16 bits. Places, masks and loads that nothing was done with yet are worked out again
 * or kept packed: they were tried in the fit and tell nothing more.
 */
import type { Architecture } from '../architecture.ts';
import { mayBeCompiled, sizesOf, type TritonConfiguration } from './configuration.ts';

export interface TritonRegisterDemand {
  /** Numbers, sums of products among them. */
  readonly values: number;
  /** Operands of the largest product, in 16 bits. */
  readonly operands: number;
  readonly hasLoop: boolean;
  /** How many blocks have a size that is not known. */
  readonly unknown: number;
}

/** Registers of one element of an operand. */
const perOperand = 0.5;

interface Held {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly registers: number;
}

/** The most that is held at one place. */
function together(held: readonly Held[]): number {
  let most = 0;
  for (const { from } of held) {
    // A name that is set again gives its registers on.
    const names = new Map<string, number>();
    for (const one of held) if (one.from <= from && from <= one.to) names.set(one.name, Math.max(one.registers, names.get(one.name) ?? 0));
    most = Math.max(
      most,
      [...names.values()].reduce((sum, registers) => sum + registers, 0),
    );
  }
  return most;
}

export function tritonRegisterDemand(configuration: TritonConfiguration, { warpThreads }: Architecture): TritonRegisterDemand {
  const { kernel, scope, numWarps } = configuration;
  const threads = numWarps * warpThreads;
  let unknown = kernel.unsized.length;
  const held = kernel.lives.flatMap(({ name, tile, kind, from, to, branches }): readonly Held[] => {
    if (kind !== 'value' || !mayBeCompiled(branches, scope)) return [];
    const sizes = sizesOf(tile, scope);
    if (!sizes) {
      unknown++;
      return [];
    }
    return [{ name, from, to, registers: Math.max(1, sizes.reduce((all, size) => all * size, 1) / threads) }];
  });
  let sums = 0;
  let operands = 0;
  for (const { left, right, branches } of kernel.dots) {
    if (!mayBeCompiled(branches, scope)) continue;
    const [first, second] = [sizesOf(left.tile, scope), sizesOf(right.tile, scope)];
    const [rows, inner, columns] = [first?.at(-2), first?.at(-1), second?.at(-1)];
    if (rows === undefined || inner === undefined || columns === undefined) {
      unknown++;
      continue;
    }
    sums = Math.max(sums, (rows * columns) / threads);
    operands = Math.max(operands, ((rows + columns) * inner * perOperand) / threads);
  }
  return { values: Math.max(sums, together(held)), operands, hasLoop: kernel.loops.length > 0, unknown };
}
