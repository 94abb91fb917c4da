/**
 * Nodes with unlike ports in one job. A ring or tree moves at the pace of its slowest link, and ranks agree on a transport
 * that all of them have; so a group that spans both kinds sees the lower rate and the longer latency (Yang et al. 2023,
 * Holmes, section 3). Which groups span both depends on where the kinds stand, which a configuration does not say: the
 * estimate takes every group between nodes as spanning them.
 */
import type { Network } from '../hardware.ts';

/** One network with the lowest rate and the longest latency of several, or undefined for none. */
export function slowestNetwork(networks: readonly Network[]): Network | undefined {
  const [first, ...rest] = networks;
  if (!first) return undefined;
  let { bandwidthPerGpu, latency } = first;
  for (const network of rest) {
    if (network.bandwidthPerGpu.value < bandwidthPerGpu.value) bandwidthPerGpu = network.bandwidthPerGpu;
    if (network.latency.value > latency.value) latency = network.latency;
  }
  return {
    id: networks.map(({ id }) => id).join(' + '),
    label: networks.map(({ label }) => label).join(' + '),
    bandwidthPerGpu,
    latency,
  };
}
