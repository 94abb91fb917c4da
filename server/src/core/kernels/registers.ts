/**
 * What is known of the registers of a thread: the compiler's count, or an estimate with its band.
 *
 *   estimate = base + a arrays + b fragments + c values + d loads + e (a loop whose rounds are not known)
 *   band     = estimate x [low, high], no more than `__launch_bounds__` and the architecture leave
 *
 * The parts are those of `register-demand.ts`, the factors are fitted (`calibration/registers.ts`). NVIDIA only: the fit saw
 * no other compiler.
 */
import { registerCalibration as fit } from '../calibration/registers.ts';
import type { Architecture } from './architecture.ts';
import { baseArchitecture } from './compiled.ts';
import type { KernelConfiguration } from './configuration.ts';
import { registerDemand } from './register-demand.ts';

/** Registers per thread, from the fewest to the most it may be. */
export interface RegisterRange {
  readonly low: number;
  readonly high: number;
  /** Told by the compiler; several figures then are those of several instances. */
  readonly isExact: boolean;
}

/** Compilers choose a multiple of this where bounds force them. */
const boundUnit = 8;
/** No kernel that does anything takes fewer. */
const fewest = 8;

/** The most that the bounds of a kernel leave a thread. */
export function boundRegisters({ mostThreads, leastBlocks }: KernelConfiguration, architecture: Architecture): number {
  const { registersPerMultiprocessor, registersPerThread, warpThreads } = architecture;
  if (mostThreads?.value === undefined || mostThreads.value < 1) return registersPerThread;
  const threads = Math.ceil(mostThreads.value / warpThreads) * warpThreads * Math.max(1, leastBlocks?.value ?? 1);
  const share = Math.floor(registersPerMultiprocessor / threads / boundUnit) * boundUnit;
  return Math.min(registersPerThread, Math.max(fewest, share));
}

/** @returns undefined where not all of it is known, and on AMD. */
export function estimatedRegisters(configuration: KernelConfiguration, architecture: Architecture): RegisterRange | undefined {
  if (architecture.vendor !== 'NVIDIA') return undefined;
  const { arrays, fragments, values, loads, hasOpenLoop, unknown } = registerDemand(configuration);
  if (unknown.length > 0) return undefined;
  const middle =
    fit.base + fit.arrays * arrays + fit.fragments * fragments + fit.values * values + fit.loads * loads + (hasOpenLoop ? fit.openLoop : 0);
  const most = boundRegisters(configuration, architecture);
  const within = (value: number): number => Math.min(most, Math.max(fewest, value));
  return { low: within(Math.floor(middle * fit.low)), high: within(Math.ceil(middle * fit.high)), isExact: false };
}

/** What is known of them on an architecture. A compiler's figures hold for the one it compiled for. */
export function registersOn(configuration: KernelConfiguration, architecture: Architecture): RegisterRange | undefined {
  const { compiled } = configuration;
  if (!compiled || baseArchitecture(compiled.architecture) !== architecture.id) return estimatedRegisters(configuration, architecture);
  const counts = compiled.kernels.map(({ registers }) => registers);
  return { low: Math.min(...counts), high: Math.max(...counts), isExact: true };
}
