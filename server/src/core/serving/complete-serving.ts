/** From a partial job to the complete inputs of the serving estimate, with vLLM's own defaults recorded as assumptions. */
import { completeModel } from '../complete-model.ts';
import type { Assumption, Refusal } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import type { Cluster } from '../hardware.ts';
import type { JobField, NumberFormat, PartialJob } from '../job-fields.ts';
import { firstAttention, firstExperts } from '../model-shape.ts';
import { GiB } from '../units.ts';

const refuse = (why: string, missing: readonly JobField[] = []): { readonly refusal: Refusal } => ({ refusal: { why, missing } });

/** Weight format of a quantization method's name, or undefined when it is not one that is modelled. */
export function weightFormat(method: string | undefined): NumberFormat | undefined {
  if (method === undefined || method === 'none') return undefined;
  const name = method.toLowerCase();
  if (name.includes('fp8')) return 'fp8';
  if (/(?:nv|mx)fp4/.test(name)) return 'fp4';
  const bits = /-([\d.]+)bit$/.exec(name)?.[1];
  if (bits === '8' || /int8|w8a(?:8|16)/.test(name)) return 'int8';
  if (bits === '4' || (bits === undefined && /awq|gptq|int4|w4a16|nf4|bitsandbytes/.test(name))) return 'int4';
  return undefined;
}

/**
 * Batch limits of `vllm serve` when none are given: larger on GPUs of 70 GiB and more, except A100
 * (vllm/engine/arg_utils.py, defaults by usage context).
 */
function onlineBatchDefaults(cluster: Cluster): { readonly sequences: number; readonly tokens: number; readonly why: string } {
  const { accelerator } = cluster;
  const large = (accelerator.memory.usable ?? accelerator.memory.capacity).value >= GiB(70) && !/a100/i.test(accelerator.id);
  const why = `vLLM's default for online serving on ${accelerator.label}`;
  return large ? { sequences: 1024, tokens: 8192, why } : { sequences: 256, tokens: 2048, why };
}

/** Sizes that must be numbers of at least 0 when they are known; a block or a batch of nothing counts as the least one. */
const sizes = [
  'serving.maxSequences',
  'serving.maxBatchedTokens',
  'serving.kvCacheBytes',
  'serving.blockSize',
  'serving.cpuOffloadGiB',
  'serving.dataParallel',
] as const;

function badSize(job: PartialJob): string | undefined {
  const bad = sizes.find((field) => {
    const value = job[field];
    return value !== undefined && !(Number.isFinite(value) && value >= 0 && value <= 1e15);
  });
  return bad && `${bad.slice('serving.'.length)} is ${job[bad]}, which cannot be estimated`;
}

export function completeServing(
  job: PartialJob,
  framework: string,
  cluster: Cluster | undefined,
): { readonly job: ServingJob } | { readonly refusal: Refusal } {
  if (!cluster) return refuse('no GPU is known: name one in the cluster settings', ['cluster.gpu']);
  const tensor = job['parallel.tensor'] ?? 1;
  const pipeline = job['parallel.pipeline'] ?? 1;
  const wrong = badSize(job);
  if (wrong) return refuse(wrong);
  for (const [name, value] of [
    ['TP', tensor],
    ['PP', pipeline],
  ] as const) {
    if (!(Number.isInteger(value) && value > 0 && value <= 1e6)) return refuse(`${name} is ${value}, which cannot be estimated`);
  }
  const completed = completeModel({ 'model.tiedEmbeddings': false, ...job }, tensor);
  if ('unsupported' in completed) return refuse(completed.unsupported);
  if ('missing' in completed)
    return refuse("the model's shape is not known: name a public model or a folder with its config.json", completed.missing);
  const { model } = completed;
  const heads = firstAttention(model)?.heads;
  if (heads !== undefined && tensor > heads) return refuse(`TP ${tensor} is more than the ${heads} attention heads`);
  const assumptions: Assumption[] = [...completed.assumptions];
  const use = <T extends number>(field: JobField, value: T | undefined, fallback: T, why: string): T => {
    if (value !== undefined) return value;
    assumptions.push({ field, value: String(fallback), why });
    return fallback;
  };
  const method = job['serving.quantization'] ?? job['model.quantization'];
  // `--quantization compressed-tensors` names a family; the checkpoint says which of its schemes.
  const quantized = weightFormat(method) ?? weightFormat(job['model.quantization']);
  if (method !== undefined && method !== 'none' && quantized === undefined)
    return refuse(`weights quantized by ${method} are not modelled yet`);
  const weights = quantized ?? job['precision.compute'] ?? job['model.dtype'] ?? 'bf16';
  const maxModelLen = job['serving.maxModelLen'] ?? (model.maxPositions > 0 ? model.maxPositions : undefined);
  if (maxModelLen === undefined) return refuse('the context length is not known', ['serving.maxModelLen']);
  if (!(maxModelLen > 0 && maxModelLen < 1e9)) return refuse(`a context of ${maxModelLen} tokens cannot be estimated`);
  const utilization = use('serving.gpuMemoryUtilization', job['serving.gpuMemoryUtilization'], 0.92, "vLLM's default");
  if (!(utilization > 0 && utilization <= 1)) return refuse(`gpu-memory-utilization is ${utilization}; it is a share between 0 and 1`);
  const batchDefaults = onlineBatchDefaults(cluster);
  if (firstExperts(model) && (job['serving.dataParallel'] ?? 1) > 1) {
    assumptions.push({ value: 'none', why: 'the time in which replicas exchange tokens for their experts is not modelled' });
  }
  return {
    job: {
      framework,
      model,
      tensor,
      pipeline,
      dataParallel: job['serving.dataParallel'] ?? 1,
      weights,
      kvCache: job['serving.kvCacheDtype'] ?? (weights === 'fp32' ? 'fp32' : 'bf16'),
      maxModelLen,
      maxSequences: use('serving.maxSequences', job['serving.maxSequences'], batchDefaults.sequences, batchDefaults.why),
      maxBatchedTokens: use('serving.maxBatchedTokens', job['serving.maxBatchedTokens'], batchDefaults.tokens, batchDefaults.why),
      gpuMemoryUtilization: utilization,
      kvCacheBytes: job['serving.kvCacheBytes'],
      blockSize: Math.max(1, job['serving.blockSize'] ?? 16),
      enforceEager: job['serving.enforceEager'] ?? false,
      cpuOffloadGiB: job['serving.cpuOffloadGiB'] ?? 0,
      cluster,
      assumptions,
    },
  };
}
