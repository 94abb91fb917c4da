/** Turns the tables of `data/architectures` into the type of the core, and finds the one an accelerator has. */
import type { Accelerator } from '../core/hardware.ts';
import type { Architecture } from '../core/kernels/architecture.ts';
import amd from './architectures/amd.json';
import nvidia from './architectures/nvidia.json';

const kibibyte = 1024;

/** Sizes that the tables give in KiB. */
type SharedSize = 'sharedPerMultiprocessor' | 'sharedPerBlock' | 'sharedPerBlockOptIn';

type RawArchitecture = Omit<Architecture, 'vendor' | 'source' | SharedSize | 'sharedSizes'> & {
  readonly [size in `${SharedSize}KiB`]: number;
} & { readonly sharedSizesKiB: readonly number[]; readonly computeCapability?: number; readonly family?: string };

interface RawTable {
  readonly vendor: string;
  readonly sources: { readonly [key: string]: { readonly title: string; readonly where: string } };
  readonly architectures: readonly RawArchitecture[];
}

/** An architecture as the tables name it: by compute capability, or by the family of an AMD data sheet. */
interface NamedArchitecture extends Architecture {
  readonly computeCapability?: number;
  readonly family?: string;
}

function load({ vendor, sources, architectures }: RawTable): readonly NamedArchitecture[] {
  const source = Object.values(sources)
    .map(({ title, where }) => `${title} (${where})`)
    .join('; ');
  return architectures.map(
    ({ sharedPerMultiprocessorKiB, sharedPerBlockKiB, sharedPerBlockOptInKiB, sharedSizesKiB, sharedReservedPerBlock, ...rest }) => ({
      ...rest,
      vendor: vendor === 'AMD' ? 'AMD' : 'NVIDIA',
      sharedPerMultiprocessor: sharedPerMultiprocessorKiB * kibibyte,
      sharedPerBlock: sharedPerBlockKiB * kibibyte,
      sharedPerBlockOptIn: sharedPerBlockOptInKiB * kibibyte,
      sharedReservedPerBlock,
      sharedSizes: sharedSizesKiB.map((size) => size * kibibyte),
      source,
    }),
  );
}

const tables: readonly RawTable[] = [nvidia, amd];

/** Every architecture with known limits, NVIDIA's by rising compute capability. */
export const architectures: readonly NamedArchitecture[] = tables.flatMap(load);

/** The architecture of an accelerator; undefined where its limits are not known. */
export function architectureOf({ computeCapability, architecture }: Accelerator): Architecture | undefined {
  return architectures.find((known) =>
    computeCapability === undefined ? known.family === architecture : known.computeCapability === computeCapability,
  );
}

/** The architecture with this id: `sm_90`, `sm_90a`, `gfx942`. */
export function findArchitecture(id: string): Architecture | undefined {
  const bare = id.toLowerCase().replace(/^(sm_\d+)[af]$/, '$1');
  return architectures.find((known) => known.id === bare);
}
