/** Finds a machine by the name it is sold or rented under: "DGX A100", "p4d.24xlarge", "Standard_ND96isr_H100_v5". */
import type { Accelerator } from '../core/hardware.ts';
import type { NodeSheet } from './load.ts';

/** A name as it is compared: without its vendor, and with one kind of separator. */
export function nodeKey(name: string): string {
  return name
    .toLowerCase()
    .replace(/^(?:nvidia|aws|azure|google cloud|oracle cloud)\s+/, '')
    .replace(/[\s_-]+/g, '-');
}

/** A look-up over these nodes; unknown names give undefined. A name in brackets ("H100 (p5.48xlarge)") counts too. */
export function nodeFinder(nodes: readonly NodeSheet[]): (name: string) => NodeSheet | undefined {
  const known = new Map<string, NodeSheet>();
  for (const node of nodes) for (const name of [node.id, node.label, ...node.aliases]) known.set(nodeKey(name), node);
  return (name) => known.get(nodeKey(name.trim())) ?? known.get(nodeKey(/\(([^()]+)\)/.exec(name)?.[1]?.trim() ?? ''));
}

/**
 * The system an accelerator is usually found in: its vendor's own, or that of its generation for a part that has none.
 */
export function usualNodeOf(
  nodes: readonly NodeSheet[],
  accelerators: readonly Accelerator[],
): (accelerator: Accelerator) => NodeSheet | undefined {
  const own = new Map<string, NodeSheet>();
  const ofGeneration = new Map<string, NodeSheet>();
  for (const node of nodes) {
    if (!node.usual) continue;
    own.set(node.accelerator, node);
    const architecture = accelerators.find(({ id }) => id === node.accelerator)?.architecture;
    if (architecture !== undefined && !ofGeneration.has(architecture)) ofGeneration.set(architecture, node);
  }
  return ({ id, architecture }) => own.get(id) ?? ofGeneration.get(architecture);
}
