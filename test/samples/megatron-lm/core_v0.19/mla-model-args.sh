#!/bin/bash
# Arguments only, to be sourced by a launcher.
MODEL_ARGS=" \
    --num-layers 27 \
    --hidden-size 2048 \
    --ffn-hidden-size 10944 \
    --num-attention-heads 16 \
    --multi-latent-attention \
    --kv-lora-rank 512 \
    --qk-head-dim 128 \
    --qk-pos-emb-head-dim 64 \
    --v-head-dim 128 \
    --num-experts 64 \
    --moe-router-topk 6 \
    --moe-ffn-hidden-size 1408 \
    --moe-shared-expert-intermediate-size 2816 \
    --moe-layer-freq [0]*1+[1]*26 \
    --swiglu \
    --normalization RMSNorm \
    --disable-bias-linear \
    --position-embedding-type rope \
    --max-position-embeddings 163840 \
    --untie-embeddings-and-output-weights \
    --bf16 \
"
