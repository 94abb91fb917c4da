#!/bin/bash
#SBATCH --nodes=1
#SBATCH --gres=gpu:h200:8
vllm serve deepseek-ai/DeepSeek-V3 \
    --data-parallel-size 8 \
    --enable-expert-parallel \
    --max-num-seqs 128 \
    --speculative-config '{"method": "mtp", "num_speculative_tokens": 1}' \
    --trust-remote-code
