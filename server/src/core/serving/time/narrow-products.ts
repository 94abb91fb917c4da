/**
 * Products of few tokens, as decoding makes them. The tiles of `compute/gemm.ts` are those of training, 64 rows and more; engines
 * have kernels that put the weights in the rows and the tokens in columns of 16 (swapped operands), so that what few tokens
 * compute beside the streaming of the weights shrinks with them. llama.cpp sums over vectors while the weights of few tokens stream.
 */
import { batchedGemmTime } from '../../compute/gemm.ts';
import type { Seconds } from '../../units.ts';
import type { ProductDevice } from './devices.ts';

const fullTile = 64;
const narrowest = 16;

function streamed(device: ProductDevice, batch: number, m: number, n: number, k: number): Seconds {
  const weights = device.weightBytes ?? device.elementBytes;
  const bytes = batch * (device.elementBytes * m * k + weights * n * k + 2 * m * n);
  return bytes / (device.bandwidth * device.gemm.memoryShare) + device.gemm.floor;
}

/** Reading the blocks and writing them out in 16 bits before the product. */
function restored({ weightBytes, bandwidth, gemm }: ProductDevice, batch: number, n: number, k: number): Seconds {
  return weightBytes === undefined || weightBytes >= 2 ? 0 : (batch * n * k * (weightBytes + 2)) / (bandwidth * gemm.memoryShare);
}

/** FLOPs over the peak as far as kernels of the format get. */
function computed({ peak, gemm, calibration }: ProductDevice, batch: number, m: number, n: number, k: number): Seconds {
  return (2 * batch * m * n * k) / (peak * gemm.peakShare * calibration.sustainedShare);
}

/** Seconds of `batch` products of [m, k] x [k, n] in one kernel; as `batchedGemmTime` from 64 tokens on. */
export function productSeconds(device: ProductDevice, batch: number, m: number, n: number, k: number): Seconds {
  if (m <= device.vectorTokens) return streamed(device, batch, m, n, k);
  if (device.besideStream !== undefined) return streamed(device, batch, m, n, k) + computed(device, batch, m, n, k) / device.besideStream;
  const before = m > device.restoredAbove ? restored(device, batch, n, k) : 0;
  if (m >= fullTile) return before + batchedGemmTime(device, batch, m, n, k);
  const beyond = batchedGemmTime(device, batch, fullTile, n, k) - streamed(device, batch, fullTile, n, k);
  const columns = Math.ceil(m / narrowest) * narrowest;
  return before + streamed(device, batch, m, n, k) + (beyond * columns) / fullTile;
}
