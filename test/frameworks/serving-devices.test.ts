/** A server built for another processor than a GPU is refused by that processor's name, whatever says it. */
import { beforeAll, expect, it } from 'vitest';
import { createEngine } from '../../server/src/engine/engine.ts';
import { loadParsers } from '../syntax/helpers.ts';

beforeAll(loadParsers);

const model = 'Qwen/Qwen3-8B';

function acceleratorIn(name: string, text: string, gpu?: string) {
  const engine = createEngine({
    files: { read: () => ({ error: 'no such file' }), resolve: () => undefined },
    settings: () => (gpu === undefined ? {} : { gpu }),
  });
  const [job] = engine.analyse(`file:///w/${name}`, text, 1).jobs;
  const result = job?.result;
  return { gpu: job?.job['cluster.gpu'], why: result && 'refusal' in result ? result.refusal.why : undefined };
}

const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: ${image}\n    args: ["--model", "${model}", "--max-model-len", "4096"]\n`;

it.each<[name: string, text: string, processor: string]>([
  ['a.sh', `vllm serve ${model} --device cpu\n`, 'CPU'],
  ['a.sh', `vllm serve ${model} --device HPU\n`, 'Gaudi'],
  ['a.sh', `docker run vllm/vllm-openai-cpu:v0.19.0 --model ${model}\n`, 'CPU'],
  ['a.sh', `docker run vllm/vllm-openai-xpu:v0.19.0 --model ${model}\n`, 'Intel XPU'],
  ['a.sh', `docker run quay.io/ascend/vllm-ascend:v0.11.0 vllm serve ${model}\n`, 'Ascend NPU'],
  ['a.sh', `docker run lmsysorg/sglang:v0.5.3-xeon python3 -m sglang.launch_server --model-path ${model}\n`, 'CPU'],
  ['a.sh', 'docker run ghcr.io/ggml-org/llama.cpp:server -m qwen3-8b-q4_k_m.gguf -ngl 99\n', 'CPU'],
  ['a.yaml', pod('public.ecr.aws/q9t5s3a7/vllm-cpu-release-repo:v0.19.0'), 'CPU'],
  ['a.yaml', pod('vllm/vllm-openai-cpu:v0.19.0'), 'CPU'],
])('%s: %s runs on %s', (name, text, processor) => {
  const { gpu, why } = acceleratorIn(name, text);
  expect(gpu).toBe(processor);
  expect(why).toContain(`no data sheet for "${processor}"`);
});

it.each<[text: string]>([
  [`vllm serve ${model} --device cuda\n`],
  [`docker run --gpus all vllm/vllm-openai:v0.11.0 --model ${model}\n`],
  [`docker run vllm/vllm-openai-rocm:v0.19.0 --model ${model}\n`],
  ['docker run ghcr.io/ggml-org/llama.cpp:server-cuda -m qwen3-8b-q4_k_m.gguf -ngl 99\n'],
])('%s names no other processor', (text) => {
  expect(acceleratorIn('a.sh', text).gpu).toBeUndefined();
});

it('gives way to the GPU that the user chose', () => {
  expect(acceleratorIn('a.sh', `docker run vllm/vllm-openai-cpu:v0.19.0 --model ${model}\n`, 'a10g').why).toBeUndefined();
});
