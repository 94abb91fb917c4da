/**
 * Names of Megatron-LM's command-line flags, from megatron/training/arguments.py (earlier megatron/arguments.py) and the
 * dataclasses its argument groups are generated from, of the releases v2.5 to core_v0.19 and commit d98e8a64, plus the
 * flags Megatron-DeepSpeed adds (commit 4efb479d). Data only: it tells a costless flag from a misspelt one.
 */
const switchNames = `
  account-for-embedding-in-pipeline-split account-for-loss-in-pipeline-split accumulate-allreduce-grads-in-fp32
  activation-func-fp8-input-store add-bias-linear add-qkv-bias adlr-autoresume align-grad-reduce allow-ambiguous-pad-tokens
  apply-layernorm-1p apply-query-key-layer-scaling apply-residual-connection-post-layernorm apply-rope-fusion apply-wd-to-qk-layernorm
  async-ckpt-use-cpu-shm async-save attention-output-gate attention-softmax-in-fp32 auto-detect-ckpt-format barrier-with-L1-time
  batch-invariant-mode batch-p2p-comm batch-p2p-sync bert-no-binary-head bf16 bias-activation-fusion bias-dropout-fusion
  biencoder-shared-query-context-model cache-mla-latents calc-ft-timeouts calculate-per-token-loss check-for-large-grads
  check-for-nan-in-loss check-for-spiky-loss checkpoint-activations checkpoint-in-cpu ckpt-assume-constant-structure
  ckpt-convert-update-legacy-dist-opt-format ckpt-drop-redundant-extra-state ckpt-fully-parallel-load
  ckpt-fully-parallel-load-per-rank-objects ckpt-fully-parallel-save ckpt-load-validate-sharding-integrity ckpt-pg-tensors-cache-create
  clone-scatter-output-in-embedding contigious-checkpointing cpu-offloading cpu-offloading-activations cpu-offloading-double-buffering
  cpu-offloading-retain-pinned-cpu-buffers cpu-offloading-weights cpu-optimizer create-all-gather-group create-moe-param-group
  cross-entropy-loss-fusion cuda-graph-retain-backward-graph cuda-graph-use-single-mempool data-parallel-random-init
  dataloader-defer-npy-index-mmap dataloader-fast-cache-load dataloader-inter-document-masking ddp-average-in-collective
  ddp-pad-buckets-for-high-nccl-busbw ddp-reduce-scatter-with-fp32-accumulation deallocate-pipeline-outputs decode-only-cuda-graphs
  decrease-batch-size-if-needed deepspeed deepspeed-activation-checkpointing defer-embedding-wgrad-compute
  delay-offload-until-cuda-graph delay-param-gather delay-wgrad-compute deterministic-mode dino-norm-last-layer
  disable-bf16-reduced-precision-matmul disable-bias-linear disable-chunked-prefill disable-gloo-process-groups disable-jit-fuser
  disable-mamba-mem-eff-path disable-msc disable-parameter-transpose-cache disable-straggler-on-startup disable-symmetric-registration
  disable-tp-comm-bulk-dgrad disable-tp-comm-bulk-wgrad disable-tp-comm-overlap-ag disable-tp-comm-overlap-rs disable-tp-comm-split-ag
  disable-tp-comm-split-rs dist-ckpt-optim-fully-reshardable dist-ckpt-save-pre-mcore-014 distrib-optim-fully-reshardable-mem-efficient
  distribute-checkpointed-activations distribute-saved-activations dsa-indexer-k-norm-fp32 dsa-indexer-rope-interleaved
  dsa-indexer-rotate-activation dsa-indexer-scoring-relu dsa-indexer-use-sparse-loss embed-layernorm enable-autocast
  enable-chunked-prefill enable-cuda-graph enable-experimental enable-ft-package enable-full-sharding-in-hsdp enable-mhc-connections
  enable-msc enable-one-logger eod-mask-loss ep-overlap-early-attn-memory-release exit-on-missing-checkpoint exit-signal-handler
  exit-signal-handler-for-dataloader exit-signal-handler-for-training external-cuda-graph fake-process-group filter-warnings fim-data
  fine-grained-activation-offloading finetune first-last-layers-bf16 flash-decode flight-recorder-dump-on-timeout
  flight-recorder-extra-dump-on-exec flight-recorder-include-only-active flight-recorder-include-stack-trace fp16 fp16-lm-cross-entropy
  fp32-residual-connection fp4-param fp4-param-gather fp8-dot-product-attention fp8-multi-head-attention fp8-output-proj fp8-param
  fp8-param-gather fp8-wgrad freeze-all-layers fsdp-db-use-persist-buf-on-alloc-fail fsdp-double-buffer fsdp-manual-registration
  full-validation fully-parallel-load fully-parallel-save fused-residual-rmsnorm fused-single-qkv-rope gated-linear-unit
  gdp-cutedsl-kernel grad-reduce-in-bf16 gradient-accumulation-fusion group-query-attention grpo-filter-groups-with-same-reward
  gtp-expert-remat-nccl-ub gtp-remat-nccl-ub gtp-remat-reduce-scatter-with-fp32-accumulation hetereogenous-dist-checkpoint
  heterogeneous-block-specs high-priority-a2a-comm-stream hybrid-context-parallel inference-cuda-graph-all-prefills
  inference-disable-ep-consensus inference-disable-triton-nvls-kernels inference-dynamic-batching
  inference-dynamic-batching-enable-prefix-caching inference-dynamic-batching-prefix-caching
  inference-dynamic-batching-track-generated-token-events inference-dynamic-batching-track-paused-request-events
  inference-fuse-tp-communication inference-moe-disable-fused-quant-kernels inference-rng-tracker inference-text-gen-server-logging
  inference-use-synchronous-zmq-collectives inference-wandb-logging init-method-xavier-uniform init-model-with-meta-device
  inprocess-empty-cuda-cache inprocess-restart is-hybrid-model keep-fp8-transpose-cache keep-fp8-transpose-cache-when-using-custom-fsdp
  langrl-external-server layernorm-zero-centered-gamma legacy-tokenizer load-main-params-from-ckpt load-model-opt-format load-optim
  load-rng log-batch-size-to-tensorboard log-device-memory-used log-energy log-l2-norm-grad-to-tensorboard log-loss-scale-to-tensorboard
  log-max-attention-logit log-memory-to-tensorboard log-num-zeros-in-grad log-params-norm log-progress log-runtime-to-tensorboard
  log-straggler log-throughput log-throughput-to-tensorboard log-timers-to-tensorboard log-validation-ppl-to-tensorboard
  log-world-size-to-tensorboard logits-load-ignore-errors manual-gc manual-gc-eval masked-softmax-fusion
  megatron-fsdp-enable-fine-grained-param-gather megatron-fsdp-max-pool-double-buffer memory-centric-tiled-linear
  memory-efficient-layer-norm mla-down-proj-fusion mmap-warmup mock-data moe-apply-probs-on-input moe-enable-deepep
  moe-enable-routing-replay moe-extended-tp moe-grouped-gemm moe-hybridep-pad-uneven-dispatch-inputs moe-layer-recompute
  moe-ncclep-zero-copy moe-pad-expert-input-to-capacity moe-pad-experts-for-cuda-graph-inference moe-paged-stash moe-per-layer-logging
  moe-permute-fusion moe-permute-fusion-into-hybridep moe-router-enable-expert-bias moe-router-force-load-balancing moe-router-fusion
  moe-router-padding-for-fp8 moe-router-padding-for-quantization moe-router-pre-softmax moe-routing-trace-capture-hidden-states
  moe-routing-trace-capture-logits moe-routing-trace-dump-weights moe-shared-expert-gate moe-shared-expert-overlap
  moe-single-grouped-bias moe-single-grouped-weight moe-token-dropping moe-use-grouped-tensor moe-use-legacy-grouped-gemm
  moe-use-upcycling mtp-detach-heads mtp-hsm mtp-standalone mtp-use-repeated-layer multi-latent-attention multiple-validation-sets
  muon-nesterov muon-no-split-qkv muon-use-nesterov muon-use-syrk nccl-all-reduce-for-prefill no-account-for-embedding-in-pipeline-split
  no-account-for-loss-in-pipeline-split no-activation-func-fp8-input-store no-add-bias-linear no-add-qkv-bias no-align-grad-reduce
  no-align-param-gather no-apply-query-key-layer-scaling no-apply-residual-connection-post-layernorm no-apply-rope-fusion
  no-async-ckpt-use-cpu-shm no-async-save no-async-tensor-model-parallel-allreduce no-attention-output-gate no-attention-softmax-in-fp32
  no-auto-detect-ckpt-format no-barrier-with-L1-time no-barrier-with-level-1-timing no-batch-invariant-mode no-batch-p2p-comm
  no-batch-p2p-sync no-bf16 no-bias-activation-fusion no-bias-dropout-fusion no-bias-gelu-fusion no-bias-swiglu-fusion
  no-cache-mla-latents no-calculate-per-token-loss no-check-for-nan-in-loss no-check-for-nan-in-loss-and-grad no-check-for-spiky-loss
  no-ckpt-assume-constant-structure no-ckpt-convert-update-legacy-dist-opt-format no-ckpt-fully-parallel-load-per-rank-objects
  no-ckpt-fully-parallel-save no-ckpt-load-validate-sharding-integrity no-ckpt-pg-tensors-cache-create
  no-clone-scatter-output-in-embedding no-cpu-offloading no-cpu-offloading-activations no-cpu-offloading-double-buffering
  no-cpu-offloading-retain-pinned-cpu-buffers no-cpu-offloading-weights no-create-attention-mask-in-dataloader
  no-cross-entropy-loss-fusion no-cuda-graph-retain-backward-graph no-cuda-graph-use-single-mempool no-data-parallel-random-init
  no-data-sharding no-deallocate-pipeline-outputs no-decode-only-cuda-graphs no-decrease-batch-size-if-needed
  no-defer-embedding-wgrad-compute no-delay-grad-reduce no-delay-offload-until-cuda-graph no-delay-wgrad-compute no-deterministic-mode
  no-disable-bf16-reduced-precision-matmul no-disable-jit-fuser no-disable-parameter-transpose-cache no-disable-straggler-on-startup
  no-dist-ckpt-optim-fully-reshardable no-dist-ckpt-save-pre-mcore-014 no-distrib-optim-fully-reshardable-mem-efficient
  no-distribute-saved-activations no-dsa-indexer-k-norm-fp32 no-dsa-indexer-rope-interleaved no-dsa-indexer-rotate-activation
  no-dsa-indexer-scoring-relu no-dsa-indexer-use-sparse-loss no-enable-autocast no-enable-chunked-prefill no-enable-cuda-graph
  no-enable-mhc-connections no-ep-overlap-early-attn-memory-release no-exit-on-missing-checkpoint no-exit-signal-handler
  no-exit-signal-handler-for-dataloader no-exit-signal-handler-for-training no-external-cuda-graph no-filter-warnings
  no-fine-grained-activation-offloading no-finetune no-first-last-layers-bf16 no-flash-decode no-flight-recorder-dump-on-timeout
  no-flight-recorder-extra-dump-on-exec no-flight-recorder-include-only-active no-flight-recorder-include-stack-trace no-fp16
  no-fp32-residual-connection no-fp4-param no-fp8-dot-product-attention no-fp8-multi-head-attention no-fp8-output-proj no-fp8-param
  no-fp8-wgrad no-full-validation no-fully-parallel-load no-fully-parallel-save no-fused-residual-rmsnorm no-fused-single-qkv-rope
  no-gated-linear-unit no-gdp-cutedsl-kernel no-gradient-accumulation-fusion no-gradient-reduce-div-fusion
  no-hetereogenous-dist-checkpoint no-heterogeneous-block-specs no-high-priority-a2a-comm-stream no-hybrid-context-parallel
  no-inference-cuda-graph-all-prefills no-inference-disable-ep-consensus no-inference-disable-triton-nvls-kernels
  no-inference-dynamic-batching no-inference-dynamic-batching-enable-prefix-caching no-inference-dynamic-batching-prefix-caching
  no-inference-dynamic-batching-track-generated-token-events no-inference-dynamic-batching-track-paused-request-events
  no-inference-fuse-tp-communication no-inference-moe-disable-fused-quant-kernels no-inference-rng-tracker
  no-inference-text-gen-server-logging no-inference-use-synchronous-zmq-collectives no-inference-wandb-logging
  no-init-model-with-meta-device no-initialization no-is-hybrid-model no-langrl-external-server no-layernorm-zero-centered-gamma
  no-lazy-mpu-init no-load-main-params-from-ckpt no-load-optim no-load-rng no-log-device-memory-used no-log-energy
  no-log-l2-norm-grad-to-tensorboard no-log-learnig-rate-to-tensorboard no-log-loss-scale-to-tensorboard no-log-max-attention-logit
  no-log-memory-to-tensorboard no-log-num-zeros-in-grad no-log-params-norm no-log-progress no-log-runtime-to-tensorboard
  no-log-straggler no-log-throughput no-log-throughput-to-tensorboard no-log-timers-to-tensorboard no-log-validation-ppl-to-tensorboard
  no-log-world-size-to-tensorboard no-manual-gc no-manual-gc-eval no-masked-softmax-fusion no-memory-efficient-layer-norm
  no-mla-down-proj-fusion no-mmap-bin-files no-moe-apply-probs-on-input no-moe-enable-deepep no-moe-enable-routing-replay
  no-moe-grouped-gemm no-moe-hybridep-pad-uneven-dispatch-inputs no-moe-layer-recompute no-moe-ncclep-zero-copy
  no-moe-pad-expert-input-to-capacity no-moe-pad-experts-for-cuda-graph-inference no-moe-paged-stash no-moe-per-layer-logging
  no-moe-permute-fusion no-moe-permute-fusion-into-hybridep no-moe-router-enable-expert-bias no-moe-router-force-load-balancing
  no-moe-router-fusion no-moe-router-padding-for-fp8 no-moe-router-padding-for-quantization no-moe-router-pre-softmax
  no-moe-routing-trace-capture-hidden-states no-moe-routing-trace-capture-logits no-moe-routing-trace-dump-weights
  no-moe-shared-expert-gate no-moe-shared-expert-overlap no-moe-single-grouped-bias no-moe-single-grouped-weight no-moe-token-dropping
  no-moe-use-grouped-tensor no-mtp-detach-heads no-mtp-hsm no-mtp-standalone no-mtp-use-repeated-layer no-multi-latent-attention
  no-multiple-validation-sets no-nccl-all-reduce-for-prefill no-nvtx-ranges no-offset-sampling-seed-by-dp-rank no-one-logger
  no-output-bert-embeddings no-overlap-dispatch-backward-with-experts-wgrad no-overlap-moe-expert-parallel-comm no-overlap-p2p-comm
  no-overlap-p2p-comm-warmup-flush no-overlap-p2p-communication no-override-opt-param-scheduler no-pad-vocab-size
  no-perform-initialization no-persist-layer-norm no-pin-cpu-grads no-pin-cpu-params no-pipeline-parallel no-position-embedding
  no-pytorch-profiler-collect-callstack no-pytorch-profiler-collect-chakra no-pytorch-profiler-collect-shapes no-qk-clip no-qk-l2-norm
  no-qk-layernorm no-query-key-layer-scaling no-record-memory-history no-record-shapes no-replication no-return-log-probs
  no-rl-calculate-intra-group-similarity no-rl-inference-logprobs-is-correction no-rl-offload-inference-model-weights-when-idle
  no-rl-offload-kv-cache-during-training no-rl-partial-rollouts no-rl-persist-cuda-graphs no-rl-remove-kv-cache-during-training
  no-rl-reset-cuda-graphs no-rl-skip-bos-token no-rl-training-cuda-graphs no-rl-use-sequence-packing no-rl-verify-model-weights-swap
  no-rope-fusion no-rotary-interleaved no-save-optim no-save-rng no-save-tokenizer-assets no-scatter-gather-tensors-in-pipeline
  no-sequence-parallel no-set-level-for-all-loggers no-skip-prompt-log-probs no-skip-train no-strict-fsdp-dtensor-load no-te-rng-tracker
  no-test-mode no-tokenizer-hf-no-include-special-tokens no-tokenizer-hf-no-use-fast no-tokenizer-sentencepiece-ignore-extra-whitespaces
  no-tokenizer-sentencepiece-legacy no-tp-comm-atomic-ag no-tp-comm-atomic-rs no-tp-comm-bulk-dgrad no-tp-comm-bulk-wgrad
  no-tp-comm-overlap no-tp-comm-overlap-ag no-tp-comm-overlap-disable-fc1 no-tp-comm-overlap-disable-qkv no-tp-comm-overlap-rs
  no-tp-comm-overlap-rs-dgrad no-tp-comm-split-ag no-tp-comm-split-rs no-tp-only-amax-red no-trust-remote-code no-use-checkpoint-args
  no-use-checkpoint-opt-param-scheduler no-use-cpu-initialization no-use-flashinfer-fused-rope no-use-fused-weighted-squared-relu
  no-use-gigatoken no-use-gloo-process-groups no-use-grouped-gemm-for-dense-mlp no-use-grouped-gemm-for-shared-expert
  no-use-inference-optimized-layers no-use-kitchen no-use-kitchen-attention no-use-layer-wise-param-layout no-use-legacy-static-engine
  no-use-mamba-mem-eff-path no-use-megatron-fsdp no-use-mp-args-from-checkpoint-args no-use-mup no-use-nsys-profiler
  no-use-persistent-ckpt-worker no-use-pytorch-profiler no-use-ring-exchange-p2p no-use-sharp no-use-te-activation-func
  no-use-te-rng-tracker no-use-tokenizer-model-from-checkpoint-args no-use-torch-fsdp2 no-use-tp-pp-dp-mapping
  no-use-transformer-engine-op-fuser no-variable-seq-lengths no-verify-integrity no-yarn-correction-range-round-to-int nvtx-ranges
  offset-sampling-seed-by-dp-rank one-logger-async openai-gelu optimizer-cpu-offload optimizer-cuda-graph otel-enabled
  output-bert-embeddings overlap-cpu-optimizer-d2h-h2d overlap-dispatch-backward-with-experts-wgrad overlap-grad-reduce
  overlap-moe-expert-parallel-comm overlap-p2p-comm overlap-p2p-comm-warmup-flush overlap-p2p-communication-warmup-flush
  overlap-param-gather overlap-param-gather-with-optimizer-step override-lr-scheduler override-opt-param-scheduler pad-vocab-size
  partition-activations perform-initialization perform-rl-step persist-layer-norm profile profile-backward
  pytorch-profiler-collect-callstack pytorch-profiler-collect-chakra pytorch-profiler-collect-shapes qk-clip qk-l2-norm qk-layernorm
  quick-geglu recompute-activations record-memory-history record-shapes renormalize-blend-weights replication reset-attention-mask
  reset-position-ids retriever-score-scaling retro-add-retriever retro-no-verify-neighbor-count retro-return-doc-ids return-log-probs
  reuse-grad-buf-for-mxfp8-param-ag rl-calculate-intra-group-similarity rl-durable-rollout-bank rl-inference-logprobs-is-correction
  rl-offload-inference-model-weights-when-idle rl-offload-kv-cache-during-training rl-offload-optimizer-during-inference
  rl-partial-rollouts rl-persist-cuda-graphs rl-profile rl-remove-kv-cache-during-training rl-reset-cuda-graphs rl-skip-bos-token
  rl-training-cuda-graphs rl-use-sequence-packing rl-verify-model-weights-swap rotary-interleaved run-workload-inspector-server
  save-optim save-rng save-tokenizer-assets sequence-parallel set-level-for-all-loggers sft skip-prompt-log-probs skip-train
  split-transformers squared-relu standalone-embedding-stage strict-fsdp-dtensor-load swiglu synchronize-each-layer te-rng-tracker
  test-mode tokenizer-hf-include-special-tokens tokenizer-hf-no-include-special-tokens tokenizer-hf-no-use-fast tokenizer-hf-use-fast
  tokenizer-sentencepiece-ignore-extra-whitespaces tokenizer-sentencepiece-legacy torch-fsdp2-no-reshard-after-forward tp-comm-atomic-ag
  tp-comm-atomic-rs tp-comm-bulk-dgrad tp-comm-bulk-wgrad tp-comm-overlap tp-comm-overlap-ag tp-comm-overlap-disable-fc1
  tp-comm-overlap-disable-qkv tp-comm-overlap-rs tp-comm-overlap-rs-dgrad tp-comm-split-ag tp-comm-split-rs tp-only-amax-red
  trust-remote-code universal-checkpoint untie-embeddings-and-output-weights use-checkpoint-args use-checkpoint-lr-scheduler
  use-checkpoint-opt-param-scheduler use-contiguous-buffers-in-ddp use-cpu-initialization use-custom-fsdp use-dist-ckpt
  use-distributed-optimizer use-flash-attn use-flashinfer-fused-rope use-fused-weighted-squared-relu use-gigatoken
  use-gloo-process-groups use-grouped-gemm-for-dense-mlp use-grouped-gemm-for-shared-expert use-inference-optimized-layers use-kitchen
  use-kitchen-attention use-legacy-models use-legacy-static-engine use-mamba-mem-eff-path use-mcore-models use-megatron-fsdp
  use-mp-args-from-checkpoint-args use-mup use-nccl-ub use-nsys-profiler use-one-sent-docs use-persistent-ckpt-worker use-pin-memory
  use-precision-aware-optimizer use-pytorch-profiler use-ring-exchange-p2p use-rope-scaling use-rotary-position-embeddings
  use-same-sampling-seed-across-dp-ranks use-sharp use-te-activation-func use-te-rng-tracker use-tokenizer-model-from-checkpoint-args
  use-torch-fsdp2 use-torch-optimizer-for-cpu-offload use-tp-pp-dp-mapping use-transformer-engine-op-fuser variable-seq-lengths
  verify-integrity vision-pretraining yarn-correction-range-round-to-int
  freeze-LM freeze-ViT disable-vision-class-token pixel-shuffle use-tiling use-thumbnail use-te enable-expert-tensor-parallelism disable-moe-token-dropping use-tile-tags disable-moe-top2-2nd-expert-sampling recompute-vision ds-sequence-parallel-fpdt ds-sequence-parallel-fpdt-offloading allow-missing-vision-projection-checkpoint
`;

const valueNames = `
  DDP-impl activation-func activation-func-clamp-value activation-offload-fraction adam-beta1 adam-beta2 adam-eps
  adlr-autoresume-interval app-tag-run-name app-tag-run-version async-ckpt-cpu-priority async-ckpt-io-priority async-strategy
  attention-backend attention-dropout attention-head-type autocast-dtype batch-invariant-backend batch-size bert-embedder-type bert-load
  beta-fast beta-slow biencoder-projection-dim block-data-path chat-template check-weight-hash-across-dp-replicas-interval checkpoint
  checkpoint-num-layers ckpt-convert-format ckpt-convert-save ckpt-format ckpt-fully-parallel-load-exchange-algo
  ckpt-fully-parallel-load-process-group ckpt-fully-parallel-save-process-group ckpt-pg-tensors-cache-path ckpt-step classes-fraction
  clip-grad config-logger-dir context-parallel-size cp-comm-type cpu-offloading-num-layers cross-entropy-fusion-impl cuda-graph-impl
  cuda-graph-modules cuda-graph-scope cuda-graph-warmup-steps data-args-path data-cache-path data-impl data-parallel-sharding-strategy
  data-path data-per-class-fraction dataloader-type ddp ddp-bucket-size ddp-num-buckets
  ddp-param-name-patterns-for-fp32-local-accumulation decoder-first-pipeline-num-layers decoder-last-pipeline-num-layers
  decoder-num-layers decoder-seq-length decoupled-lr decoupled-min-lr deepspeed-config delta-offload-bytes-across-pp-ranks
  dino-bottleneck-size dino-freeze-last-layer dino-head-hidden-size dino-local-crops-number dino-local-img-size dino-teacher-temp
  dino-warmup-teacher-temp dino-warmup-teacher-temp-epochs dist dist-ckpt-format dist-ckpt-strictness dist-ckpt-workers
  distributed-backend distributed-timeout-minutes distributed-timeout-seconds-after-init ds-sequence-parallel-size dsa-indexer-head-dim
  dsa-indexer-k-norm-epsilon dsa-indexer-loss-coeff dsa-indexer-n-heads dsa-indexer-skip-topk-offset dsa-indexer-topk
  dsa-indexer-topk-freq dsa-kernel-backend dump-param-to-param-group-map embedding-init-method embedding-init-method-std embedding-path
  empty-unused-memory-level encoder-num-layers encoder-pipeline-model-parallel-size encoder-seq-length
  encoder-tensor-model-parallel-size end-weight-decay error-injection-rate error-injection-type eval-global-batch-size eval-interval
  eval-iters eval-micro-batch-size evidence-data-path exit-duration-in-mins exit-interval exit-signal exp-avg-dtype exp-avg-sq-dtype
  experimental-attention-variant experimental-attention-variant-loss-scale-func expert-gtp-weight-remat-size expert-model-parallel-size
  expert-tensor-parallel-num-weight-shards expert-tensor-parallel-size ffn-hidden-size fim-eod-token fim-fragment-rate fim-middle-token
  fim-no-prefix fim-pad-token fim-prefix-token fim-rate fim-split-sample fim-spm-rate fim-suffix-token finalize-model-grads-func
  fine-grained-offloading-max-inflight-offloads flash-attention-version flight-recorder-dump-path flight-recorder-trace-buffer-size fp4
  fp4-format fp4-quantizer-factory fp4-recipe fp8 fp8-amax-compute-algo fp8-amax-history-len fp8-format fp8-interval fp8-margin
  fp8-quantizer-factory fp8-recipe ft-num-warmup-iters gdp-num-chunk-states-to-recompute gdp-num-householder global-batch-size
  glu-linear-offset gpu-sniff-test-interval grad-scale-func grad-sync-func grpo-clamp-eps-lower grpo-clamp-eps-upper
  grpo-default-temperature grpo-default-top-p grpo-entropy-term-weight grpo-group-size grpo-iterations grpo-kl-beta
  grpo-prompts-per-step gtp-remat-opt-in-modules gtp-weight-remat-size head-lr-mult heterogeneous-layers-config-encoded-json
  heterogeneous-layers-config-path hidden-dropout hidden-size hierarchical-context-parallel-sizes high-priority-stream-groups
  hybrid-attention-ratio hybrid-layer-pattern hybrid-mlp-ratio hybrid-override-pattern hysteresis ict-head-size ict-load img-dim img-h
  img-w indexer-batch-size indexer-log-interval inference inference-batch-times-seqlen-threshold inference-coordinator-port
  inference-cuda-graph-max-tokens inference-cuda-graph-scope inference-dynamic-batching-async-sched-mode
  inference-dynamic-batching-block-size inference-dynamic-batching-buffer-guaranteed-fraction
  inference-dynamic-batching-buffer-overflow-factor inference-dynamic-batching-buffer-size-gb inference-dynamic-batching-chunk-size
  inference-dynamic-batching-cuda-graph-max-tokens inference-dynamic-batching-cuda-graph-mixed-prefill-count
  inference-dynamic-batching-cuda-graph-sizing-distribution inference-dynamic-batching-logprobs-mode
  inference-dynamic-batching-mamba-memory-ratio inference-dynamic-batching-max-requests inference-dynamic-batching-max-requests-override
  inference-dynamic-batching-max-tokens inference-dynamic-batching-max-tokens-override inference-dynamic-batching-num-cuda-graphs
  inference-dynamic-batching-paused-buffer-size-gb inference-dynamic-batching-prefix-caching-coordinator-policy
  inference-dynamic-batching-prefix-caching-eviction-policy inference-dynamic-batching-prefix-caching-mamba-gb
  inference-dynamic-batching-prefix-caching-routing-alpha inference-dynamic-batching-sampling-backend
  inference-dynamic-batching-unified-memory-level inference-grouped-gemm-backend inference-logging-step-interval
  inference-max-batch-size inference-max-requests inference-max-seq-length inference-moe-token-dispatcher-type inference-sampling-seed
  inference-shards init-method init-method-std initial-loss-scale inprocess-active-world-size inprocess-barrier-timeout
  inprocess-completion-timeout inprocess-granularity inprocess-hard-timeout inprocess-heartbeat-interval inprocess-heartbeat-timeout
  inprocess-last-call-wait inprocess-max-iterations inprocess-monitor-process-interval inprocess-monitor-thread-interval
  inprocess-progress-watchdog-interval inprocess-soft-timeout inprocess-termination-grace-time iter-per-epoch iterations-to-skip
  kill-switch-path kitchen-attention-backend kitchen-config-file kitchen-recipe-number kv-channels kv-lora-rank langrl-env-config
  langrl-inference-server-conversation-template langrl-inference-server-type layernorm-epsilon lazy-mpu-init linear-attention-freq
  linear-conv-kernel-dim linear-key-head-dim linear-num-key-heads linear-num-value-heads linear-value-head-dim lion-beta1 lion-beta2
  load local-rank log-interval log-memory-interval logger logging-level logits-load-decode-threads logits-load-dir
  logits-load-kd-loss-alpha logits-load-msc-prefetch-depth logits-load-prefetch-factor logits-save-dir logits-save-dtype
  logits-save-top-k logits-save-top-p logits-save-top-p-min-k loss-scale loss-scale-window lr lr-decay-iters lr-decay-samples
  lr-decay-steps lr-decay-style lr-warmup-fraction lr-warmup-init lr-warmup-iters lr-warmup-samples lr-warmup-steps lr-wsd-decay-iters
  lr-wsd-decay-samples lr-wsd-decay-style main-grads-dtype main-params-dtype make-vocab-size-divisible-by mamba-head-dim
  mamba-inference-conv-states-dtype mamba-inference-ssm-states-dtype mamba-num-groups mamba-num-heads mamba-state-dim
  mamba-training-ssm-states-dtype manual-gc-interval mask-factor mask-prob mask-type max-position-embeddings max-seqlen-per-dp-cp-rank
  max-tokens-to-oom megatron-fsdp-grad-comm-dtype megatron-fsdp-main-grads-dtype megatron-fsdp-main-params-dtype megatron-fsdp-version
  memory-keys memory-snapshot-path merge-file metadata-path mhc-init-gating-factor mhc-num-residual-streams mhc-recompute-layer-num
  mhc-sinkhorn-iterations micro-batch-size microbatch-group-size-per-virtual-pipeline-stage microbatch-group-size-per-vp-stage
  mid-level-dataset-surplus min-loss-scale min-lr min-offloaded-tensor-size mlp-chunks-for-prefill mlp-chunks-for-training mlp-type
  model model-parallel-size modules-to-filter moe-aux-loss-coeff moe-combine-bwd-dtype moe-deepep-num-sms moe-dispatch-fwd-dtype
  moe-eval-capacity-factor moe-expert-capacity-factor moe-expert-parallel-size moe-expert-rank-capacity-factor moe-ffn-hidden-size
  moe-flex-dispatcher-backend moe-flex-dispatcher-num-sms moe-grad-scale-func moe-hybridep-num-blocks-permute
  moe-hybridep-num-blocks-unpermute moe-hybridep-num-sms moe-hybridep-num-sms-preprocessing moe-input-jitter-eps moe-latent-size
  moe-layer-freq moe-loss-coeff moe-min-capacity moe-mlp-glu-interleave-size moe-paged-stash-buffer-size-factor-cpu
  moe-paged-stash-buffer-size-factor-cuda moe-paged-stash-page-size moe-router-bias-update-rate moe-router-dtype moe-router-force-biased
  moe-router-group-topk moe-router-load-balancing-type moe-router-num-groups moe-router-quantile-balancing-ema moe-router-score-function
  moe-router-topk moe-router-topk-limited-devices moe-router-topk-scaling-factor moe-routing-trace-max-training-iters
  moe-routing-trace-path moe-shared-expert-glu-interleave-size moe-shared-expert-intermediate-size moe-token-dispatcher-type
  moe-token-drop-policy moe-train-capacity-factor moe-upcycling-granularity moe-z-loss-coeff most-recent-k mrope-section mscale
  mscale-all-dim mtp-grad-scale-func mtp-hybrid-override-pattern mtp-loss-scaling-factor mtp-num-layers muon-coefficient-type
  muon-extra-scale-factor muon-fp32-matmul-prec muon-momentum muon-num-ns-steps muon-scalar-optimizer muon-scale-mode muon-tp-mode
  mup-attn-scale-power mup-base-head-dim mup-base-hidden-size mup-embedding-mult mup-output-mult mup-width-mult
  nccl-communicator-config-path no-rope-freq no-sync-func no-weight-decay-cond-type non-persistent-ckpt-type
  non-persistent-global-ckpt-dir non-persistent-local-ckpt-algo non-persistent-local-ckpt-dir non-persistent-save-interval norm-epsilon
  normalization null-tokenizer-eod-id null-tokenizer-pad-id num-attention-heads num-channels num-classes num-dataset-builder-threads
  num-distributed-optimizer-instances num-experts num-key-value-heads num-layers num-layers-at-end-in-bf16 num-layers-at-start-in-bf16
  num-layers-in-first-pipeline-stage num-layers-in-last-pipeline-stage num-layers-per-virtual-pipeline-stage
  num-microbatches-with-partial-activation-checkpoints num-moe-experts num-query-groups num-speculative-tokens
  num-virtual-stages-per-pipeline-rank num-workers object-storage-cache-path offload-modules one-logger-entity one-logger-project
  one-logger-run-name onnx-safe optimizer optimizer-offload-fraction original-max-position-embeddings otel-service-name otel-span-groups
  outer-dp-sharding-strategy output-layer-init-method output-logit-dtype override-ckpt-iteration pad-vocab-size-to padded-vocab-size
  param-sync-func params-dtype patch-dim per-dataset-sequences-path per-split-data-args-path persistent-save-interval
  phase-transition-iterations pipeline-dtype pipeline-model-parallel-comm-backend pipeline-model-parallel-layout
  pipeline-model-parallel-size pipeline-model-parallel-split-rank position-embedding-type pp-partition-method pretrained-checkpoint
  profile-ranks profile-step-end profile-step-start profiling q-lora-rank qk-clip-alpha qk-clip-threshold qk-head-dim
  qk-pos-emb-head-dim quant-recipe query-in-block-prob rampup-batch-size recompute-granularity recompute-method recompute-modules
  recompute-num-layers refit-method relative-attention-max-distance relative-attention-num-buckets remote-device replication-factor
  replication-jump rerun-mode rerun-state-machine result-rejected-tracker-filename retriever-report-topk-accuracies retriever-seq-length
  retro-attention-gate retro-cyclic-train-iters retro-encoder-attention-dropout retro-encoder-hidden-dropout retro-encoder-layers
  retro-num-neighbors retro-num-retrieved-chunks retro-project-dir retro-workdir rl-consumption-granularity rl-default-temperature
  rl-default-top-k rl-default-top-p rl-generation-batch-size rl-generation-lag rl-importance-sampling-truncation-coef
  rl-inference-expert-model-parallel-size rl-inference-expert-tensor-model-parallel-size rl-inference-model-unified-memory-level
  rl-inference-parsers rl-inference-pipeline-model-parallel-size rl-inference-tensor-model-parallel-size rl-kv-cache-management-mode
  rl-max-inflight-requests rl-num-parallel-generation-batches rl-num-parallel-generations rl-parallel-generation-tasks rl-profile-dir
  rl-prompts-per-eval rl-rollout-bank-dir rl-rollout-bank-max-bytes rl-sequence-packing-algo rl-sequence-packing-bin-size
  rl-sequence-packing-max-sequences-per-bin rl-submission-granularity rng rope-scaling-factor rope-type rotary-base rotary-percent
  rotary-scaling-factor rotary-seq-len-interpolation-factor runtime-time-unit s3-cache-path sample-rate save save-activations-interval
  save-config-filepath save-dgrads-interval save-interval save-params-interval save-retain-interval save-tokens-per-expert-interval
  save-wgrads-interval scheduler seed seq-length sft-tokenizer-prompt-format sgd-momentum sharp-enabled-group short-seq-prob
  softmax-scale softmax-type spec special-tokens split start-eval-at-iter start-weight-decay step-batch-size-schedule straggler
  straggler-ctrlr-port straggler-minmax-count suggested-communication-unit-size swin-backbone-type symmetric-ar-type
  te-precision-config-file tensor-model-parallel-size tensor-parallel-num-weight-shards tensorboard-dir tensorboard-log-interval
  tensorboard-queue-size test-data-path throughput-window-size tiktoken-num-special-tokens tiktoken-pattern tiktoken-special-tokens
  timers timing-log-level timing-log-option titles-data-path tokenizer tokenizer-metadata tokenizer-model tokenizer-name-or-path
  tokenizer-special-tokens tokenizer-type topk tp-comm-bootstrap-backend tp-comm-overlap-cfg train train-data-path train-iters
  train-samples train-sync-interval transformer-impl v-head-dim valid-data-path validation validation-set-names
  virtual-pipeline-model-parallel-size vision-backbone-type vision-pretraining-type vocab-extra-ids vocab-file vocab-size wandb-entity
  wandb-exp-name wandb-project wandb-save-dir warmup wd-incr-steps weight-decay weight-decay-incr-style wgrad-deferral-limit
  window-attn-skip-freq window-size wsd-decay-steps yaml-cfg yarn-beta-fast yarn-beta-slow yarn-original-max-position-embeddings
  zero-allgather-bucket-size zero-reduce-scatter zero-stage
  expert-interval language-model-type vision-model-type max-num-tiles num-frames dataset-config prompt-path tokenizer-prompt-format dataloader-save linear-attention-type dataloader-seq-length vision-projection-type ds-sequence-parallel-fpdt-chunk-size image-tag-type
`;

const split = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/).filter((name) => name !== ''));

/** Flags that never take a value, so that a word after one belongs to nothing. */
export const megatronSwitches: ReadonlySet<string> = split(switchNames);

const megatronValues: ReadonlySet<string> = split(valueNames);

/** True for a flag of any Megatron-LM release. `name` without dashes in front, with dashes inside. */
export function isMegatronFlag(name: string): boolean {
  return megatronSwitches.has(name) || megatronValues.has(name);
}
