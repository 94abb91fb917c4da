/** What the timed runs of publications do that their rows do not say: told from the engine, never from the figures. */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';

export function timedHabits(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const engine = input.engine?.name ?? '';
  if (/tensorrt|trt-?llm/i.test(engine)) tensorRtHabits(input, fields, assumptions);
  if (/vllm-based profiler/i.test(engine)) profilerHabits(input, fields, assumptions);
  if (engine === 'vllm' && /^0\.(?:1\.|2\.[0-6]$)/.test(input.engine?.version ?? '') && fields['serving.enforceEager'] === undefined) {
    fields['serving.enforceEager'] = true;
    assumptions.push({ field: 'serving.enforceEager', value: 'true', why: 'CUDA graphs came to vLLM with 0.2.7' });
  }
}

/** Splitwise's profile: vLLM of the months before November 2023, when the paper came out. */
function profilerHabits({ config }: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const [requests, prompt] = [Number(config?.batch_size), Number(config?.isl)];
  fields['serving.engineVersion'] ??= '0.2';
  fields['serving.enforceEager'] ??= true;
  assumptions.push({ field: 'serving.engineVersion', value: '0.2', why: "the release of the paper's months (November 2023)" });
  assumptions.push({ field: 'serving.enforceEager', value: 'true', why: 'the vLLM of that paper has no CUDA graphs yet' });
  if (!(requests * prompt > 0)) return;
  fields['serving.maxBatchedTokens'] ??= Math.max(2560, requests * prompt);
  assumptions.push({
    field: 'serving.maxBatchedTokens',
    value: `${requests * prompt}`,
    why: 'the profile times the prompts of a batch as one step',
  });
}

function tensorRtHabits(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  if (/fp8/i.test(String(input.config?.quant ?? '')) && fields['serving.kvCacheDtype'] === undefined) {
    fields['serving.kvCacheDtype'] = 'fp8';
    const why = "TensorRT-LLM's fp8 engines of its benchmarks keep the cache in fp8";
    assumptions.push({ field: 'serving.kvCacheDtype', value: 'fp8', why });
  }
  if (fields['model.slidingWindow'] !== undefined) {
    delete fields['model.slidingWindow'];
    const why = 'presumed: TensorRT-LLM attends to all tokens unless max_attention_window is set';
    assumptions.push({ field: 'model.slidingWindow', value: 'none', why });
  }
}
