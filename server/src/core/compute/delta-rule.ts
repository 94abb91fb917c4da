/**
 * The chunked gated delta rule (Yang et al. 2024, Gated DeltaNet, section 3; fla ops/gated_delta_rule): within chunks of C
 * tokens the updates are solved as a triangular system, between chunks a state of key x value per head is carried.
 *
 * Per token and head: C (3 d_k + 2 d_v) multiply-adds within chunks and C^2 / 3 for the inverse, 3 d_k d_v with the state.
 * The states of a sequence follow one another, so that kernel runs on heads times blocks of values, however long the
 * sequence: it bounds short batches.
 */
import { batchedGemmTime, type Device, streamTime } from './gemm.ts';
import type { ScanWork } from './selective-scan.ts';

export interface DeltaRuleShape {
  readonly batch: number;
  readonly sequence: number;
  /** Heads of values on this GPU; keys are repeated to as many. */
  readonly heads: number;
  readonly keyDim: number;
  readonly valueDim: number;
}

const chunk = 64;
/** Values a block of the state kernel carries. */
const valueBlock = 64;

export function deltaRule(device: Device, shape: DeltaRuleShape): ScanWork {
  const { batch, sequence, heads, keyDim, valueDim } = shape;
  const { tritonShare, carryStep } = device.calibration;
  const tokens = batch * sequence;
  const pieces = (tokens / chunk) * heads;
  const scores = batchedGemmTime(device, pieces, chunk, chunk, keyDim);
  const keys = batchedGemmTime(device, pieces, chunk, keyDim, chunk);
  const values = batchedGemmTime(device, pieces, chunk, valueDim, chunk);
  const state = batchedGemmTime(device, pieces, chunk, valueDim, keyDim);
  // Scores of keys and of queries, the solved keys and values, outputs within the chunk and from the state.
  const spread = (2 * scores + keys + 2 * values + state) / tritonShare;
  const waves = Math.ceil((batch * heads * Math.ceil(valueDim / valueBlock)) / device.multiprocessors);
  const carried = Math.max((2 * state) / tritonShare, (sequence / chunk) * carryStep * waves);
  const states = streamTime(device, pieces * keyDim * valueDim * device.elementBytes * 2);
  return {
    forward: spread + carried + states,
    // Solved keys, values and states are computed again; every product has two gradients, the carried state one pass back.
    backward: 2.7 * spread + 2.5 * carried + 2 * states,
    flops: tokens * heads * (2 * chunk * (3 * keyDim + 2 * valueDim) + (2 * chunk * chunk) / 3 + 6 * keyDim * valueDim),
  };
}
