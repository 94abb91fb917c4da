/**
 * Finds a network between nodes by its id or by words such as "InfiniBand NDR 400 Gbps" or "1600 Gbps RoCE per node". A
 * cluster whose nodes have unlike ports names them with a plus ("infiniband-hdr-200 + ethernet-25").
 */
import { slowestNetwork } from '../core/comms/unlike-networks.ts';
import type { NamedNetwork } from './load.ts';

const technologies: readonly { readonly words: RegExp; readonly prefix: string }[] = [
  { words: /infiniband|\bib\b|\b[exnh]dr\b|cx-?[67]|connectx/, prefix: 'infiniband-' },
  { words: /roce|rdma/, prefix: 'roce-' },
  { words: /\befa\b/, prefix: 'efa-' },
  { words: /ethernet|gbe\b/, prefix: 'ethernet-' },
];

function key(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '-');
}

/** A look-up over these networks; unknown names give undefined. A speed alone ("400 Gbps") names no network. */
export function networkFinder(networks: readonly NamedNetwork[]): (name: string) => NamedNetwork | undefined {
  const known = new Map<string, NamedNetwork>();
  for (const network of networks) for (const name of [network.id, network.label, ...network.aliases]) known.set(key(name), network);
  const one = (name: string): NamedNetwork | undefined => {
    const exact = known.get(key(name));
    if (exact !== undefined) return exact;
    const text = name.toLowerCase();
    const speed = /(\d+)\s*gb(?:ps|\/s|it\/s|e)?/.exec(text)?.[1];
    const technology = technologies.find((entry) => entry.words.test(text));
    if (technology === undefined || speed === undefined) return undefined;
    const ending = `-${speed}${/per[ -]node/.test(text) ? '-per-node' : ''}`;
    return networks.find((network) => network.id.startsWith(technology.prefix) && network.id.endsWith(ending));
  };
  return (name) => {
    const parts = name.split(/\s*\+\s*/);
    if (parts.length === 1) return one(name);
    const found = parts.map(one);
    if (found.includes(undefined)) return undefined;
    const slowest = slowestNetwork(found.filter((network) => network !== undefined));
    return slowest && { ...slowest, aliases: [] };
  };
}
