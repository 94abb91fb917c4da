/**
 * Collectives on the wires of a torus (TPU ICI), as XLA runs them: every axis works at once and in both directions, so a
 * gather moves at the rate of all links of a chip, and its latency is half the way round each axis. Beyond the slice the
 * data-centre network takes over (Austin et al. 2025, "How to scale your model", part 3).
 */
import { simple } from '../calibration/network.ts';
import type { Bytes, Seconds } from '../units.ts';
import type { Placement } from './network.ts';

/** Chips along one axis when the group is a square of `axes` dimensions. */
const side = (count: number, axes: number): number => count ** (1 / axes);

/** Gather or scatter of `bytes` in all over `size` chips: first each chip's part across slices, then all inside each. */
export function torusGatherTime(placement: Placement, size: number, bytes: Bytes): Seconds {
  const { intra, level, perNode, timing } = placement;
  const slices = Math.ceil(size / perNode);
  const inside = Math.min(size, perNode);
  const steps = (intra.axes * side(inside, intra.axes)) / 2;
  const within = timing.start + steps * timing.step[simple] + (((inside - 1) / inside) * bytes) / intra.bandwidth;
  if (slices === 1) return within;
  return within + (slices - 1) * level.hop + (((slices - 1) / slices) * bytes) / (level.bandwidth * perNode);
}

/** A neighbour is reached over one of the links: there are two to an axis. */
export function torusSendTime(placement: Placement, bytes: Bytes): Seconds {
  const { intra, level, timing } = placement;
  const rate = level.kind === 'inter-node' ? level.bandwidth : intra.bandwidth / (2 * intra.axes);
  return timing.start + (level.kind === 'inter-node' ? level.hop : timing.step[simple]) + bytes / rate;
}

/** An all-to-all crosses a quarter of each axis on average, on two links to an axis. */
export function torusAllToAllTime(placement: Placement, size: number, bytesPerRank: Bytes): Seconds {
  const { intra, level, perNode, timing } = placement;
  const inside = Math.min(size, perNode);
  const { axes } = intra;
  const length = side(inside, axes);
  const crossed = (axes * length) / 4;
  const within = timing.start + ((axes * length) / 2) * timing.step[simple] + (bytesPerRank * Math.max(1, crossed)) / intra.bandwidth;
  if (size <= perNode) return within;
  return Math.max(within, timing.start + level.hop + (((size - perNode) / size) * bytesPerRank) / level.bandwidth);
}
