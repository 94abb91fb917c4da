#!/bin/bash
# Sizes come from the caller; what the file cannot know must stay unknown.
TP=${1}
PP=${2:-4}
MBS=$3
PR=$4
NNODES=${SLURM_NNODES}

if [ "$PR" = "bf16" ]; then
    PRECISION="--bf16"
elif [ "$PR" = "fp16" ]; then
    PRECISION="--fp16"
fi

torchrun --nproc_per_node 8 --nnodes $NNODES pretrain_gpt.py \
    --num-layers 40 --hidden-size 5120 --num-attention-heads 40 \
    --seq-length 4096 --max-position-embeddings 4096 \
    --tensor-model-parallel-size $TP --pipeline-model-parallel-size $PP \
    --micro-batch-size $MBS --global-batch-size 512 \
    $PRECISION $EXTRA_ARGS \
    --my-fork-flag 3
