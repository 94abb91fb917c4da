#!/bin/bash
# argparse takes prefixes, equals signs, underscores and short names.
vllm serve Qwen/Qwen2.5-7B-Instruct -tp 2 --pipeline_parallel_size=2 \
    --gpu-memory-util=0.85 --max-num-batched-token 8192 --max-model-len 32k \
    --enforce-eager --no-enable-prefix-caching --enable-chunked-prefill --swap-space 16 --dtype half
