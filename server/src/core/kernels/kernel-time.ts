/**
 * Time of one kernel from what it asks of the parts of the device:
 *
 *   arithmetic = FLOPs / rate
 *   loads      = clocks of the load/store units / (multiprocessors x clock)
 *   cache      = bytes asked of the shared cache / (bytes per clock x multiprocessors x clock)
 *   memory     = max(bytes / (bandwidth x share), loaded bytes x latency / bytes under way)
 *   barriers   = steps one after the other x (latency + (step - latency) x warps of the block / 32)
 *   steps      = steps of one thread that need each other's value x clocks of one / clock
 *   t = longest + exposed x (sum of the others) + floor,  and no less than the blocks take to start, or one thread its steps
 *
 * Assumed: warps of the blocks that run together hide the shorter parts behind the longest but for the exposed share,
 * which is smaller where the next tile is loaded while one is used. Source of the parts: NVIDIA's CUDA C++ Best Practices
 * Guide, "Memory Optimizations"; bytes under way over latency is Little's law. Parameters: `calibration/fits/kernels.json`.
 */
import type { KernelCalibration } from '../calibration/kernels.ts';
import type { Accelerator } from '../hardware.ts';
import type { Bytes, FlopsPerSecond, Seconds } from '../units.ts';
import type { Architecture } from './architecture.ts';

/** A device as kernels see it. */
export interface KernelRates {
  readonly multiprocessors: number;
  /** Clocks per second, from the fp32 peak; less where some multiprocessors stand idle. */
  readonly clock: number;
  /** Clocks per second of a multiprocessor that has work. */
  readonly ownClock: number;
  /** FLOP/s in fp32 that good code reaches on the vector units. */
  readonly vector: FlopsPerSecond;
  readonly bandwidth: number;
  readonly loadLanes: number;
  readonly warpThreads: number;
  readonly threadsPerMultiprocessor: number;
  readonly calibration: KernelCalibration;
}

export interface KernelWork {
  /** Seconds of arithmetic at the rate good code reaches. */
  readonly arithmetic: Seconds;
  /** Clocks of the load/store units, summed over the multiprocessors. */
  readonly loadClocks: number;
  /** Bytes that blocks ask of the device's cache. */
  readonly cacheBytes: Bytes;
  /** Bytes between device memory and the chip. */
  readonly memoryBytes: Bytes;
  /** Loads that the threads of one multiprocessor have under way; absent where they are always enough. */
  readonly underWay?: Bytes;
  /** Bytes that are loaded, where `underWay` counts them. */
  readonly loadedBytes?: Bytes;
  /** Whether the next tile is loaded while one is used. */
  readonly isBuffered: boolean;
  /** Steps with a barrier, one after the other, of a multiprocessor. */
  readonly barrierSteps?: number;
  /** Warps that must arrive at each of them; as many as a block can have unless it is said. */
  readonly warpsOfBlock?: number;
  /** Steps of arithmetic of one thread, each of which waits for the value of the one before, however few threads there are. */
  readonly steps?: number;
  /** Blocks of the grid, where each does little. */
  readonly blocks?: number;
}

export type KernelPart = 'arithmetic' | 'loads' | 'cache' | 'memory' | 'barriers' | 'steps' | 'block starts';

export interface KernelTime {
  readonly seconds: Seconds;
  /** Seconds of each part alone. */
  readonly parts: Readonly<Record<KernelPart, Seconds>>;
  /** The longest one. */
  readonly bound: KernelPart;
}

/** @returns undefined where the data sheet lacks the multiprocessors or the fp32 peak. */
export function kernelRates(accelerator: Accelerator, architecture: Architecture, calibration: KernelCalibration): KernelRates | undefined {
  const multiprocessors = accelerator.smCount?.value;
  const peak = accelerator.peak.fp32?.value;
  if (multiprocessors === undefined || peak === undefined) return undefined;
  const share = architecture.vectorLanes > 64 ? calibration.vectorShareWide : calibration.vectorShareNarrow;
  const clock = peak / (2 * architecture.vectorLanes * multiprocessors);
  return {
    multiprocessors,
    clock,
    ownClock: clock,
    vector: peak * share,
    bandwidth: accelerator.memory.bandwidth.value,
    loadLanes: architecture.loadLanes,
    warpThreads: architecture.warpThreads,
    threadsPerMultiprocessor: architecture.warpsPerMultiprocessor * architecture.warpThreads,
    calibration,
  };
}

function memorySeconds(
  { bandwidth, multiprocessors, calibration }: KernelRates,
  { memoryBytes, underWay, loadedBytes = memoryBytes }: KernelWork,
): Seconds {
  const byBandwidth = memoryBytes / (bandwidth * calibration.streamShare);
  return underWay === undefined
    ? byBandwidth
    : Math.max(byBandwidth, (loadedBytes * calibration.memoryLatency) / (underWay * multiprocessors));
}

/** The most warps of a block. */
export const mostWarps = 32;

/** A step of a block of few warps is over when their latencies are; each further warp has to arrive. */
function barrierSeconds(
  { barrierLatency, barrierStep }: KernelCalibration,
  { barrierSteps = 0, warpsOfBlock = mostWarps }: KernelWork,
): Seconds {
  return barrierSteps * (barrierLatency + (barrierStep - barrierLatency) * Math.min(1, warpsOfBlock / mostWarps));
}

export function kernelTime(rates: KernelRates, work: KernelWork): KernelTime {
  const { multiprocessors, clock, calibration } = rates;
  const clocks = multiprocessors * clock;
  const parts: Record<KernelPart, Seconds> = {
    arithmetic: work.arithmetic,
    loads: work.loadClocks / clocks,
    cache: work.cacheBytes / (calibration.cacheBytesPerClock * clocks),
    memory: memorySeconds(rates, work),
    barriers: barrierSeconds(calibration, work),
    steps: ((work.steps ?? 0) * calibration.dependentIssue) / rates.ownClock,
    'block starts': ((work.blocks ?? 0) / multiprocessors) * calibration.blockTurnover,
  };
  const names = Object.keys(parts) as KernelPart[];
  const bound = names.reduce((worst, name) => (parts[name] > parts[worst] ? name : worst));
  const { 'block starts': starts, steps, ...working } = parts;
  const values = Object.values(working);
  const longest = Math.max(...values);
  const others = values.reduce((sum, value) => sum + value, 0) - longest;
  const exposed = work.isBuffered ? calibration.exposedBuffered : calibration.exposedSingle;
  return { seconds: Math.max(longest + exposed * others, starts, steps) + calibration.launchFloor, parts, bound };
}
