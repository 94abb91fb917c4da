/** One row per job field: what it is called, what it means and where that is defined. The rows live in `fields/`. */
import type { FieldInfo } from './field-info.ts';
import { architectureFields } from './fields/architecture-fields.ts';
import { loadFields } from './fields/load-fields.ts';
import { memoryFields } from './fields/memory-fields.ts';
import { modelFields } from './fields/model-fields.ts';
import { parallelFields } from './fields/parallel-fields.ts';
import { servingFields } from './fields/serving-fields.ts';
import { trainingFields } from './fields/training-fields.ts';
import { visionFields } from './fields/vision-fields.ts';
import type { JobField } from './job-fields.ts';

export type { FieldInfo, FieldRange } from './field-info.ts';

/** Complete by its type: a field without a row does not compile. */
export const fieldInfo: { readonly [F in JobField]: FieldInfo } = {
  ...modelFields,
  ...architectureFields,
  ...visionFields,
  ...parallelFields,
  ...trainingFields,
  ...memoryFields,
  ...servingFields,
  ...loadFields,
};

/** Every field, in the order of the rows. */
export const jobFields = Object.keys(fieldInfo) as readonly JobField[];
