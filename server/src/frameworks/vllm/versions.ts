/**
 * vLLM releases where a default that matters changed. A command does not say its release; its image or a requirement may.
 * The newest one is taken otherwise, and every default is shown with its release. Source: vllm/config/cache.py of 0.19.0
 * (0.9), 0.20.0 and 0.33.0 (0.92), and vllm/engine/arg_utils.py at 001999d2 (0.90, prefix caching only with V1).
 */
import { type Pins, pinnedRelease } from '../pins.ts';

export interface VllmRelease {
  readonly name: string;
  /** The release itself where exactly one is pinned: 0.11.2. */
  readonly exact?: string;
  readonly gpuMemoryUtilization: number;
  readonly prefixCaching: boolean;
  readonly chunkedPrefill: boolean;
  /** GiB of host memory for preempted sequences; the newest releases have none. */
  readonly swapSpaceGiB: number;
}

/** The newest first. */
const releases = [
  { since: '0.20', gpuMemoryUtilization: 0.92, prefixCaching: true, chunkedPrefill: true, swapSpaceGiB: 0 },
  { since: '0.18', gpuMemoryUtilization: 0.9, prefixCaching: true, chunkedPrefill: true, swapSpaceGiB: 0 },
  { since: '0.8', gpuMemoryUtilization: 0.9, prefixCaching: true, chunkedPrefill: true, swapSpaceGiB: 4 },
  { since: '0', gpuMemoryUtilization: 0.9, prefixCaching: false, chunkedPrefill: false, swapSpaceGiB: 4 },
] as const;

/** The pinned release, or the newest. */
export function vllmRelease(pins: Pins): VllmRelease {
  const pinned = pinnedRelease(pins, 'vllm', 'vLLM', releases);
  if (!pinned) return { ...releases[0], name: 'vLLM 2026 (002f10e0)' };
  const exact = /^vLLM (\d[\d.]*[^\s,<>=~^]*), pinned/.exec(pinned.name)?.[1];
  return { ...pinned.release, name: pinned.name, ...(exact === undefined ? {} : { exact }) };
}
