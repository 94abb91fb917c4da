/**
 * What the text of a Triton kernel asks registers for, in registers of 32 bits per thread under one configuration: a block of values is
 * spread over the threads of a program, 32-bit numbers one to a register, 16-bit loads two, and what is needed at one place of the text
 * adds up. The most of any place counts. Operands that a loop loads for products alone lie in shared memory.
 */
import type { Architecture } from '../architecture.ts';
import { mayBeCompiled, sizesOf, type TritonConfiguration } from './configuration.ts';
import type { LiveTile, TileKind } from './facts.ts';

export interface TritonRegisterDemand {
  /** Sums of products: the largest result of a `tl.dot`, and those that a loop hands on. */
  readonly accumulators: number;
  /** Other numbers. */
  readonly values: number;
  /** As they were loaded, in 16 bits. */
  readonly loads: number;
  /** Operands of products, in 16 bits. */
  readonly operands: number;
  readonly pointers: number;
  readonly offsets: number;
  readonly hasLoop: boolean;
  /** Blocks whose size is not known. */
  readonly unknown: number;
}

/** Registers of one element. */
const perElement: { readonly [kind in TileKind]: number } = { value: 1, load: 0.5, operand: 0.5, pointer: 0.25, offset: 1, mask: 1 / 32 };

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
  const of = (kinds: readonly TileKind[]): readonly Held[] =>
    kernel.lives.flatMap((live: LiveTile) => {
      if (!kinds.includes(live.kind) || !mayBeCompiled(live.branches, scope)) return [];
      const sizes = sizesOf(live.tile, scope);
      if (!sizes) {
        unknown++;
        return [];
      }
      const elements = sizes.reduce((all, size) => all * size, 1);
      return [{ name: live.name, from: live.from, to: live.to, registers: Math.max(1, elements / threads) * perElement[live.kind] }];
    });
  let accumulators = 0;
  let operands = 0;
  for (const { left, right, branches } of kernel.dots) {
    if (!mayBeCompiled(branches, scope)) continue;
    const [first, second] = [sizesOf(left.tile, scope), sizesOf(right.tile, scope)];
    const [rows, inner, columns] = [first?.at(-2), first?.at(-1), second?.at(-1)];
    if (rows === undefined || inner === undefined || columns === undefined) {
      unknown++;
      continue;
    }
    accumulators = Math.max(accumulators, (rows * columns) / threads);
    operands = Math.max(operands, ((rows + columns) * inner * perElement.operand) / threads);
  }
  return {
    accumulators,
    values: together(of(['value'])),
    loads: together(of(['load'])),
    operands,
    pointers: together(of(['pointer'])),
    offsets: together(of(['offset', 'mask'])),
    hasLoop: kernel.loops.length > 0,
    unknown,
  };
}
