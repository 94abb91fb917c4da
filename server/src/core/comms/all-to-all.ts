/**
 * Time of an all-to-all: every rank hands a part of its bytes to every other.
 *
 *   flat:          each pair exchanges directly; (n - g)/n of the bytes leave a node of g ranks over the rank's own NIC
 *   hierarchical:  first inside the node, so that each NIC carries only what its partner on the other node needs
 *   deepep:        one copy of a token per node over the network and per rank over the links, both at once (DeepEP)
 *   low-latency:   every copy straight to its rank, written by the GPU itself without a proxy (DeepEP for decoding)
 *
 * A token goes to `copies` experts, drawn evenly. Of N places it then reaches N (1 - (1 - 1/N)^copies); the last kind
 * sends it once to each of those, the others send every copy.
 */
import { interNodeStep, lowLatency, simple, wires } from '../calibration/network.ts';
import type { Bytes, Seconds } from '../units.ts';
import { measuredTime } from './measured-links.ts';
import type { Placement } from './network.ts';
import { torusAllToAllTime } from './torus.ts';

export type AllToAllKind = 'flat' | 'hierarchical' | 'deepep' | 'low-latency';

/** How many of `places` a token reaches whose `copies` go to places drawn evenly. */
export function placesReached(places: number, copies: number): number {
  return places <= 1 ? 1 : places * (1 - (1 - 1 / places) ** copies);
}

/**
 * Seconds of an all-to-all in which each of `size` ranks sends `bytesPerRank` in all, its own part and all copies of its
 * tokens included.
 */
export function allToAllTime(placement: Placement, size: number, bytesPerRank: Bytes, kind: AllToAllKind = 'flat', copies = 1): Seconds {
  if (size <= 1) return 0;
  if (placement.measured)
    return measuredTime(placement, 'all-to-all', bytesPerRank, (plain, part) => allToAllTime(plain, size, part, kind, copies));
  if (placement.intra.wiring === 'torus') return torusAllToAllTime(placement, size, bytesPerRank);
  if (kind === 'deepep') return dispatchTime(placement, size, bytesPerRank / copies, copies);
  if (kind === 'low-latency') return directTime(placement, size, bytesPerRank);
  const nodes = Math.ceil(size / placement.perNode);
  if (nodes === 1) return insideTime(placement, size, bytesPerRank);
  const { perNode, level, timing } = placement;
  const leaving = ((size - perNode) / size) * bytesPerRank;
  const partners = kind === 'flat' ? size - perNode : nodes - 1;
  const out =
    timing.start + level.hop + interNodeStep[simple] + partners * wires.partnerPost + leaving / (level.line * wires.exchangeNetwork);
  if (kind === 'hierarchical') return insideTime(placement, perNode, bytesPerRank) + out;
  return Math.max(out, insideTime(placement, perNode, (perNode / size) * bytesPerRank));
}

/** PCIe has no figure of its own for exchanges: they reach what a ring does. */
function exchangeShare({ intra, timing }: Placement): number {
  return intra.wiring === 'pcie' ? intra.share[simple] : timing.exchangeShare;
}

/** Direct exchange over the links of a node; a mesh carries each pair's part on its own link. */
function insideTime(placement: Placement, size: number, bytesPerRank: Bytes): Seconds {
  if (size <= 1) return 0;
  const { intra, timing } = placement;
  const leaving = ((size - 1) / size) * bytesPerRank;
  const copied = bytesPerRank / size / (wires.localCopyRate * placement.local);
  const start = timing.start + size * timing.exchangeStep;
  if (bytesPerRank / size <= wires.exchangeLowLatency) return start + leaving / (intra.line * intra.share[lowLatency]);
  const filled = bytesPerRank / (bytesPerRank + wires.fillHalf);
  return start + timing.exchangeStart + size * timing.exchangeFill * filled + leaving / (intra.line * exchangeShare(placement)) + copied;
}

/** `bytes`: the tokens of one rank, each counted once. */
function dispatchTime(placement: Placement, size: number, bytes: Bytes, copies: number): Seconds {
  const { perNode, intra, level, timing } = placement;
  const nodes = Math.ceil(size / perNode);
  const rate = intra.line * intra.share[simple];
  const toRanks = placesReached(size, copies) * bytes;
  // A rank's own tokens pass the same buffers as the others'.
  if (nodes === 1) return timing.start + timing.simpleStart + toRanks / rate;
  const toNodes = ((nodes - 1) / nodes) * placesReached(nodes, copies) * bytes;
  const out = toNodes / level.bandwidth;
  const forwarded = toRanks / (rate * wires.forward);
  return timing.start + 2 * (level.hop + interNodeStep[simple]) + Math.max(out, forwarded);
}

/** Each rank writes into the others' memory: one message there, one that tells how many came. */
function directTime({ perNode, intra, level, timing }: Placement, size: number, bytesPerRank: Bytes): Seconds {
  const inside = ((Math.min(size, perNode) / size) * bytesPerRank) / (intra.line * intra.share[simple]);
  if (size <= perNode) return timing.start + timing.simpleStart + inside;
  const out = (((size - perNode) / size) * bytesPerRank) / level.bandwidth;
  return timing.start + 2 * (level.hop + interNodeStep[simple]) + Math.max(inside, out);
}
