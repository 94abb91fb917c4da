/** Every fact about a server and what it is asked to do, by its dotted name: a part of `job-fields.ts`. */
import type { Bytes, Seconds } from './units.ts';

export type NumberFormat = 'fp32' | 'tf32' | 'fp16' | 'bf16' | 'fp8' | 'fp4' | 'int8' | 'int4';
/** Of a request: its prompt, its answer, or both. */
export type ServingRole = 'prefill' | 'decode' | 'both';

export interface ServingJobFields {
  'serving.maxModelLen': number;
  'serving.maxSequences': number;
  /** llama.cpp: one cache that any slot may fill, instead of an equal part for each. */
  'serving.unifiedCache': boolean;
  'serving.maxBatchedTokens': number;
  'serving.gpuMemoryUtilization': number;
  'serving.kvCacheDtype': NumberFormat;
  'serving.kvCacheBytes': Bytes;
  'serving.blockSize': number;
  'serving.enforceEager': boolean;
  'serving.chunkedPrefill': boolean;
  'serving.prefixCaching': boolean;
  'serving.offline': boolean;
  'serving.expertParallel': boolean;
  'serving.decodeContextParallel': number;
  'serving.quantization': string;
  'serving.swapSpaceGiB': number;
  'serving.cpuOffloadGiB': number;
  'serving.dataParallel': number;
  /** Whole engines beside each other (pods of a Deployment, replicas of a service), each with its own DP. */
  'serving.replicas': number;
  /** What the engine does of each request when prefill and decode run apart. */
  'serving.role': ServingRole;
  /** SGLang's `--mem-fraction-static`: share of the memory for weights and KV pool together. */
  'serving.staticMemoryShare': number;
  /** Share of what is free after the weights (TensorRT-LLM, LMDeploy). */
  'serving.freeMemoryShare': number;
  /** Tokens the KV pool may hold at most, whatever memory is left. */
  'serving.maxKvTokens': number;
  /** Ranks of a TP group that attend to requests of their own (SGLang, TensorRT-LLM). */
  'serving.attentionDataParallel': number;
  'serving.speculativeTokens': number;
  'serving.draftModel': string;
  /** How drafts come about: by the model's own layers, by a head on it, by another model, or by looking in the text. */
  'serving.draftMethod': string;
  /** TP of the draft model where it differs from the model's. */
  'serving.draftTensor': number;
  'serving.draftQuantization': string;
  /** Adapters that are held on the GPU at once, and the largest rank of one. */
  'serving.loraSlots': number;
  'serving.loraRank': number;
  /** llama.cpp and what wraps it: layers on the GPU; the rest is computed by the host. */
  'serving.gpuLayers': number;
  /** Release of the engine, e.g. 0.11.2, where a file or an image names one. */
  'serving.engineVersion': string;
  'serving.graphBatch': number;

  // What a server is asked to do, and how fast it should answer.
  /** Requests per second at the whole deployment. */
  'load.requestRate': number;
  /** Requests under way at most: a new one is sent when one is answered. */
  'load.concurrency': number;
  'load.inputTokens': number;
  'load.outputTokens': number;
  'load.firstTokenLimit': Seconds;
  'load.perTokenLimit': Seconds;
}
