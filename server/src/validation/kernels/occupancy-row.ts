/** A row of a profiler's occupancy section: limits and occupancy from the launch, by the rules of `core/kernels/occupancy.ts`. */
import type { Architecture } from '../../core/kernels/architecture.ts';
import { occupancyOf } from '../../core/kernels/occupancy.ts';
import type { Predicted } from '../predict-training.ts';
import type { KernelRow } from './kernel-row.ts';

/** Reports print thousands of bytes to two digits: the multiple of 128 that is meant. */
const unit = 128;
const bytesOf = (thousands: number): number => Math.round((thousands * 1000) / unit) * unit;

export type OccupancyPrediction =
  | { readonly predicted: Predicted; readonly refused?: undefined }
  | { readonly predicted?: undefined; readonly refused: string };

export function predictOccupancy({ launch }: KernelRow, architecture: Architecture): OccupancyPrediction {
  const given = (name: string): number | undefined => {
    const value = launch[name];
    return typeof value === 'number' ? value : undefined;
  };
  const threads = given('block_size');
  if (threads === undefined || threads < 1) return { refused: 'the threads of a block are not stated' };
  const registers = given('registers');
  const configured = given('smem_config_kb');
  const own = (given('static_smem_kb') ?? 0) + (given('dynamic_smem_kb') ?? 0);
  const found = occupancyOf(architecture, {
    threads,
    registersPerThread: registers ?? 0,
    staticShared: bytesOf(given('static_smem_kb') ?? 0),
    dynamicShared: bytesOf(given('dynamic_smem_kb') ?? 0),
    ...(configured === undefined ? {} : { sharedConfigured: bytesOf(configured) }),
  });
  const { limits, blocks, share } = found;
  const [grid, multiprocessors] = [given('grid_size'), given('sms')];
  const isWhole = registers !== undefined && (own === 0 || configured !== undefined);
  const predicted = {
    limit_blocks_sm: limits.blocks,
    limit_blocks_warps: limits.warps,
    ...(registers === undefined ? {} : { limit_blocks_registers: limits.registers }),
    ...(configured === undefined ? {} : { limit_blocks_shared: limits['shared memory'] }),
    ...(isWhole ? { theoretical_occupancy_pct: share * 100 } : {}),
    ...(isWhole && grid !== undefined && multiprocessors !== undefined && blocks > 0
      ? { waves_per_sm: grid / (multiprocessors * blocks) }
      : {}),
  };
  return { predicted };
}
