#!/bin/bash
# A 22B GPT on one node of eight GPUs: argument arrays, one torchrun line.
export CUDA_DEVICE_MAX_CONNECTIONS=1

GPUS_PER_NODE=8
NUM_NODES=${NUM_NODES:-1}
TP=8

DISTRIBUTED_ARGS=(
    --nproc_per_node $GPUS_PER_NODE
    --nnodes $NUM_NODES
    --master_addr localhost
    --master_port 29501
)

MODEL_ARGS=(
    --num-layers 48
    --hidden-size 6144
    --num-attention-heads 64
    --seq-length 2048
    --max-position-embeddings 2048
    --vocab-size 51200
)

TRAINING_ARGS=(
    --micro-batch-size 4
    --global-batch-size 4 # no data parallelism here
    --bf16
    --lr 1.5e-4
    --attention-dropout 0.0
    --hidden-dropout 0.0
    --recompute-granularity selective
    --use-distributed-optimizer
)

PARALLEL_ARGS=(
    --tensor-model-parallel-size $TP
    --pipeline-model-parallel-size 1
    --sequence-parallel
)

torchrun "${DISTRIBUTED_ARGS[@]}" pretrain_gpt.py \
    "${MODEL_ARGS[@]}" \
    "${TRAINING_ARGS[@]}" \
    "${PARALLEL_ARGS[@]}" \
    --mock-data --tokenizer-type NullTokenizer
