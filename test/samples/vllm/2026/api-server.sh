#!/bin/bash
# Two servers, one per pair of GPUs; the port comes from the caller.
PORT=$1
for GPUS in 0,1 2,3; do
    CUDA_VISIBLE_DEVICES=$GPUS python -m vllm.entrypoints.openai.api_server \
        --model $2 \
        --tensor-parallel-size 2 \
        --max-model-len ${MAX_LEN:-16384} \
        --config serving.yaml \
        --port $PORT &
done
wait
