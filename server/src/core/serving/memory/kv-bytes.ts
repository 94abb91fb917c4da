/** What one token takes in the cache of one GPU (vllm/v1/kv_cache_interface.py). */
import type { ServingJob } from '../../estimate-inputs.ts';
import { countKinds } from '../../model-shape.ts';
import { bytesPerElement } from '../../number-format.ts';
import type { Bytes } from '../../units.ts';
import { cachedElementsPerToken } from './cached-elements.ts';

/** Bytes of keys and values of one token on one GPU. KV heads fewer than TP are kept whole on each rank. */
export function kvBytesPerToken(job: ServingJob): Bytes {
  const { model } = job;
  const elements = cachedElementsPerToken(model, countKinds(model, 0, model.layers), job.tensor);
  return ((Math.ceil(model.layers / job.pipeline) * elements) / model.layers) * bytesPerElement(job.kvCache);
}
