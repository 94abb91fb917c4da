#!/bin/bash
# Two nodes are not needed: TP within one.
export CUDA_VISIBLE_DEVICES=0,1,2,3
MODEL=meta-llama/Llama-3.1-70B-Instruct
TP=4

vllm serve $MODEL \
    --tensor-parallel-size $TP \
    --max-model-len 32768 \
    --gpu-memory-utilization 0.9 \
    --max-num-seqs 256 \
    --kv-cache-dtype fp8 \
    --enable-prefix-caching \
    --served-model-name llama \
    --port 8000
