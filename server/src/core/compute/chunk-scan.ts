/**
 * The chunked scan of Mamba-2 (Dao and Gu 2024, section 6; mamba_ssm ops/triton/ssd_combined.py): within a chunk of Q
 * tokens as masked attention, between chunks through states of `headDim` x `state` per head.
 *
 *   C B^T             chunks * groups products of Q x Q over `state`
 *   (C B^T . L) X     chunks * heads products of Q x headDim, half of Q deep under the causal mask
 *   states            chunks * heads products of headDim x state over Q
 *   C * states        chunks * heads products of Q x headDim over `state`
 *
 * Backward: two products for each, after computing C B^T and the states again.
 */
import { batchedGemmTime, type Device, streamTime } from './gemm.ts';
import type { ScanWork } from './selective-scan.ts';

export interface ChunkScanShape {
  readonly tokens: number;
  readonly heads: number;
  readonly headDim: number;
  readonly groups: number;
  readonly state: number;
  /** Tokens of a chunk. */
  readonly chunk: number;
}

export function chunkScan(device: Device, shape: ChunkScanShape): ScanWork {
  const { tokens, heads, headDim, groups, state, chunk } = shape;
  const { tritonShare } = device.calibration;
  const chunks = Math.max(1, tokens / chunk);
  const scores = batchedGemmTime(device, chunks * groups, chunk, chunk, state);
  const within = batchedGemmTime(device, chunks * heads, chunk, headDim, chunk / 2);
  const states = batchedGemmTime(device, chunks * heads, headDim, state, chunk);
  const between = batchedGemmTime(device, chunks * heads, chunk, headDim, state);
  const products = (scores + within + states + between) / tritonShare;
  // States are written in fp32, passed from chunk to chunk and read again; steps and decays are small.
  const passing = streamTime(device, chunks * heads * headDim * state * 4 * 3);
  return {
    forward: products + passing,
    backward: (3 * scores + 2 * within + 3 * states + 2 * between) / tritonShare + 2 * passing,
    flops: tokens * (2 * chunk * state * groups + heads * headDim * (chunk + 4 * state)),
  };
}
