#!/bin/bash
#SBATCH --job-name=kestrel-13b
#SBATCH --nodes=2
#SBATCH --gres=gpu:a100:8

# Mistakes were planted here on purpose. `rooflint check` finds them, and the editor offers fixes.
NNODES=2
GPUS_PER_NODE=8
TP=16
PP=3
MICRO_BATCH=4
GLOBAL_BATCH=250

MODEL_ARGS="
    --num-layers 40
    --hidden-size 5120
    --num-attention-heads 40
    --seq-length 4096
    --max-position-embeddings 2048
    --vocab-size 50257
"

torchrun --nproc_per_node $GPUS_PER_NODE --nnodes $NNODES pretrain_gpt.py \
    $MODEL_ARGS \
    --tensor-model-parallel-size $TP \
    --pipeline-model-parallel-size $PP \
    --micro-batch-size $MICRO_BATCH \
    --global-batch-size $GLOBAL_BATCH \
    --recompute-granularity full \
    --fp16 --bf16 \
    --train-iters 50000
