#!/bin/bash
# LLaMA 3 8B shape on one node; FP8 is chosen by a variable and added to an array.
export CUDA_DEVICE_MAX_CONNECTIONS=1
DTYPE="fp8"
TP_SIZE=2
CP_SIZE=1
PP_SIZE=1

MODEL_ARGS=(
    --num-layers 32
    --hidden-size 4096
    --ffn-hidden-size 14336
    --num-attention-heads 32
    --group-query-attention
    --num-query-groups 8
    --kv-channels 128
    --seq-length 8192
    --max-position-embeddings 8192
    --position-embedding-type rope
    --rotary-base 500000
    --swiglu
    --normalization RMSNorm
    --disable-bias-linear
    --untie-embeddings-and-output-weights
    --attention-backend fused
    --attention-dropout 0.0
    --hidden-dropout 0.0
    --vocab-size 128256
)

TRAINING_ARGS=(
    --micro-batch-size 1
    --global-batch-size 128
    --bf16
    --grad-reduce-in-bf16
    --use-distributed-optimizer
    --overlap-grad-reduce
    --overlap-param-gather
)

if [ "$DTYPE" = "fp8" ]; then
    TRAINING_ARGS+=(
        --fp8-format hybrid
        --fp8-amax-history-len 1024
        --fp8-param-gather
    )
fi

torchrun --nproc_per_node 8 --nnodes 1 pretrain_gpt.py \
    "${MODEL_ARGS[@]}" \
    "${TRAINING_ARGS[@]}" \
    --tensor-model-parallel-size $TP_SIZE \
    --context-parallel-size $CP_SIZE \
    --pipeline-model-parallel-size $PP_SIZE \
    --sequence-parallel \
    --tp-comm-overlap
