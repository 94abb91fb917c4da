#!/bin/bash
python3 -m dynamo.frontend --http-port 8000 &
CUDA_VISIBLE_DEVICES=0 python3 -m dynamo.vllm --model Qwen/Qwen3-8B --is-decode-worker --request-plane tcp &
CUDA_VISIBLE_DEVICES=1,2 python3 -m dynamo.vllm \
  --model Qwen/Qwen3-8B \
  --tensor-parallel-size 2 \
  --max-model-len 8192 \
  --is-prefill-worker
