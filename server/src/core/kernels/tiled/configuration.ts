/**
 * A tile kernel worked out as far as the file tells: threads, grid, stages, and what its buffers take.
 *
 * CUTLASS 2: threads = 32 x warps of the threadblock tile; shared memory = stages x (M + N) x K elements, as
 * include/cutlass/gemm/threadblock/mma_base.h lays its operands out (the epilogue shares that memory).
 * CUTLASS 3: a stage holds the tiles of A and B (sm90_mma_tma_gmma_ss_warpspecialized.hpp).
 */
import type { Bytes } from '../../units.ts';
import type { Worked } from '../configuration.ts';
import { type Expression, evaluate, type Scope, unknownNames } from '../expression.ts';
import type { NamedTile, TileBuffer, TileFile, TileKernel } from './facts.ts';
import { bytesOfFormat } from './formats.ts';

export interface TileConfiguration {
  readonly kernel: TileKernel;
  readonly scope: Scope;
  readonly threads: Worked;
  readonly blocks: Worked;
  /** Undefined where the library takes as many as fit. */
  readonly stages: Worked | undefined;
  /** Bytes of a block's buffers in shared memory, all stages together; of one stage where their number is open. */
  readonly shared: Worked;
  readonly sharedPerStage: Worked;
  /** Bytes in the fast memory of a TPU, both copies of what is streamed. */
  readonly vmem: Worked;
  /** Registers of 32 bits that a thread holds of the block's fragments. */
  readonly fragmentRegisters: number | undefined;
}

const warpThreads = 32;
const nothing: Worked = { value: 0, unknown: [] };

function scopeOf(file: TileFile, kernel: TileKernel): Scope {
  return {
    lookUp: (name) => kernel.constants.get(name) ?? file.constants.get(name) ?? file.given.get(name),
    functionOf: () => undefined,
    sizeOf: () => undefined,
  };
}

function worked(expression: Expression, scope: Scope): Worked {
  const value = evaluate(expression, scope);
  return { value, unknown: value === undefined ? unknownNames(expression, scope) : [] };
}

function product(parts: readonly Worked[]): Worked {
  const isKnown = parts.every(({ value }) => value !== undefined);
  return {
    value: isKnown ? parts.reduce((all, { value = 1 }) => all * value, 1) : undefined,
    unknown: [...new Set(parts.flatMap(({ unknown }) => unknown))],
  };
}

function sum(parts: readonly Worked[]): Worked {
  const isKnown = parts.every(({ value }) => value !== undefined);
  return {
    value: isKnown ? parts.reduce((all, { value = 0 }) => all + value, 0) : undefined,
    unknown: [...new Set(parts.flatMap(({ unknown }) => unknown))],
  };
}

/** What a name of a format stands for in the end. */
export function formatOf(format: Expression | undefined, scope: Scope, depth = 0): string | undefined {
  if (!format || depth > 8) return undefined;
  const value = format.kind === 'name' ? scope.lookUp(format.name) : undefined;
  return typeof value === 'object' ? formatOf(value, scope, depth + 1) : format.text;
}

function bytesOf({ shape, format }: TileBuffer, scope: Scope): Worked {
  const named = formatOf(format, scope);
  const element = named === undefined ? undefined : bytesOfFormat(named);
  const bytes: Worked = { value: element, unknown: element === undefined ? [format?.text ?? 'the format'] : [] };
  return product([bytes, ...shape.map((factor) => worked(factor, scope))]);
}

/** Warps of a threadblock by its tile and theirs. */
function warpsOf(tiles: readonly NamedTile[], scope: Scope): Worked | undefined {
  const shapeOf = (label: string): readonly number[] | undefined => {
    const shape = tiles.find((tile) => tile.label === label)?.shape.flatMap((factor) => evaluate(factor, scope) ?? []);
    return shape?.length === 3 ? shape : undefined;
  };
  const [block, warp] = [shapeOf('threadblock'), shapeOf('warp')];
  if (!block || !warp) return undefined;
  return { value: block.reduce((all, size, at) => all * (size / (warp[at] ?? 1)), 1), unknown: [] };
}

function threadsOf({ threads, tiles, dialect }: TileKernel, scope: Scope): Worked {
  if (threads) return product(threads.map(({ expression }) => worked(expression, scope)));
  const warps = dialect === 'cutlass2' ? warpsOf(tiles, scope) : undefined;
  return warps ? product([warps, { value: warpThreads, unknown: [] }]) : { value: undefined, unknown: [] };
}

/** Everything that can be said of one kernel. */
export function tileConfigurationOf(file: TileFile, kernel: TileKernel): TileConfiguration {
  const scope = scopeOf(file, kernel);
  const threads = threadsOf(kernel, scope);
  const stages = kernel.stages === 'auto' ? undefined : kernel.stages ? worked(kernel.stages.expression, scope) : { value: 1, unknown: [] };
  const inMemory = (memory: TileBuffer['memory'], copies?: TileBuffer['copies']): readonly TileBuffer[] =>
    kernel.buffers.filter((buffer) => buffer.memory === memory && (copies === undefined || buffer.copies === copies));
  const bytes = (buffers: readonly TileBuffer[]): Worked => sum(buffers.map((buffer) => bytesOf(buffer, scope)));
  const sharedPerStage = bytes(inMemory('shared', 'stages'));
  // A loop that is not pipelined has its buffers once.
  const count = stages?.value === undefined ? stages : { ...stages, value: Math.max(1, stages.value) };
  const shared = sum([bytes(inMemory('shared', 'one')), product([sharedPerStage, count ?? { value: 1, unknown: [] }])]);
  const vmem = sum([bytes(inMemory('vmem', 'one')), product([{ value: 2, unknown: [] }, bytes(inMemory('vmem', 'two'))])]);
  const fragments: Bytes | undefined = bytes(inMemory('registers')).value;
  return {
    kernel,
    scope,
    threads,
    blocks: kernel.grid ? product(kernel.grid.map((factor) => worked(factor, scope))) : { value: undefined, unknown: [] },
    stages,
    shared: kernel.buffers.some(({ memory }) => memory === 'shared') ? shared : nothing,
    sharedPerStage,
    vmem: kernel.buffers.some(({ memory }) => memory === 'vmem') ? vmem : nothing,
    fragmentRegisters: fragments && threads.value ? fragments / 4 / threads.value : undefined,
  };
}

export function tileConfigurations(file: TileFile): readonly TileConfiguration[] {
  return file.kernels.map((kernel) => tileConfigurationOf(file, kernel));
}
