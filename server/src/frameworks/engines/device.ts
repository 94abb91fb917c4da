/**
 * The kind of processor a server is built for, where that is no GPU Rooflint has data sheets of. Without it a server for CPUs would get
 * the figures of the GPU that is assumed where none is named. Names: images as their projects tag them (vLLM's
 * docker/Dockerfile.*, llama.cpp's docs/docker.md, SGLang's docker folder), `--device` of vLLM and SGLang.
 */

import { type Draft, keyOrigin, setField } from '../draft.ts';
import { baseImage } from '../launchers/container.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';

/** Images of one processor each, by the part of their name or tag that says it. */
const images: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)llama\.cpp:(?:server|full|light)(?:-b\d+)?(?:@sha256:\w+)?$/, 'CPU'],
  [/(?:^|\/)(?:vllm|sglang|text-generation-inference)\b.*(?:cpu|xeon)(?=$|[-:@._])/, 'CPU'],
  [/(?:^|\/)(?:vllm|sglang)\b.*(?:ascend|cann|[-_]npu)/, 'Ascend NPU'],
  [/(?:^|\/)(?:vllm|sglang|text-generation-inference)\b.*(?:gaudi|hpu)/, 'Gaudi'],
  [/(?:^|\/)(?:vllm|text-generation-inference|pytorch-inference-vllm)\b.*neuron/, 'Neuron'],
  [/(?:^|\/)(?:vllm|sglang|llama\.cpp)\b.*(?:xpu|intel|openvino)/, 'Intel XPU'],
];

/** Values of `--device`; GPUs and what is found at the start are left out, a TPU's kind is told by the node. */
const devices: Readonly<Record<string, string>> = {
  cpu: 'CPU',
  npu: 'Ascend NPU',
  hpu: 'Gaudi',
  neuron: 'Neuron',
  xpu: 'Intel XPU',
  openvino: 'CPU',
};

/** Names the processor as the job's accelerator, so that the estimate is refused by its name. */
export function readDevice(draft: Draft, settings: readonly Setting[]): void {
  if (draft.sources['cluster.gpu'] !== undefined) return;
  const flag = settings.findLast(({ name }) => name === 'device');
  const named = devices[settingText(flag)?.toLowerCase() ?? ''];
  if (flag !== undefined && named !== undefined) {
    draft.used.add(flag);
    setField(draft, 'cluster.gpu', named, keyOrigin(draft, flag));
    return;
  }
  const image = imageOf(draft);
  const built = image && images.find(([pattern]) => pattern.test(image.text))?.[1];
  if (image === undefined || built === undefined) return;
  const { uri } = draft.document;
  setField(draft, 'cluster.gpu', built, { kind: 'key', uri, key: image.range, value: image.range, spelling: 'image' });
}

/** The image among the words of the command, or the one the commands of the document run in. */
function imageOf({ document, launch }: Draft): { readonly text: string; readonly range: Draft['launch'] } | undefined {
  const command = document.commands.find(({ range }) => range.start === launch.start);
  const word = [...(command?.front ?? []), ...(command?.words ?? [])].find(({ text }) =>
    images.some(([pattern]) => pattern.test(text ?? '')),
  );
  if (word?.text !== undefined) return { text: word.text, range: word.value };
  const base = baseImage(document, launch.start);
  return base && { text: base.image, range: base.range };
}
