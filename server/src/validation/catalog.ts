/** The data the mapping looks up, as an argument, so that tests can use invented data sheets. */
import type { Accelerator, Network } from '../core/hardware.ts';
import type { PartialJob } from '../core/job-fields.ts';

export interface Catalog {
  readonly findAccelerator: (name: string) => Accelerator | undefined;
  readonly findNetwork: (id: string) => Network | undefined;
  /** The shape of a public model by any of its names. */
  readonly findModel: (name: string) => PartialJob | undefined;
}
