/** The tables of hardware and of public models, and how to find an entry by the names people write. */
import { acceleratorFinder } from './accelerator-names.ts';
import { accelerators } from './gpus/index.ts';
import { modelCardFinder } from './model-names.ts';
import { modelCards } from './models/index.ts';
import { networkFinder } from './network-names.ts';
import { networks } from './networks/index.ts';

export type { ModelCard, NamedNetwork } from './load.ts';
export { accelerators, modelCards, networks };

/** The accelerator a name means, or undefined when it is unknown. */
export const findAccelerator = acceleratorFinder(accelerators);
/** The network between nodes a name means, or undefined when it is unknown. */
export const findNetwork = networkFinder(networks);
/** The card of the public model a name means, or undefined when it is unknown. */
export const findModelCard = modelCardFinder(modelCards);
