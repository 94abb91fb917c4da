/** The tables of hardware and of public models, and how to find an entry by the names people write. */
import { acceleratorFinder } from './accelerator-names.ts';
import { accelerators } from './gpus/index.ts';
import { modelCardFinder } from './model-names.ts';
import { modelCards } from './models/index.ts';
import { networkFinder } from './network-names.ts';
import { networks } from './networks/index.ts';

export type { ModelCard, NamedNetwork } from './load.ts';
export { accelerators, modelCards, networks };

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
