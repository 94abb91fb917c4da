/** How an engine deals its layers out to pipeline stages. */
import type { ServingJob } from '../../estimate-inputs.ts';

/**
 * Layers of each stage: as written (VLLM_PP_LAYER_PARTITION), else evenly, what is left over going to the stages before the last, which holds
 * the head (vllm/distributed/utils.py, get_pp_indices).
 */
export function stageLayers({
  model,
  pipeline,
  layerPartition,
}: Pick<ServingJob, 'model' | 'pipeline' | 'layerPartition'>): readonly number[] {
  const written = layerPartition ?? [];
  if (written.length === pipeline && written.reduce((sum, layers) => sum + layers, 0) === model.layers) return written;
  const even = Math.floor(model.layers / pipeline);
  const left = model.layers - even * pipeline;
  return Array.from({ length: pipeline }, (_, stage) => {
    const fromLast = pipeline - 1 - stage;
    return even + (fromLast >= 1 && fromLast <= left ? 1 : 0) + (pipeline === 1 ? left : 0);
  });
}
