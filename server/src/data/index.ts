/** The tables of hardware and of public models, and how to find an entry by the names people write. */
import type { Accelerator } from '../core/hardware.ts';
import { acceleratorFinder } from './accelerator-names.ts';
import { accelerators } from './gpus/index.ts';
import { clouds } from './instances/index.ts';
import { instanceFinder } from './instances.ts';
import type { NodeSheet } from './load.ts';
import { modelCardFinder } from './model-names.ts';
import { modelCards } from './models/index.ts';
import { networkFinder } from './network-names.ts';
import { networks } from './networks/index.ts';
import { nodeFinder, usualNodeOf } from './node-names.ts';
import { nodes } from './nodes/index.ts';

export { learnedProducts } from './learned.ts';
export type { ModelCard, NamedNetwork, NodeSheet } from './load.ts';
export { accelerators, clouds, modelCards, networks, nodes };

/** No name is longer; a value that is comes from a file that is no configuration, and is not worth the matching. */
const longestName = 300;

/** Builds the look-up at the first question: most starts of the server end without one for networks or model cards. */
function onFirstUse<Entry>(make: () => (name: string) => Entry | undefined): (name: string) => Entry | undefined {
  let find: ((name: string) => Entry | undefined) | undefined;
  return (name) => {
    if (name.length > longestName) return undefined;
    find ??= make();
    return find(name);
  };
}

/** The accelerator a name means, or undefined when it is unknown. */
export const findAccelerator = onFirstUse(() => acceleratorFinder(accelerators));
/** The network between nodes a name means, or undefined when it is unknown. */
export const findNetwork = onFirstUse(() => networkFinder(networks));
/** The card of the public model a name means, or undefined when it is unknown. */
export const findModelCard = onFirstUse(() => modelCardFinder(modelCards));
/** The machine a name means ("DGX A100", "p4d.24xlarge"), or undefined when it is unknown. */
export const findNode = onFirstUse(() => nodeFinder(nodes));

/** The rented machine a name means ("g5.12xlarge"), where only its accelerators are known; undefined when it is unknown. */
export const findInstance = onFirstUse(() => instanceFinder(clouds));

let usual: ((accelerator: Accelerator) => NodeSheet | undefined) | undefined;
/** The system an accelerator is usually found in, for what a configuration does not say. */
export function usualNode(accelerator: Accelerator): NodeSheet | undefined {
  usual ??= usualNodeOf(nodes, accelerators);
  return usual(accelerator);
}
