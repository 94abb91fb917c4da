#!/bin/bash
# Experts in every layer, windows in every second one, a learned sink a head.
export CUDA_DEVICE_MAX_CONNECTIONS=1
torchrun --nproc_per_node 8 --nnodes 4 pretrain_gpt.py \
    --num-layers 24 --hidden-size 2880 --num-attention-heads 64 --kv-channels 64 \
    --group-query-attention --num-query-groups 8 \
    --window-size 128,0 --window-attn-skip-freq 2 --softmax-type learnable \
    --num-experts 32 --moe-router-topk 4 --moe-ffn-hidden-size 2880 --moe-grouped-gemm \
    --moe-token-dispatcher-type alltoall --expert-model-parallel-size 8 \
    --swiglu --normalization RMSNorm --position-embedding-type yarn --untie-embeddings-and-output-weights \
    --seq-length 4096 --max-position-embeddings 131072 --vocab-size 201088 \
    --micro-batch-size 1 --global-batch-size 256 --bf16 --use-distributed-optimizer
