/** Time of the same product for each expert of a rank, run as one grouped kernel. */
import type { Seconds } from '../units.ts';
import { type Device, gemmTime } from './gemm.ts';

/** Rows of a tile: an expert with fewer tokens fills part of one. */
const tileRows = 64;

/** `groups` products of [m, k] x [k, n]; tiles of all of them share the chip, so only the last wave is partly empty. */
export function groupedGemmTime(device: Device, groups: number, m: number, n: number, k: number): Seconds {
  const rows = Math.max(1, groups * Math.ceil(m / tileRows) * tileRows);
  const together = gemmTime(device, rows, n, k);
  // Each expert has weights of its own, which few tokens do not pay for.
  const weights = (groups * n * k * device.elementBytes) / (device.bandwidth * device.calibration.memoryShare);
  return Math.max(together, weights);
}
