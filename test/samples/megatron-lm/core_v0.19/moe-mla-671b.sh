#!/bin/bash
# A sparse model with latent attention on 256 GPUs, in the manner of Megatron-LM's recipes for it.
export CUDA_DEVICE_MAX_CONNECTIONS=1
NNODES=32
GPUS_PER_NODE=8

MODEL_ARGS=(
    --use-mcore-models
    --num-layers 61
    --hidden-size 7168
    --ffn-hidden-size 18432
    --num-attention-heads 128
    --seq-length 4096
    --max-position-embeddings 4096
    --position-embedding-type rope
    --normalization RMSNorm
    --swiglu
    --disable-bias-linear
    --untie-embeddings-and-output-weights
    --qk-layernorm
    --multi-latent-attention
    --q-lora-rank 1536
    --kv-lora-rank 512
    --mtp-num-layers 1
    --tokenizer-type HuggingFaceTokenizer
    --vocab-size 129280
)
MOE_ARGS=(
    --num-experts 256
    --moe-layer-freq "([0]*3+[1]*58)"
    --moe-ffn-hidden-size 2048
    --moe-shared-expert-intermediate-size 2048
    --moe-router-topk 8
    --moe-router-enable-expert-bias
    --moe-router-score-function sigmoid
    --moe-token-dispatcher-type flex
    --moe-flex-dispatcher-backend deepep
    --moe-grouped-gemm
    --moe-permute-fusion
)
PARALLEL_ARGS=(
    --tensor-model-parallel-size 1
    --pipeline-model-parallel-size 8
    --pipeline-model-parallel-layout "Et*3|(tt|)*29,m|L"
    --expert-model-parallel-size 32
    --expert-tensor-parallel-size 1
    --use-distributed-optimizer
    --overlap-grad-reduce
    --overlap-param-gather
    --overlap-moe-expert-parallel-comm
)
TRAINING_ARGS=(
    --micro-batch-size 1
    --global-batch-size 2048
    --bf16
    --fp8-format e4m3
    --fp8-recipe blockwise
    --fp8-param-gather
    --use-precision-aware-optimizer
    --main-grads-dtype fp32
    --main-params-dtype fp32
    --exp-avg-dtype bf16
    --exp-avg-sq-dtype bf16
    --recompute-granularity selective
    --recompute-modules mla_up_proj moe_act layernorm
    --attention-dropout 0.0
    --hidden-dropout 0.0
)

torchrun --nproc_per_node $GPUS_PER_NODE --nnodes $NNODES pretrain_gpt.py \
    "${MODEL_ARGS[@]}" "${MOE_ARGS[@]}" "${PARALLEL_ARGS[@]}" "${TRAINING_ARGS[@]}"
