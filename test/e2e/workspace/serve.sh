#!/bin/bash
# Serves the model of this folder on one node.
vllm serve ./model \
  --tensor-parallel-size 3 \
  --max-model-len 8192 \
  --gpu-memory-utilization 0.9 \
  --max-num-seqs 128 \
  --port 8000
