#!/bin/bash
#SBATCH --gres=gpu:a100:2
# Two 80 GB cards hold the weights of a 70B model, but not the cache for one request of this length.
vllm serve meta-llama/Llama-3.1-70B-Instruct \
    --tensor-parallel-size 2 \
    --max-model-len 131072 \
    --gpu-memory-utilization 0.92
