/**
 * Names of llama.cpp's arguments: short and other spellings with the one used here, and switches. Source: common/arg.cpp of the
 * copy in llama-cpp-python 0.3.36 (2026), with spellings that older builds had.
 */
import type { KeyTable } from '../key-table.ts';

/** `name: other spellings`. */
const spellings = `
  model: m
  model-url: mu
  docker-repo: dr
  hf-repo: hf hfr
  hf-file: hff
  hf-token: hft
  alias: a
  ctx-size: c
  batch-size: b
  ubatch-size: ub
  n-predict: n predict
  parallel: np
  n-gpu-layers: ngl gpu-layers
  tensor-split: ts
  split-mode: sm
  main-gpu: mg
  device: dev
  flash-attn: fa
  cache-type-k: ctk
  cache-type-v: ctv
  kv-unified: kvu
  no-kv-unified: no-kvu
  no-kv-offload: nkvo
  kv-offload: kvo
  cache-ram: cram
  ctx-checkpoints: ctxcp swa-checkpoints
  cont-batching: cb
  no-cont-batching: nocb
  override-tensor: ot
  cpu-moe: cmoe
  n-cpu-moe: ncmoe
  model-draft: md spec-draft-model
  hf-repo-draft: hfd hfrd spec-draft-hf
  n-gpu-layers-draft: ngld gpu-layers-draft spec-draft-ngl
  ctx-size-draft: cd
  device-draft: devd spec-draft-device
  cache-type-k-draft: ctkd spec-draft-type-k
  cache-type-v-draft: ctvd spec-draft-type-v
  draft-max: draft draft-n
  draft-min: draft-n-min spec-draft-n-min
  mmproj: mm
  fit: fit
  threads: t
  threads-batch: tb
  grp-attn-n: gan
  grp-attn-w: gaw
  n-prompt: p
  repetitions: r
  rerank: reranking
  embedding: embeddings embd
  load-mode: lm
`;

const pairs = spellings
  .split('\n')
  .map((line) => line.trim().split(': '))
  .filter(([name = '']) => name !== '')
  .flatMap(([name = '', others = '']) => others.split(' ').map((other) => [other, name] as const));

export const llamaCppShort: { readonly [short: string]: string } = Object.fromEntries(pairs);

const switchNames =
  `kv-unified no-kv-unified no-kv-offload kv-offload cont-batching no-cont-batching cpu-moe cpu-moe-draft embedding rerank metrics props slots no-slots jinja
  no-jinja no-mmap mlock swa-full context-shift no-context-shift verbose v no-webui no-ui webui ui no-mmproj mmproj-auto no-mmproj-offload no-warmup warmup
  offline no-repack nr no-host no-op-offload spec-default mtp eagle3 conversation no-conversation interactive interactive-first color special check-tensors
  no-perf perf no-escape ignore-eos prefill-assistant no-prefill-assistant cache-prompt no-cache-prompt single-turn list-devices log-timestamps log-prefix
  log-disable no-display-prompt simple-io lora-init-without-apply gpt-oss-20b-default gpt-oss-120b-default embd-gemma-default fim-qwen-1.5b-default
  fim-qwen-3b-default fim-qwen-7b-default fim-qwen-7b-spec fim-qwen-14b-spec fim-qwen-30b-default cnv no-cnv st i e`.split(/\s+/);

/** Flags that never take a value. */
export const llamaCppSwitches: ReadonlySet<string> = new Set(switchNames);

const plain =
  `temp top-k top-p min-p seed s repeat-penalty presence-penalty frequency-penalty dry-multiplier samplers grammar json-schema host port api-key api-key-file
  timeout to threads-http chat-template chat-template-file chat-template-kwargs reasoning-format reasoning-budget rope-scaling rope-scale rope-freq-base
  rope-freq-scale yarn-orig-ctx yarn-ext-factor lora lora-scaled control-vector slot-save-path slot-prompt-similarity sps cache-reuse models-dir models-max
  models-preset n-gen d n-depth pg o output prompt prompt-cache file f prio poll numa rpc defrag-thold dt keep log-file log-verbosity lv path
  ssl-key-file ssl-cert-file image audio pooling attention fit-target fitt fit-ctx fitc fit-print fitp spec-type spec-draft-n-max spec-draft-p-min
  spec-draft-p-split draft-p-min draft-p-split kv-unified-per-slot override-kv load-mode tools reasoning rea reasoning-effort`.split(/\s+/);

/** True for the names in the table of keys, the switches and what only chooses tokens. */
export function isLlamaCppFlag(keys: KeyTable): (name: string) => boolean {
  const known = new Set([...keys.keys.map(({ name }) => name), ...switchNames, ...plain, ...Object.values(llamaCppShort)]);
  return (name) => known.has(name);
}
