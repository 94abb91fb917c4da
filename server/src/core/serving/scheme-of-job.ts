/** Which scheme the weights of a job are stored in. */
import type { PartialJob } from '../job-fields.ts';
import { findScheme, leaving } from './memory/weight-schemes/find-scheme.ts';
import type { WeightScheme } from './memory/weight-schemes/scheme.ts';

/** The scheme of a job: the engine's flag names a family, the checkpoint says which of its schemes, else weights are as loaded. */
export function schemeOf(job: PartialJob): WeightScheme | undefined {
  const [flag, checkpoint] = [job['serving.quantization'], job['model.quantization']];
  const details = { group: job['model.quantGroupSize'], order: job['model.quantActOrder'], symmetric: job['model.quantSymmetric'] };
  const method = checkpoint !== undefined && (flag === undefined || isFamily(flag)) ? checkpoint : flag;
  const found = method === undefined || method === 'none' ? findScheme(plainFormat(job)) : findScheme(method, details);
  return found && leaving(found, job['model.quantExcluded'] ?? '');
}

/** `--quantization compressed-tensors`, `fp8` or `modelopt` hold several layouts, of which the checkpoint has one. */
const isFamily = (flag: string): boolean =>
  /^(?:compressed-tensors|modelopt|quark|fp8|gptq(?:_marlin)?|awq(?:_marlin)?|auto|none)$/i.test(flag);

export const plainFormat = (job: PartialJob): string => job['precision.compute'] ?? job['model.dtype'] ?? 'bf16';
