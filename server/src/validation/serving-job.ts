/** A serving row as a job: start-up memory of engines and fixed-batch runs. */
import type { Assumption } from '../core/estimate.ts';
import type { JobField, NumberFormat, PartialJobDraft } from '../core/job-fields.ts';
import type { EngineId } from '../core/serving/engines/engine-id.ts';
import { findScheme } from '../core/serving/memory/weight-schemes/find-scheme.ts';
import type { Catalog } from './catalog.ts';
import { clusterOf } from './hardware.ts';
import { isMlperf, mlperfFields, mlperfRun } from './mlperf.ts';
import { modelOf } from './model-of-row.ts';
import type { CaseInput } from './row.ts';
import { limitsRequests, servedLoadOf } from './served-load.ts';
import { timedHabits } from './serving-habits.ts';
import { hasEncoder, servedRow } from './serving-names.ts';
import { servingRunOf } from './serving-run.ts';
import type { Mapping } from './training-job.ts';

function number(input: CaseInput, name: string): number | undefined {
  const value = input.config?.[name];
  return typeof value === 'number' ? value : undefined;
}

function words(input: CaseInput, name: string): string | undefined {
  const value = input.config?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** The engines by the names of rows; forks run the arithmetic of what they were forked from. */
const engines: readonly (readonly [RegExp, EngineId])[] = [
  [/sglang/i, 'sglang'],
  [/tensorrt|trt-?llm/i, 'tensorrt-llm'],
  [/lmdeploy/i, 'lmdeploy'],
  [/\btgi\b|text-generation-inference/i, 'tgi'],
  [/ollama/i, 'ollama'],
  [/llama\.cpp/i, 'llama-cpp'],
  [/\bmlc/i, 'mlc'],
  [/vllm/i, 'vllm'],
];

export function engineOfRow(input: CaseInput): EngineId {
  // Submissions name none: NVIDIA's own code for the benchmark runs TensorRT-LLM, the others mostly vLLM.
  if (isMlperf(input) && /nvidia/i.test(input.hardware?.gpu ?? '') && !/redhat/i.test(input.source ?? '')) return 'tensorrt-llm';
  return engines.find(([name]) => name.test(input.engine?.name ?? ''))?.[1] ?? 'vllm';
}

const isStartUp = (input: CaseInput): boolean => input.kind === 'kv_capacity' || input.kind === 'weights';

const statesLoad = (input: CaseInput): boolean =>
  input.config?.request_rate !== undefined || input.config?.workload !== undefined || limitsRequests(input);

/** Why a serving row is outside the model, or undefined. */
function servingRefusal(input: CaseInput): string | undefined {
  const engine = input.engine?.name ?? '';
  if (isMlperf(input) && !(mlperfRun(input) && (input.hardware?.gpus ?? 0) > 0))
    return 'the submission names no accelerator, or the lengths of its data set are not known';
  if (/analytic/i.test(engine)) return 'the figures are a calculation of their authors, not a measurement';
  return !isStartUp(input) && statesLoad(input) && !servedLoadOf(input) ? 'how long the requests of the load are is not stated' : undefined;
}

/** Builds the job of a serving row. The row comes without its measured numbers. */
export function servingJobOf(input: CaseInput, catalog: Catalog): Mapping {
  const refused = servingRefusal(input);
  if (refused !== undefined) return { refused };
  const row = servedRow(input);
  const hardware = clusterOf(row, catalog);
  if ('refused' in hardware) return hardware;
  const model = modelOf(row, catalog);
  if ('refused' in model) return model;
  const fields: PartialJobDraft = { ...model.fields };
  if (!hasEncoder(input)) withoutEncoder(fields);
  const assumptions: Assumption[] = [...hardware.assumptions, ...model.assumptions];
  splits(input, fields);
  formats(input, fields);
  limits(input, fields);
  release(input, fields, assumptions);
  timedHabits(input, fields, assumptions);
  assumptions.push(...((servedLoadOf(input) ?? servingRunOf(input))?.assumptions ?? []));
  const run = isMlperf(input) ? mlperfRun(input) : undefined;
  if (run) assumptions.push(...mlperfFields(input, run, hardware.cluster.accelerator.memory.capacity.value, fields));
  return {
    framework: engineOfRow(input),
    cluster: hardware.cluster,
    timeKnown: hardware.gpuKnown,
    candidates: [{ job: fields, assumptions }],
  };
}

function withoutEncoder(fields: PartialJobDraft): void {
  for (const field of Object.keys(fields) as JobField[]) if (field.startsWith('vision.')) delete fields[field];
}

function splits({ parallel, hardware, config }: CaseInput, fields: PartialJobDraft): void {
  fields['parallel.tensor'] = parallel?.tp ?? 1;
  fields['parallel.pipeline'] = parallel?.pp ?? 1;
  fields['serving.dataParallel'] = parallel?.dp ?? 1;
  if (parallel?.dcp !== undefined) fields['serving.decodeContextParallel'] = parallel.dcp;
  if ((parallel?.ep ?? 1) > 1 || config?.expert_parallel === true) fields['serving.expertParallel'] = true;
  if (typeof config?.pp_partition === 'string') fields['parallel.pipelineLayout'] = config.pp_partition;
  if (hardware?.gpus !== undefined) fields['cluster.gpus'] = hardware.gpus;
}

/** The scheme from what the row or the model's name says; a family that says no layout leaves it to the name. */
const schemes: readonly (readonly [RegExp, string])[] = [
  [/nvfp4/i, 'nvfp4'],
  [/mxfp4|deepseek_v4/i, 'mxfp4'],
  [/gguf[-_](\w+)|\b(i?q\d_\w+)\.gguf|^i?q\d_/i, 'gguf'],
  [/aqlm[-_ ]?(\d)bit/i, 'aqlm-2bit'],
  [/fp8[-_]dynamic/i, 'fp8-dynamic'],
  [/fp8/i, 'fp8'],
  [/fp4/i, 'nvfp4'],
  [/asym_int4|sym_int4/i, 'gptq'],
  [/awq/i, 'awq'],
  [/gptq/i, 'gptq'],
  [/int4|w4a16/i, 'w4a16'],
  [/int8|w8a8/i, 'int8'],
];

/** Families whose FP8 checkpoints have a scale per block of 128 x 128. */
const blockScaled = /deepseek-(?:v3|r1)|kimi-k2-instruct|^qwen\/qwen3.*fp8$/i;

function quantizationOf(input: CaseInput): string | undefined {
  const id = input.model?.id ?? '';
  const said = `${words(input, 'quant') ?? ''} ${id}`;
  const found = schemes.find(([pattern]) => pattern.test(said));
  if (found === undefined) return undefined;
  if (found[1] === 'gguf') return /(?:gguf[-_])?(i?q\d\w*)/i.exec(said.replace(/qwen[\d.]*/gi, ''))?.[1];
  return found[1] === 'fp8' && blockScaled.test(id) ? 'fp8-block' : found[1];
}

/** What quantized copies leave alone, where their publishers do so for a whole family. */
const exceptions: readonly (readonly [RegExp, string, string])[] = [
  // The linear attention.
  [/qwen3-(?:coder-)?next/i, 'fp8-dynamic', 'state-space'],
  // All but the MLPs and experts.
  [/deepseek-(?:v3|r1)/i, 'nvfp4', 'attention,attention-output'],
  // Attention and, of the 23 state-space layers, the six before it, as in the list beside the NVFP4 copy (hf_quant_config.json).
  [/nemotron-3-nano/i, 'fp8', 'attention,attention-output,state-space:0.26'],
];

/** The row's scheme goes over the card's, whose details hold for the card's own scheme only. */
function quantization(input: CaseInput, fields: PartialJobDraft): void {
  const scheme = quantizationOf(input);
  const own = fields['model.quantization'];
  if (scheme === undefined) return;
  const detailed = fields['model.quantGroupSize'] !== undefined || fields['model.quantExcluded'] !== undefined;
  if (own === undefined || !detailed || findScheme(own)?.format !== findScheme(scheme)?.format) {
    for (const field of ['model.quantGroupSize', 'model.quantSymmetric', 'model.quantExcluded'] as const) delete fields[field];
    fields['model.quantization'] = scheme;
  }
  const left = exceptions.find(([name, of]) => of === scheme && name.test(input.model?.id ?? ''));
  if (left !== undefined) fields['model.quantExcluded'] ??= left[2];
}

function formats(input: CaseInput, fields: PartialJobDraft): void {
  const dtype = words(input, 'dtype') ?? '';
  fields['model.dtype'] = /float16|fp16/i.test(`${dtype} ${words(input, 'quant') ?? ''}`) && !/bfloat16/i.test(dtype) ? 'fp16' : 'bf16';
  quantization(input, fields);
  const kv = words(input, 'kv_dtype');
  if (kv !== undefined)
    fields['serving.kvCacheDtype'] = (/fp8/i.test(kv) ? 'fp8' : /int8/i.test(kv) ? 'int8' : fields['model.dtype']) as NumberFormat;
}

function limits(input: CaseInput, fields: PartialJobDraft): void {
  const copy = (
    field:
      | 'serving.maxSequences'
      | 'serving.maxBatchedTokens'
      | 'serving.blockSize'
      | 'serving.gpuMemoryUtilization'
      | 'serving.staticMemoryShare',
    name: string,
  ) => {
    const value = number(input, name);
    if (value !== undefined) fields[field] = value;
  };
  copy('serving.maxSequences', 'max_num_seqs');
  copy('serving.maxBatchedTokens', 'max_num_batched_tokens');
  copy('serving.blockSize', 'block_size');
  copy('serving.gpuMemoryUtilization', 'gpu_memory_utilization');
  copy('serving.staticMemoryShare', 'mem_fraction_static');
  const batch = number(input, 'batch_size');
  const [inLength, outLength] = [number(input, 'isl'), number(input, 'osl')];
  if (batch !== undefined && fields['serving.maxSequences'] === undefined) fields['serving.maxSequences'] = batch;
  const context = number(input, 'max_model_len') ?? (inLength === undefined ? undefined : inLength + (outLength ?? 0));
  if (context !== undefined) fields['serving.maxModelLen'] = context;
  const eager = input.config?.enforce_eager;
  if (typeof eager === 'boolean') fields['serving.enforceEager'] = eager;
  const chunked = input.config?.chunked_prefill;
  if (typeof chunked === 'boolean') fields['serving.chunkedPrefill'] = chunked;
}

/** llama.cpp numbers its threads through: what was measured in those before the graphs (6766) ran without, and with older products. */
function buildOfThread(thread: number, fields: PartialJobDraft, assumptions: Assumption[]): void {
  if (thread >= 6766) return;
  fields['serving.engineVersion'] = 'b2000';
  assumptions.push({ field: 'serving.engineVersion', value: 'before b2816', why: 'the thread is older than pull request 6766' });
}

/** The release as stated, else from what the row's remark says of the engine or the time. */
function release(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const stated = input.engine?.version;
  const { note = '' } = input;
  const told = stated ?? /(?:^|[ (])(0\.\d+(?:\.\d+)?)(?:-[\d.]+)? era/.exec(note)?.[1];
  const generation = /\bV0\b/.test(note) ? '0.6' : /\bV1\b/.test(note) ? '0.11' : undefined;
  const dated = /(?:Dec 2023|2024)/.test(note) ? '0.5' : undefined;
  const version = told ?? generation ?? dated;
  const engine = engineOfRow(input);
  if (engine === 'tensorrt-llm' && stated !== undefined) fields['serving.engineVersion'] = stated;
  const thread = engine === 'llama-cpp' ? /llama\.cpp#(\d+)$/.exec(input.where ?? '')?.[1] : undefined;
  if (thread !== undefined) buildOfThread(Number(thread), fields, assumptions);
  if (version === undefined || engine !== 'vllm') return;
  fields['serving.engineVersion'] = version;
  if (stated === undefined) assumptions.push({ field: 'serving.engineVersion', value: version, why: "from the row's remark" });
}
