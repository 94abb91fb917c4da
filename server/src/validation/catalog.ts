/** The data the mapping looks up, as an argument, so that tests can use invented data sheets. */
import type { LearnedProducts } from '../core/compute/learned.ts';
import type { Accelerator, Network } from '../core/hardware.ts';
import type { PartialJob } from '../core/job-fields.ts';
import type { Architecture } from '../core/kernels/architecture.ts';
import type { NodeSheet } from '../data/index.ts';

export interface Catalog {
  readonly findAccelerator: (name: string) => Accelerator | undefined;
  readonly findNetwork: (id: string) => Network | undefined;
  /** A machine by the name it is sold or rented under. */
  readonly findNode: (name: string) => NodeSheet | undefined;
  /** The machine an accelerator is usually found in. */
  readonly usualNode: (accelerator: Accelerator) => NodeSheet | undefined;
  /** Learned times of products on an accelerator; absent where the analytic curve is to answer. */
  readonly learned?: (accelerator: Accelerator) => LearnedProducts | undefined;
  /** The shape of a public model by any of its names. */
  readonly findModel: (name: string) => PartialJob | undefined;
  /** What a multiprocessor of an accelerator offers; undefined where its limits are not known. */
  readonly architectureOf: (accelerator: Accelerator) => Architecture | undefined;
  /** The same by its name: `sm_90`, `gfx942`. */
  readonly findArchitecture: (id: string) => Architecture | undefined;
}
