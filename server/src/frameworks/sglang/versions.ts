/**
 * SGLang releases where a rule that matters changed. Source: python/sglang/srt/server_args.py of 0.3.6, 0.4.3, 0.4.6, 0.5.6 and
 * arg_groups/fields/parallel.py of 0.5.23.
 */
import { type Pins, pinnedRelease } from '../pins.ts';

export interface SglangRelease {
  readonly name: string;
  /** The release itself where exactly one is pinned: 0.5.3. */
  readonly exact?: string;
  /** `--enable-dp-attention` replaces the written DP by TP, as the first releases with it did. */
  readonly attentionOverAllRanks: boolean;
}

/** The newest first. */
const releases = [
  { since: '0.4.4', attentionOverAllRanks: false },
  { since: '0', attentionOverAllRanks: true },
] as const;

/** The pinned release, or the newest. */
export function sglangRelease(pins: Pins): SglangRelease {
  const pinned = pinnedRelease(pins, 'sglang', 'SGLang', releases);
  if (!pinned) return { ...releases[0], name: 'SGLang 0.5.23' };
  const exact = /^SGLang (\d[\d.]*[^\s,<>=~^]*), pinned/.exec(pinned.name)?.[1];
  return { ...pinned.release, name: pinned.name, ...(exact === undefined ? {} : { exact }) };
}
