/** Registers, spills and shared memory of one configuration of a Triton kernel on an architecture, and the occupancy they leave. */
import { tritonRegisterCalibration } from '../../calibration/triton-registers.ts';
import type { Bytes } from '../../units.ts';
import type { Architecture } from '../architecture.ts';
import { type Occupancy, occupancyOf } from '../occupancy.ts';
import type { RegisterRange } from '../registers.ts';
import { buildsFor } from './compiled.ts';
import type { TritonConfiguration } from './configuration.ts';
import { tritonRegisterDemand } from './register-demand.ts';
import { pipelinedShared } from './shared-memory.ts';

export interface SharedRange {
  readonly least: Bytes;
  readonly most: Bytes;
  readonly isExact: boolean;
}

/** Elements are taken to have 16 bits: the types of pointers are known only at the launch. */
const halfBytes = 2;

/** What Triton made of it counts before what the text tells. Undefined where neither says anything. */
export function sharedOn(configuration: TritonConfiguration, architecture: Architecture): SharedRange | undefined {
  const built = buildsFor(configuration, architecture.id).flatMap(({ shared }) => shared ?? []);
  if (built.length > 0) return { least: Math.min(...built), most: Math.max(...built), isExact: true };
  const tiles = pipelinedShared(configuration, halfBytes, architecture);
  return tiles && { ...tiles, isExact: false };
}

/** No kernel that does anything takes fewer. */
const fewest = 8;

/** The most that a thread may take: of the architecture, and of the register file when one program alone runs. */
export function mostRegisters({ numWarps }: TritonConfiguration, architecture: Architecture): number {
  const { registersPerThread, registersPerMultiprocessor, warpThreads } = architecture;
  return Math.min(registersPerThread, Math.floor(registersPerMultiprocessor / (numWarps * warpThreads)));
}

/**
 *   estimate = base + a numbers + b operands + c (a loop);  band = estimate x [low, high], no more than a thread may take
 *
 * with the parts of `register-demand.ts` and the factors of `calibration/triton-registers.ts`.
 * @returns undefined where the shape of a block is not known.
 */
export function estimatedTritonRegisters(configuration: TritonConfiguration, architecture: Architecture): RegisterRange | undefined {
  const fit = tritonRegisterCalibration[architecture.vendor];
  const { values, operands, hasLoop, unknown } = tritonRegisterDemand(configuration, architecture);
  if (unknown > 0 || configuration.kernel.lives.length === 0) return undefined;
  const middle = fit.base + fit.values * values + fit.operands * operands + (hasLoop ? fit.loop : 0);
  const most = mostRegisters(configuration, architecture);
  const within = (value: number): number => Math.min(most, Math.max(fewest, value));
  return { low: within(Math.floor(middle * fit.low)), high: within(Math.ceil(middle * fit.high)), isExact: false };
}

/** What Triton made of it for this architecture, else the estimate. */
export function tritonRegistersOn(configuration: TritonConfiguration, architecture: Architecture): RegisterRange | undefined {
  const counts = buildsFor(configuration, architecture.id).map(({ registers }) => registers);
  if (counts.length > 0) return { low: Math.min(...counts), high: Math.max(...counts), isExact: true };
  return estimatedTritonRegisters(configuration, architecture);
}

export interface TritonOccupancy {
  readonly registers: RegisterRange;
  readonly least: Occupancy;
  readonly most: Occupancy;
}

/** @returns undefined where registers or shared memory are not known. */
export function tritonOccupancy(configuration: TritonConfiguration, architecture: Architecture): TritonOccupancy | undefined {
  const registers = tritonRegistersOn(configuration, architecture);
  const shared = sharedOn(configuration, architecture);
  // Without products shared memory is what reductions need, which is next to nothing.
  if (!registers || (!shared && configuration.kernel.dots.length > 0)) return undefined;
  const at = (registersPerThread: number, dynamicShared: Bytes): Occupancy =>
    occupancyOf(architecture, {
      threads: configuration.numWarps * architecture.warpThreads,
      registersPerThread,
      staticShared: 0,
      dynamicShared,
    });
  return { registers, least: at(registers.high, shared?.most ?? 0), most: at(registers.low, shared?.least ?? 0) };
}
