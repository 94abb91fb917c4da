#!/bin/bash
# A sweep over micro batches, and a MoE run after it.
COMMON="--num-layers 24 --hidden-size 2048 --num-attention-heads 16 --seq-length 4096 --max-position-embeddings 4096 --bf16"

for MBS in 1 2; do
    torchrun --nproc_per_node 8 pretrain_gpt.py $COMMON --micro-batch-size $MBS --global-batch-size 64
done

MOE_ARGS=(
    --num-experts 8
    --moe-router-topk 2
    --moe-ffn-hidden-size 4096
    --expert-model-parallel-size 4
    --moe-token-dispatcher-type alltoall
)
torchrun --nproc_per_node=8 --nnodes=2 pretrain_gpt.py $COMMON "${MOE_ARGS[@]}" \
    --micro-batch-size 1 --global-batch-size 128 \
    --use-megatron-fsdp --data-parallel-sharding-strategy optim_grads_params
