#!/bin/bash
docker run -d --runtime nvidia --gpus '"device=0,1"' \
    -v ~/.cache/huggingface:/cache/huggingface \
    --env "HF_TOKEN=$HF_TOKEN" -e VLLM_ALLOW_LONG_MAX_MODEL_LEN=1 \
    -p 8000:8000 --ipc=host \
    vllm/vllm-openai:v0.6.3 \
    --model mistralai/Mistral-7B-Instruct-v0.3 \
    --tensor-parallel-size 2 \
    --quantization fp8
