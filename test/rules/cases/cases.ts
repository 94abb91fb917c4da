/** For each rule: jobs it must speak about and jobs it must leave alone. The literate pages hold the same for whole files. */
import { batch } from './batch.ts';
import type { RuleCases } from './case.ts';
import { communication } from './communication.ts';
import { memory } from './memory.ts';
import { parallelism } from './parallelism.ts';
import { precision } from './precision.ts';
import { serving } from './serving.ts';
import { sharding } from './sharding.ts';

export const cases: Readonly<Record<string, RuleCases>> = {
  ...batch,
  ...communication,
  ...memory,
  ...parallelism,
  ...precision,
  ...serving,
  ...sharding,
};
