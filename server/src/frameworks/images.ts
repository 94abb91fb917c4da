/**
 * What container images say about the packages in them: a tag of a project's own image is its release, others name releases
 * in their tags. NeMo's images hold the Megatron Core that docs.nvidia.com/nemo-framework/user-guide/24.09
 * (softwarecomponentversions) lists; images it does not list say nothing here. Neither do Dynamo's runtimes, Habana's images and those of
 * LMCache, which have an engine's name and the release of their own project.
 */
export interface ImagePin {
  readonly package: string;
  readonly version: string;
  /** The image as written. */
  readonly image: string;
}

interface ImageName {
  readonly package: string;
  /** The first group is the version; a dash in it stands for a point. */
  readonly pattern: RegExp;
}

const release = String.raw`v?(\d+\.\d+(?:\.\d+)?)(?!\d|\.\d)`;

/** Images named after an engine whose tags count the releases of who builds them: Dynamo's and NVIDIA's runtimes, LMCache's. */
const ownTags = String.raw`(?<!\b(?:ai-dynamo|nvidia|lmcache))(?:^|/)`;

const images: readonly ImageName[] = [
  { package: 'vllm', pattern: new RegExp(String.raw`${ownTags}vllm(?!-(?:runtime|gaudi|hpu)\b)(?:-\w+)*:${release}`) },
  { package: 'sglang', pattern: new RegExp(String.raw`${ownTags}sglang(?!-runtime\b)(?:-\w+)*:${release}`) },
  { package: 'lmdeploy', pattern: new RegExp(`(?:^|/)lmdeploy:${release}`) },
  { package: 'tensorrt-llm', pattern: new RegExp(`(?:^|/)tensorrt-llm/release:${release}`) },
  // ghcr.io/huggingface/text-generation-inference:2.4.0, also with `sha-` tags that say nothing
  { package: 'text-generation-inference', pattern: new RegExp(`(?:^|/)text-generation-inference:${release}`) },
  // huggingface/transformers-pytorch-gpu:4.38.2
  { package: 'transformers', pattern: new RegExp(String.raw`(?:^|/)transformers(?:-\w+)+:${release}`) },
  // huggingface-pytorch-training:2.1.0-transformers4.36.0-gpu-... (AWS), ...training-cu121.2-3.transformers.4-42... (Google)
  { package: 'transformers', pattern: /[.-]transformers\.?(\d+[.-]\d+(?:[.-]\d+)?)(?=[.-]|$)/ },
  { package: 'axolotl', pattern: /(?:^|\/)axolotl(?:-\w+)*:(?:main-)?v?(\d+\.\d+\.\d+)(?!\d|\.\d)/ },
  { package: 'llamafactory', pattern: new RegExp(`(?:^|/)llamafactory:${release}`) },
];

/** Megatron Core in NeMo's images. */
const megatronOfNemo: { readonly [tag: string]: string } = { '24.05': '0.7.0', '24.07': '0.8.0', '24.09': '0.9.0' };

/** The packages an image's name pins. */
export function imagePins(image: string): readonly ImagePin[] {
  const named = images.flatMap(({ package: name, pattern }): readonly ImagePin[] => {
    const version = pattern.exec(image)?.[1]?.replaceAll('-', '.');
    return version === undefined ? [] : [{ package: name, version, image }];
  });
  const nemo = megatronOfNemo[/(?:^|\/)nvidia\/nemo:(\d\d\.\d\d)(?!\d|\.\d)/.exec(image)?.[1] ?? ''];
  return nemo === undefined ? named : [...named, { package: 'megatron-core', version: nemo, image }];
}
