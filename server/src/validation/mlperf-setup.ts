/** How a submission is presumed to run a model on a machine: the format of the weights, and GPUs for each replica. */
import { completeModel } from '../core/complete-model.ts';
import type { PartialJob, PartialJobDraft } from '../core/job-fields.ts';
import { firstExperts } from '../core/model-shape.ts';
import { totalParameters } from '../core/parameters/model-parameters.ts';

export interface Setup {
  readonly format: string;
  readonly tensor: number;
  readonly fields: PartialJobDraft;
}

const bytesOf: Readonly<Record<string, number>> = { nvfp4: 0.57, mxfp4: 0.54, fp8: 1, fp16: 2 };

/** Share of a GPU that the weights may take before a second one shares them. */
const mostWeights = 0.6;

function formatOf(gpu: string, own: string | undefined): string {
  if (own === 'mxfp4') return 'mxfp4';
  if (/b200|b300|gb\d00|blackwell/i.test(gpu)) return 'nvfp4';
  if (/mi35\d/i.test(gpu)) return 'mxfp4';
  return /a100|v100/i.test(gpu) ? 'fp16' : 'fp8';
}

export function computeSetup(job: PartialJob, gpu: string, gpus: number, capacity: number, usual: string | undefined): Setup {
  const format = usual ?? formatOf(gpu, job['model.quantization']);
  const completed = completeModel({ 'model.tiedEmbeddings': false, ...job }, 1);
  const model = 'model' in completed ? completed.model : undefined;
  const weights = (model ? totalParameters(model) : 0) * (bytesOf[format] ?? 2);
  let tensor = 1;
  while (tensor * 2 <= gpus && weights / tensor > mostWeights * capacity) tensor *= 2;
  const fields: PartialJobDraft = {
    'parallel.tensor': tensor,
    'serving.kvCacheDtype': 'fp8',
    ...(format === 'fp16' ? {} : { 'model.quantization': format }),
    // Experts of a model that fills several GPUs: each attends to its own requests.
    ...(tensor > 1 && model && firstExperts(model) ? { 'serving.attentionDataParallel': tensor, 'serving.expertParallel': true } : {}),
  };
  return { format, tensor, fields };
}
