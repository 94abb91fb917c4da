/** A serving row as a job: vLLM start-up memory and fixed-batch runs. */
import type { Assumption } from '../core/estimate.ts';
import type { NumberFormat, PartialJobDraft } from '../core/job-fields.ts';
import type { Catalog } from './catalog.ts';
import { clusterOf } from './hardware.ts';
import { modelOf } from './model-of-row.ts';
import type { CaseInput } from './row.ts';
import type { Mapping } from './training-job.ts';

function number(input: CaseInput, name: string): number | undefined {
  const value = input.config?.[name];
  return typeof value === 'number' ? value : undefined;
}

function words(input: CaseInput, name: string): string | undefined {
  const value = input.config?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** Why a serving row is outside the model, or undefined. */
function servingRefusal(input: CaseInput): string | undefined {
  const engine = input.engine?.name ?? '';
  if (/mlperf/i.test(engine)) return 'MLPerf submissions do not state engine, quantization and batch';
  if (/analytic/i.test(engine)) return 'the figures are a calculation of their authors, not a measurement';
  if (/ipex|ascend/i.test(engine)) return `the engine ${engine} is not modelled yet`;
  if (input.config?.request_rate !== undefined || input.config?.workload !== undefined || input.config?.concurrency !== undefined) {
    return 'runs under a request load need the serving simulation, which is not part of this release';
  }
  if (engineOf(input) !== 'llama-cpp' && /aqlm|gguf|q8_0|q4/i.test(words(input, 'quant') ?? ''))
    return `the quantization ${words(input, 'quant')} is not modelled yet`;
  if (/-vl-|llava|omni|vision|cosyvoice/i.test(input.model?.id ?? '')) return 'multimodal models are not modelled yet';
  if ((input.parallel?.dcp ?? 1) > 1) return 'decode context parallelism is not modelled yet';
  return undefined;
}

const engines: readonly (readonly [RegExp, string])[] = [
  [/tensorrt|trt-?llm/i, 'tensorrt-llm'],
  [/sglang/i, 'sglang'],
  [/llama\.cpp/i, 'llama-cpp'],
];

function engineOf({ engine }: CaseInput): string {
  return engines.find(([pattern]) => pattern.test(engine?.name ?? ''))?.[1] ?? 'vllm';
}

/** Builds the job of a serving row. The row comes without its measured numbers. */
export function servingJobOf(input: CaseInput, catalog: Catalog): Mapping {
  const refused = servingRefusal(input);
  if (refused !== undefined) return { refused };
  const hardware = clusterOf(input, catalog);
  if ('refused' in hardware) return hardware;
  const model = modelOf(input, catalog);
  if ('refused' in model) return model;
  const fields: PartialJobDraft = { ...model.fields };
  const assumptions: Assumption[] = [...hardware.assumptions, ...model.assumptions];
  fields['parallel.tensor'] = input.parallel?.tp ?? 1;
  fields['parallel.pipeline'] = input.parallel?.pp ?? 1;
  fields['serving.dataParallel'] = input.parallel?.dp ?? 1;
  if (input.hardware?.gpus !== undefined) fields['cluster.gpus'] = input.hardware.gpus;
  formats(input, fields, assumptions);
  limits(input, fields, assumptions);
  return {
    framework: engineOf(input),
    cluster: hardware.cluster,
    timeKnown: hardware.gpuKnown,
    candidates: [{ job: fields, assumptions }],
  };
}

function formats(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const quant = `${words(input, 'quant') ?? ''} ${input.model?.id ?? ''}`;
  const dtype = words(input, 'dtype') ?? '';
  fields['model.dtype'] = /float16|fp16/i.test(`${dtype} ${words(input, 'quant') ?? ''}`) && !/bfloat16/i.test(dtype) ? 'fp16' : 'bf16';
  if (/nvfp4|fp4/i.test(quant)) fields['serving.quantization'] = 'nvfp4';
  else if (/fp8/i.test(quant)) fields['serving.quantization'] = 'fp8';
  else if (/int4|awq|gptq|w4a16|q4_/i.test(quant)) fields['serving.quantization'] = 'awq';
  else if (/int8|w8a8|q8_0/i.test(quant)) fields['serving.quantization'] = 'int8';
  const kv = words(input, 'kv_dtype');
  if (kv !== undefined)
    fields['serving.kvCacheDtype'] = (/fp8/i.test(kv) ? 'fp8' : /int8/i.test(kv) ? 'int8' : fields['model.dtype']) as NumberFormat;
  else if (engineOf(input) === 'tensorrt-llm' && fields['serving.quantization'] === 'fp8') {
    fields['serving.kvCacheDtype'] = 'fp8';
    assumptions.push({
      field: 'serving.kvCacheDtype',
      value: 'fp8',
      why: "TensorRT-LLM's fp8 engines of its benchmarks keep the cache in fp8",
    });
  }
}

function limits(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const copy = (field: 'serving.maxSequences' | 'serving.maxBatchedTokens' | 'serving.blockSize', name: string) => {
    const value = number(input, name);
    if (value !== undefined) fields[field] = value;
  };
  copy('serving.maxSequences', 'max_num_seqs');
  copy('serving.maxBatchedTokens', 'max_num_batched_tokens');
  copy('serving.blockSize', 'block_size');
  const batch = number(input, 'batch_size');
  const [inLength, outLength] = [number(input, 'isl'), number(input, 'osl')];
  if (batch !== undefined && fields['serving.maxSequences'] === undefined) fields['serving.maxSequences'] = batch;
  const context = number(input, 'max_model_len') ?? (inLength === undefined ? undefined : inLength + (outLength ?? 0));
  if (context !== undefined) fields['serving.maxModelLen'] = context;
  const utilization = number(input, 'gpu_memory_utilization');
  fields['serving.gpuMemoryUtilization'] = utilization ?? 0.9;
  if (utilization === undefined) assumptions.push({ field: 'serving.gpuMemoryUtilization', value: '0.9', why: 'not stated: the default' });
  const eager = input.config?.enforce_eager;
  if (typeof eager === 'boolean') fields['serving.enforceEager'] = eager;
  else if (/vllm-based profiler/i.test(input.engine?.name ?? '')) {
    fields['serving.enforceEager'] = true;
    assumptions.push({ field: 'serving.enforceEager', value: 'true', why: 'the vLLM of that paper has no CUDA graphs yet' });
  }
  const chunked = input.config?.chunked_prefill;
  if (typeof chunked === 'boolean') fields['serving.chunkedPrefill'] = chunked;
}
