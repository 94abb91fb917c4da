/**
 * Virtual machines as clouds rent them: which accelerator, and how many. What is known of a machine's network has a sheet of its own
 * among the nodes.
 */
import { nodeKey } from './node-names.ts';

/** One size, or several that differ in processors and memory only. */
export interface Instance {
  readonly names: readonly string[];
  /** Id of the accelerator. */
  readonly accelerator: string;
  readonly gpus: number;
}

export interface CloudInstances {
  readonly cloud: string;
  /** Where names and counts stand. */
  readonly source: string;
  readonly instances: readonly Instance[];
}

/** A look-up over these clouds; unknown names give undefined. Azure's names go with and without `Standard_`. */
export function instanceFinder(clouds: readonly CloudInstances[]): (name: string) => Instance | undefined {
  const bare = (name: string): string => nodeKey(name.trim()).replace(/^standard-(?=n)/, '');
  const known = new Map(clouds.flatMap(({ instances }) => instances.flatMap((one) => one.names.map((name) => [bare(name), one] as const))));
  return (name) => known.get(bare(name));
}
