/** From a partial job to the complete inputs of the serving estimate, with the engine's own defaults recorded as assumptions. */
import { completeModel } from '../complete-model.ts';
import type { Assumption, Refusal } from '../estimate.ts';
import type { ServingJob } from '../estimate-inputs.ts';
import type { Cluster } from '../hardware.ts';
import type { JobField, NumberFormat, PartialJob } from '../job-fields.ts';
import { firstAttention, firstExperts, type ModelShape } from '../model-shape.ts';
import { draftOf, ownDraftLayers, unknownDraft, withoutGain } from './draft.ts';
import type { EngineDefaults } from './engines/engine.ts';
import { type EngineChoice, since } from './engines/engine-id.ts';
import { engineOf, isEngine } from './engines/engines.ts';
import type { WeightScheme } from './memory/weight-schemes/scheme.ts';
import { plainFormat, schemeOf } from './scheme-of-job.ts';

const refuse = (why: string, missing: readonly JobField[] = []): { readonly refusal: Refusal } => ({ refusal: { why, missing } });

/** Sizes that must be numbers of at least 0 when they are known; a block or a batch of nothing counts as the least one. */
const sizes = [
  'serving.maxSequences',
  'serving.maxBatchedTokens',
  'serving.kvCacheBytes',
  'serving.maxKvTokens',
  'serving.blockSize',
  'serving.cpuOffloadGiB',
  'serving.dataParallel',
  'serving.decodeContextParallel',
  'serving.attentionDataParallel',
  'serving.loraSlots',
  'serving.loraRank',
  'serving.speculativeTokens',
  'serving.graphBatch',
] as const;

function badSize(job: PartialJob): string | undefined {
  const bad = sizes.find((field) => {
    const value = job[field];
    return value !== undefined && !(Number.isFinite(value) && value >= 0 && value <= 1e15);
  });
  if (bad) return `${bad.slice('serving.'.length)} is ${job[bad]}, which cannot be estimated`;
  for (const [name, field] of [
    ['TP', 'parallel.tensor'],
    ['PP', 'parallel.pipeline'],
  ] as const) {
    const value = job[field] ?? 1;
    if (!(Number.isInteger(value) && value > 0 && value <= 1e6)) return `${name} is ${value}, which cannot be estimated`;
  }
  return undefined;
}

/** The release and the id; an engine under another name is estimated as vLLM. */
const engineChoice = (job: PartialJob, framework: string): EngineChoice => {
  const id = isEngine(framework) ? framework : 'vllm';
  const release = job['serving.engineVersion'];
  return release === undefined ? { id } : { id, release };
};

/** Kernels for FP8 experts without a gate take widths of a multiple of 128 only, so vLLM pads them (flashinfer_utils, align_fp8_moe_weights). */
function expertAlignment(engine: EngineChoice, scheme: WeightScheme, model: ModelShape): number {
  const experts = firstExperts(model);
  return engine.id === 'vllm' && since(engine, '0.18') && scheme.id === 'fp8' && experts?.gated === false ? 128 : 1;
}

function layerPartition(job: PartialJob): readonly number[] | undefined {
  const written = job['parallel.pipelineLayout'];
  return written !== undefined && /^\d+(?:,\d+)*$/.test(written) ? written.split(',').map(Number) : undefined;
}

/** Refuses shares that are none. */
function shareProblem(name: string, share: number): string | undefined {
  return share > 0 && share <= 1 ? undefined : `${name} is ${share}; it is a share between 0 and 1`;
}

/** Engines that divide matrices by rows, wherever heads begin. */
const splitsHeads: ReadonlySet<string> = new Set(['llama-cpp', 'ollama']);

/** Refuses what attention cannot be split over: the engine would not start. Ranks that attend to requests of their own split less. */
function splitProblem(job: PartialJob, model: ModelShape, tensor: number, engine: EngineChoice): string | undefined {
  const heads = firstAttention(model)?.heads;
  const ranks = Math.max(1, tensor / Math.max(1, job['serving.attentionDataParallel'] ?? 1));
  if (heads === undefined || splitsHeads.has(engine.id)) return undefined;
  if (ranks > heads) return `TP ${ranks} is more than the ${heads} attention heads`;
  return heads % ranks === 0
    ? undefined
    : `${engineOf(engine.id).label} does not start: TP ${ranks} does not divide the ${heads} attention heads`;
}

/** Caches that are compressed along the tokens are not modelled. */
const cacheProblem = (job: PartialJob): string | undefined =>
  /deepseek_v4/i.test(job['model.type'] ?? '') ? 'the compressed cache of DeepSeek-V4 is not modelled yet' : undefined;

interface Lengths {
  readonly context: number;
  readonly defaults: EngineDefaults;
}

/** The longest context, and the defaults that hang on it. */
function lengths(job: PartialJob, engine: EngineChoice, cluster: Cluster, model: ModelShape): Lengths | undefined {
  const models = model.maxPositions > 0 ? model.maxPositions : undefined;
  const written = job['serving.maxModelLen'];
  const defaults = engineOf(engine.id).defaults({
    engine,
    accelerator: cluster.accelerator,
    model,
    tensor: job['parallel.tensor'] ?? 1,
    pipeline: job['parallel.pipeline'] ?? 1,
    attentionData: job['serving.attentionDataParallel'] ?? 1,
    maxModelLen: written ?? models,
    maxBatchedTokens: job['serving.maxBatchedTokens'],
    graphBatch: job['serving.graphBatch'],
    speculative: (job['serving.speculativeTokens'] ?? 0) > 0,
    offline: job['serving.offline'] ?? false,
  });
  const usual = defaults.context === undefined ? models : Math.min(defaults.context, models ?? defaults.context);
  const context = written ?? usual;
  return context === undefined ? undefined : { context, defaults };
}

/** The share of one engine in the load that is stated for the whole deployment, when all its sizes are. */
function loadOf(job: PartialJob): Pick<ServingJob, 'load'> {
  const {
    'load.requestRate': rate,
    'load.concurrency': concurrency,
    'load.inputTokens': inputTokens,
    'load.outputTokens': outputTokens,
  } = job;
  if (inputTokens === undefined || outputTokens === undefined || (rate === undefined && concurrency === undefined)) return {};
  const engines = (job['serving.replicas'] ?? 1) * (job['serving.dataParallel'] ?? 1);
  const { 'load.firstTokenLimit': timeToFirstToken, 'load.perTokenLimit': timePerToken } = job;
  const isRate = rate === undefined || (rate > 0 && rate < 1e9);
  const isCount = concurrency === undefined || (concurrency >= 1 && concurrency < 1e9);
  if (!(isRate && isCount && inputTokens >= 1 && outputTokens >= 1 && engines >= 1)) return {};
  return {
    load: {
      ...(rate === undefined ? {} : { rate: rate / engines }),
      ...(concurrency === undefined ? {} : { concurrency: concurrency / engines }),
      inputTokens,
      outputTokens,
      ...(timeToFirstToken === undefined ? {} : { timeToFirstToken }),
      ...(timePerToken === undefined ? {} : { timePerToken }),
    },
  };
}

export function completeServing(
  job: PartialJob,
  framework: string,
  cluster: Cluster | undefined,
): { readonly job: ServingJob } | { readonly refusal: Refusal } {
  if (!cluster) return refuse('no GPU is known: name one in the cluster settings', ['cluster.gpu']);
  const wrong = badSize(job);
  if (wrong) return refuse(wrong);
  const tensor = job['parallel.tensor'] ?? 1;
  const completed = completeModel({ 'model.tiedEmbeddings': false, ...job }, tensor);
  if ('unsupported' in completed) return refuse(completed.unsupported);
  if ('missing' in completed)
    return refuse("the model's shape is not known: name a public model or a folder with its config.json", completed.missing);
  const { model } = completed;
  const engine = engineChoice(job, framework);
  const unsplit = splitProblem(job, model, tensor, engine) ?? cacheProblem(job);
  if (unsplit) return refuse(unsplit);
  const scheme = schemeOf(job);
  if (!scheme) return refuse(`weights quantized by ${job['serving.quantization'] ?? job['model.quantization']} are not modelled yet`);
  const known = lengths(job, engine, cluster, model);
  if (known === undefined) return refuse('the context length is not known', ['serving.maxModelLen']);
  const { context, defaults } = known;
  if (!(context > 0 && context < 1e9)) return refuse(`a context of ${context} tokens cannot be estimated`);
  return withDefaults(job, { framework, engine, scheme, model, cluster, context, defaults, assumptions: [...completed.assumptions] });
}

interface Known {
  readonly framework: string;
  readonly engine: EngineChoice;
  readonly scheme: WeightScheme;
  readonly model: ModelShape;
  readonly cluster: Cluster;
  readonly context: number;
  readonly defaults: EngineDefaults;
  readonly assumptions: Assumption[];
}

function withDefaults(job: PartialJob, known: Known): { readonly job: ServingJob } | { readonly refusal: Refusal } {
  const { engine, scheme, model, cluster, context, defaults, assumptions } = known;
  const use = <F extends JobField>(field: F, value: number | undefined, fallback: number): number => {
    if (value !== undefined) return value;
    assumptions.push({ field, value: String(fallback), why: defaults.why });
    return fallback;
  };
  const { shareField, hasFixedPool } = engineOf(engine.id);
  const share = hasFixedPool ? 1 : use(shareField, job[shareField], defaults.share);
  const problem = shareProblem(shareField === 'serving.gpuMemoryUtilization' ? 'gpu-memory-utilization' : 'the memory share', share);
  if (problem) return refuse(problem);
  if (job['serving.maxModelLen'] === undefined && defaults.context !== undefined)
    assumptions.push({ field: 'serving.maxModelLen', value: String(context), why: defaults.why });
  notModelled(job, model, assumptions);
  const partition = layerPartition(job);
  const slots = Math.max(1, use('serving.maxSequences', job['serving.maxSequences'], defaults.sequences));
  const contexts = engineOf(engine.id).contexts?.(context, slots, job['serving.unifiedCache'] ?? false) ?? { each: context, all: context };
  const complete: ServingJob = {
    framework: known.framework,
    engine,
    model,
    tensor: job['parallel.tensor'] ?? 1,
    pipeline: job['parallel.pipeline'] ?? 1,
    ...(partition === undefined ? {} : { layerPartition: partition }),
    dataParallel: job['serving.dataParallel'] ?? 1,
    attentionData: Math.max(1, job['serving.attentionDataParallel'] ?? 1),
    contextRanks: Math.max(1, job['serving.decodeContextParallel'] ?? 1),
    expertParallel: job['serving.expertParallel'] ?? false,
    weights: scheme.format,
    scheme,
    expertAlignment: expertAlignment(engine, scheme, model),
    kvCache: job['serving.kvCacheDtype'] ?? (plainFormat(job) === 'fp32' ? 'fp32' : 'bf16'),
    stateElementBytes: stateBytes(job['model.stateDtype']),
    kvSharedLayers: Math.min(model.layers, Math.max(0, job['model.kvSharedLayers'] ?? 0)),
    maxModelLen: contexts.each,
    slotTokens: contexts.all,
    maxSequences: slots,
    maxBatchedTokens: Math.max(1, use('serving.maxBatchedTokens', job['serving.maxBatchedTokens'], defaults.batchedTokens)),
    share,
    kvCacheBytes: job['serving.kvCacheBytes'],
    maxKvTokens: job['serving.maxKvTokens'],
    blockSize: Math.max(1, job['serving.blockSize'] ?? defaults.blockSize),
    prefixCaching: job['serving.prefixCaching'] ?? true,
    chunkedPrefill: job['serving.chunkedPrefill'] ?? true,
    enforceEager: job['serving.enforceEager'] ?? false,
    cpuOffloadGiB: job['serving.cpuOffloadGiB'] ?? 0,
    draftLayers: ownDraftLayers(job, model),
    loraSlots: job['serving.loraSlots'] ?? 0,
    loraRank: job['serving.loraRank'] ?? 16,
    gpuLayers: gpuLayers(job),
    cluster,
    assumptions,
    ...loadOf(job),
  };
  const draft = draftOf(job, complete);
  return { job: draft === undefined ? complete : { ...complete, draft } };
}

const stateBytes = (format: NumberFormat | undefined): number => (format === 'fp32' ? 4 : 2);

/** -1 asks for all of them. */
function gpuLayers(job: PartialJob): number | undefined {
  const layers = job['serving.gpuLayers'];
  return layers === undefined || layers < 0 ? undefined : layers;
}

function notModelled(job: PartialJob, model: ModelShape, assumptions: Assumption[]): void {
  if (firstExperts(model) && (job['serving.dataParallel'] ?? 1) > 1)
    assumptions.push({ value: 'none', why: 'the time in which replicas exchange tokens for their experts is not modelled' });
  assumptions.push(...withoutGain(job));
  const unknown = unknownDraft(job, model);
  if (unknown) assumptions.push({ field: 'serving.draftModel', value: 'no memory', why: unknown });
}
