/**
 * Names of `vllm serve` flags: EngineArgs and the OpenAI server's own (vllm/engine/arg_utils.py at 001999d2 and the
 * config modules at 840e7972 and 002f10e0, and both of releases 0.6.3 to 0.33; vllm/entrypoints/openai/cli_args.py). Needed
 * to expand the prefixes argparse takes and to tell a costless flag from a misspelt one.
 */
const names = `
  model served-model-name tokenizer task runner convert skip-tokenizer-init tokenizer-mode trust-remote-code
  allowed-local-media-path allowed-media-domains download-dir load-format config-format dtype kv-cache-dtype
  kv-cache-dtype-skip-layers seed max-model-len distributed-executor-backend pipeline-parallel-size tensor-parallel-size
  data-parallel-size data-parallel-size-local data-parallel-rank data-parallel-start-rank data-parallel-address
  data-parallel-rpc-port data-parallel-backend data-parallel-hybrid-lb data-parallel-external-lb enable-expert-parallel
  all2all-backend enable-eplb eplb-config expert-placement-strategy num-redundant-experts decode-context-parallel-size
  prefill-context-parallel-size max-parallel-loading-workers block-size enable-prefix-caching no-enable-prefix-caching
  prefix-caching-hash-algo disable-sliding-window use-v2-block-manager swap-space cpu-offload-gb gpu-memory-utilization
  kv-cache-memory-bytes max-num-batched-tokens max-num-seqs max-num-partial-prefills max-long-partial-prefills
  long-prefill-token-threshold max-logprobs logprobs-mode disable-log-stats disable-log-requests enable-log-requests
  no-enable-log-requests revision code-revision rope-scaling rope-theta hf-token hf-overrides hf-config-path
  tokenizer-revision quantization enforce-eager no-enforce-eager max-seq-len-to-capture disable-custom-all-reduce
  tokenizer-pool-size tokenizer-pool-type tokenizer-pool-extra-config limit-mm-per-prompt mm-processor-kwargs
  mm-processor-cache-gb mm-encoder-tp-mode media-io-kwargs interleave-mm-strings skip-mm-profiling
  disable-mm-preprocessor-cache enable-lora enable-lora-bias max-loras max-lora-rank fully-sharded-loras
  lora-extra-vocab-size lora-dtype max-cpu-loras lora-modules prompt-adapters device num-scheduler-steps
  multi-step-stream-outputs ray-workers-use-nsight num-gpu-blocks-override num-lookahead-slots model-loader-extra-config
  ignore-patterns preemption-mode scheduler-delay-factor enable-chunked-prefill no-enable-chunked-prefill
  disable-chunked-mm-input disable-hybrid-kv-cache-manager async-scheduling no-async-scheduling stream-interval
  guided-decoding-backend structured-outputs-config logits-processor-pattern logits-processors speculative-model
  speculative-config num-speculative-tokens speculative-draft-tensor-parallel-size otlp-traces-endpoint
  collect-detailed-traces disable-async-output-proc scheduling-policy scheduler-cls override-neuron-config
  override-pooler-config pooler-config compilation-config worker-cls worker-extension-cls kv-transfer-config
  kv-events-config kv-offloading-size kv-offloading-backend ec-transfer-config additional-config generation-config
  override-generation-config enable-sleep-mode model-impl calculate-kv-scales mamba-cache-dtype mamba-ssm-cache-dtype
  reasoning-parser enable-reasoning tool-call-parser tool-parser-plugin enable-auto-tool-choice chat-template
  chat-template-content-format response-role host port uds uvicorn-log-level allow-credentials allowed-origins
  allowed-methods allowed-headers api-key ssl-keyfile ssl-certfile ssl-ca-certs ssl-cert-reqs root-path middleware
  return-tokens-as-token-ids disable-frontend-multiprocessing enable-request-id-headers disable-fastapi-docs
  enable-prompt-tokens-details enable-server-load-tracking enable-force-include-usage disable-uvicorn-access-log
  api-server-count headless config log-config-file max-log-len nnodes node-rank master-addr master-port enable-dbo
  dbo-decode-token-threshold enable-prompt-adapter use-tqdm-on-load cuda-graph-sizes kv-sharing-fast-prefill
  enable-return-routed-experts aggregate-engine-logging language-model-only mm-encoder-only attention-backend
  safetensors-load-strategy pt-load-map-location show-hidden-metrics-for-version engine-use-ray
  allow-deprecated-quantization attention-config aux-output-config cp-kv-cache-interleave-size
  cpu-distributed-timeout-seconds cpu-offload-params cudagraph-capture-sizes cudagraph-metrics custom-histogram-buckets
  data-parallel-multi-port-external-lb dbo-prefill-token-threshold dcp-comm-backend dcp-kv-cache-interleave-size
  dcp-q-replicate default-mm-loras device-ids device-memory-utilization diffusion-config disable-cascade-attn
  disable-logprobs-during-spec-decoding disable-nccl-for-dp-synchronization distributed-timeout-seconds dp-sync-interval
  ec-manager-config elastic-ep-max-dp-size enable-batch-sharded-sampling enable-cumem-allocator enable-elastic-ep
  enable-ep-weight-filter enable-fault-tolerance enable-flashinfer-autotune enable-hc-sp enable-layerwise-nvtx-tracing
  enable-logging-iteration-details enable-mamba-cache-stochastic-rounding enable-mamba-shared-prefix-checkpoint
  enable-mfu-metrics enable-mixed-moe-lora-format enable-mm-embeds enable-moe-shared-loras
  enable-multimodal-encoder-data-parallel enable-nccl-comm-suspend enable-prompt-embeds enable-shm-tensor-arena
  enable-tower-connector-lora enable-trace-replay engram-config eplb-log-balancedness eplb-step-interval
  eplb-window-size fail-on-environ-validation fault-tolerance-config gdn-prefill-backend
  guided-decoding-disable-additional-properties guided-decoding-disable-any-whitespace guided-decoding-disable-fallback
  io-processor-plugin ir-op-priority jit-monitor-mode jit-monitor-verbose kda-decode-backend kda-prefill-backend
  kernel-config kv-cache-metrics kv-cache-metrics-sample linear-backend log-level logging-config
  long-lora-scaling-factors long-prefill-token-threshold-adaptive lora-target-modules mamba-backend mamba-block-size
  mamba-cache-mode mamba-cache-philox-rounds mamba-ssu-algorithm max-context-len-to-capture max-cudagraph-capture-size
  max-lora-cls-labels max-num-active-seqs max-num-queued-reqs max-num-queued-tokens max-num-scheduled-tokens
  max-prompt-adapter-token max-prompt-adapters mm-device-do-normalize mm-encoder-attn-backend mm-encoder-attn-dtype
  mm-encoder-fp8-scale-path mm-encoder-fp8-scale-save-margin mm-encoder-fp8-scale-save-path mm-hasher-algorithm
  mm-ipc-gpu-memory-gb mm-processor-cache-type mm-processor-device mm-shm-cache-max-object-size-mb mm-tensor-ipc
  model-class-overrides moe-backend monokernel ngram-prompt-lookup-max ngram-prompt-lookup-min numa-bind numa-bind-cpus
  numa-bind-nodes offload-backend offload-group-size offload-num-in-group offload-params offload-prefetch-step
  optimization-level override-attention-dtype per-request-spec-decode-metrics performance-mode prefill-schedule-interval
  prefix-cache-retention-interval prefix-match-unit profiler-config qlora-adapter-name-or-path quantization-config
  quantization-param-path reasoning-config reasoning-parser-plugin renderer-num-workers replayssm-buffer-len
  return-sampling-mask safetensors-prefetch-block-size safetensors-prefetch-num-threads scheduler-reserve-full-isl
  shutdown-timeout sleep-mode-backend sleep-mode-offload-cudagraph sleep-preserve-parameter-names
  sparse-indexer-topk-backend spec-decoding-acceptance-method spec-method spec-model spec-tokens specialize-active-lora
  speculative-disable-by-batch-size speculative-disable-mqa-scorer speculative-max-model-len
  speculative-model-quantization swa-bounded-replay typical-acceptance-sampler-posterior-alpha
  typical-acceptance-sampler-posterior-threshold ubatch-size use-fp64-gumbel use-replayssm video-pruning-method
  video-pruning-rate watchdog-config watermark watermark-config weight-transfer-config worker-use-ray
`;

const known: ReadonlySet<string> = new Set(names.split(/\s+/).filter((name) => name !== ''));

/** Flags that never take a value. */
export const vllmSwitches: ReadonlySet<string> = new Set(
  [...known].filter((name) =>
    /^(enable-|no-|disable-|enforce-eager$|trust-remote-code$|headless$|skip-|async-scheduling$|fully-sharded)/.test(name),
  ),
);

export function isVllmFlag(name: string): boolean {
  return known.has(name.split('.', 1)[0] ?? name);
}

/** argparse takes any prefix that fits one flag only; when several fit the name stays as it is. */
export function expandVllmFlag(name: string): string {
  if (known.has(name) || name.length < 3) return name;
  const fits = [...known].filter((one) => one.startsWith(name));
  const [only] = fits;
  return fits.length === 1 && only !== undefined ? only : name;
}
