#!/bin/bash
#SBATCH --job-name=kestrel-7b
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --gres=gpu:h100:8
#SBATCH --time=24:00:00

# A 7B model on four nodes: tensor parallel inside the node, data parallel over the rest.
set -euo pipefail
export CUDA_DEVICE_MAX_CONNECTIONS=1

NNODES=4
GPUS_PER_NODE=8
TP=2
MICRO_BATCH=1
GLOBAL_BATCH=256

DATA_PATH=${DATA_PATH:-/data/kestrel/tokens}
CHECKPOINTS=${CHECKPOINTS:-/checkpoints/kestrel-7b}

DISTRIBUTED_ARGS=(
    --nproc_per_node "$GPUS_PER_NODE"
    --nnodes "$NNODES"
    --rdzv_backend c10d
    --rdzv_endpoint "${MASTER_ADDR:-localhost}:29500"
)

MODEL_ARGS=(
    --num-layers 32
    --hidden-size 4096
    --ffn-hidden-size 11008
    --num-attention-heads 32
    --seq-length 4096
    --max-position-embeddings 4096
    --position-embedding-type rope
    --normalization RMSNorm
    --swiglu
    --disable-bias-linear
    --untie-embeddings-and-output-weights
    --attention-dropout 0
    --hidden-dropout 0
    --vocab-size 32000
)

PARALLEL_ARGS=(
    --tensor-model-parallel-size "$TP"
    --pipeline-model-parallel-size 1
    --sequence-parallel
    --use-distributed-optimizer
    --overlap-grad-reduce
    --overlap-param-gather
)

TRAINING_ARGS=(
    --micro-batch-size "$MICRO_BATCH"
    --global-batch-size "$GLOBAL_BATCH"
    --train-iters 120000
    --lr 3e-4
    --lr-decay-style cosine
    --bf16
    --use-flash-attn
    --recompute-granularity selective
)

IO_ARGS=(
    --data-path "$DATA_PATH"
    --save "$CHECKPOINTS"
    --save-interval 1000
    --log-interval 10
)

torchrun "${DISTRIBUTED_ARGS[@]}" pretrain_gpt.py \
    "${MODEL_ARGS[@]}" \
    "${PARALLEL_ARGS[@]}" \
    "${TRAINING_ARGS[@]}" \
    "${IO_ARGS[@]}"
