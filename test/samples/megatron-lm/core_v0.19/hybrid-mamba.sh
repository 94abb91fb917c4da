#!/bin/bash
# State-space layers with a few attention layers, and MLPs as layers of their own.
export CUDA_DEVICE_MAX_CONNECTIONS=1

OPTIONS=" \
    --hybrid-override-pattern M-M-M-M*-M-M-M-M*-/M* \
    --mamba-state-dim 64 \
    --mamba-num-groups 4 \
    --mamba-head-dim 64 \
    --hidden-size 2048 \
    --ffn-hidden-size 8192 \
    --num-attention-heads 16 \
    --group-query-attention \
    --num-query-groups 4 \
    --num-layers 16 \
    --squared-relu \
    --normalization RMSNorm \
    --disable-bias-linear \
    --position-embedding-type none \
    --untie-embeddings-and-output-weights \
    --seq-length 8192 \
    --max-position-embeddings 8192 \
    --tensor-model-parallel-size 2 \
    --sequence-parallel \
    --context-parallel-size 2 \
    --cp-comm-type a2a \
    --use-distributed-optimizer \
    --micro-batch-size 1 \
    --global-batch-size 64 \
    --bf16 \
    --cuda-graph-impl local \
    --vocab-size 131072 \
    --spec megatron.core.models.mamba.mamba_layer_specs mamba_stack_spec \
"
torchrun --nproc_per_node 8 pretrain_mamba.py ${OPTIONS}
