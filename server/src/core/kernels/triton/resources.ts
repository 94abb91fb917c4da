/** Registers, spills and shared memory of one configuration of a Triton kernel on an architecture, and the occupancy they leave. */
import type { Bytes } from '../../units.ts';
import type { Architecture } from '../architecture.ts';
import { type Occupancy, occupancyOf } from '../occupancy.ts';
import type { RegisterRange } from '../registers.ts';
import { buildsFor } from './compiled.ts';
import type { TritonConfiguration } from './configuration.ts';
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

/** @returns undefined where Triton has not built it. */
export function tritonRegistersOn(configuration: TritonConfiguration, architecture: Architecture): RegisterRange | undefined {
  const counts = buildsFor(configuration, architecture.id).map(({ registers }) => registers);
  return counts.length === 0 ? undefined : { low: Math.min(...counts), high: Math.max(...counts), isExact: true };
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
  if (!registers || !shared) return undefined;
  const at = (registersPerThread: number, dynamicShared: Bytes): Occupancy =>
    occupancyOf(architecture, {
      threads: configuration.numWarps * architecture.warpThreads,
      registersPerThread,
      staticShared: 0,
      dynamicShared,
    });
  return { registers, least: at(registers.high, shared.most), most: at(registers.low, shared.least) };
}
