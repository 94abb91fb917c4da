#!/bin/bash
# The model of ../models/kestrel-7b on one GPU.
#SBATCH --gres=gpu:h100:1
vllm serve ../models/kestrel-7b \
    --tensor-parallel-size 1 \
    --max-model-len 32768 \
    --max-num-seqs 128 \
    --gpu-memory-utilization 0.90 \
    --kv-cache-dtype fp8 \
    --port 8000
