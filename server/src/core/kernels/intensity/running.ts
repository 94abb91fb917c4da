/**
 * What of a kernel's work depends on how its blocks lie on the multiprocessors of a device: which of them have any, how many
 * loads are under way, how many barriers wait one after the other.
 *
 *   resident  = min(blocks, multiprocessors x blocks that fit on one)
 *   busy      = blocks of the grid over those of the fullest multiprocessor, where all run at a time
 *   barriers  = barriers of all blocks / resident, each at a step that grows with the warps that must arrive
 *
 * Assumed: compilers keep the loads of four turns of a loop under way, or of all of them if it has fewer.
 */
import type { Bytes } from '../../units.ts';
import type { KernelIntensity } from './kernel-intensity.ts';
import { product, sum } from './polynomial.ts';
import type { CountedWork } from './roofline.ts';
import { numberOf, turnsOf } from './setting.ts';
import { timesOf } from './shares.ts';

const unrolled = 4;

/** `__syncthreads()` and its kin, and groups that hold a whole block. */
const waits = /^__syncthreads(?:_\w+)?$|^(?!.*(?:warp|tile|wrp|grid)).*(?:\.|::)sync$/i;

/** Bytes of loads that one thread has under way. */
function bytesUnderWay({ traffic, counting }: KernelIntensity): Bytes {
  return traffic
    .filter(({ kind }) => kind === 'read')
    .reduce((bytes, { bytes: each, loops }) => {
      const turns = loops.map((loop) => {
        const count = turnsOf(loop, counting);
        return (count && numberOf(count, counting)) ?? unrolled;
      });
      return (
        bytes +
        each *
          Math.min(
            unrolled,
            Math.max(
              1,
              turns.reduce((all, count) => all * count, 1),
            ),
          )
      );
    }, 0);
}

/** Counts of a launch that do not depend on the device. */
export interface LaunchCounts {
  readonly blocks: number;
  readonly threads: number;
  /** Barriers of one thread of the kernel, in the mean. */
  readonly barriers: number;
  readonly underWay: Bytes;
}

/** @returns undefined where blocks or threads are not known. */
export function launchCounts(intensity: KernelIntensity): LaunchCounts | undefined {
  const { counting } = intensity;
  const { grid, block, arithmetic } = counting;
  const blocks = numberOf(product(grid.x, grid.y, grid.z), counting);
  const threads = numberOf(product(block.x, block.y, block.z), counting);
  if (blocks === undefined || threads === undefined || blocks <= 0 || threads <= 0) return undefined;
  const waiting = arithmetic.statements.calls.filter(({ callee }) => waits.test(callee));
  const times = numberOf(sum(...waiting.map((call) => timesOf(call, counting))), counting) ?? 0;
  return { blocks, threads, barriers: times / threads / blocks, underWay: bytesUnderWay(intensity) };
}

const warp = 32;

/** @param fitting blocks that fit on one multiprocessor. */
export function runningOn(
  counted: CountedWork,
  { blocks, threads, barriers, underWay }: LaunchCounts,
  fitting: number,
  multiprocessors: number,
): CountedWork {
  const resident = Math.min(blocks, multiprocessors * fitting);
  // With more than one wave blocks that end make room, and the rates were read off such launches.
  const isOneWave = blocks <= multiprocessors * fitting;
  const busy = isOneWave ? Math.min(1, blocks / (multiprocessors * Math.ceil(blocks / multiprocessors))) : 1;
  return {
    ...counted,
    blocks,
    busy,
    barriers: (barriers * blocks) / resident,
    warpsOfBlock: Math.ceil(threads / warp),
    // No more is under way than there is to load: what little there is takes its latency.
    ...(underWay > 0 && counted.read > 0 ? { underWay: Math.min(resident * threads * underWay, counted.read) / multiprocessors } : {}),
  };
}
