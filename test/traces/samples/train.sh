#!/bin/bash
# A launch of one node of H100s; the traces beside it are made for its shape.
#SBATCH --gres=gpu:h100:8
torchrun --nproc_per_node 8 pretrain_gpt.py \
  --tensor-model-parallel-size 2 --pipeline-model-parallel-size 1 \
  --num-layers 4 --hidden-size 4096 --ffn-hidden-size 14336 --num-attention-heads 32 --group-query-attention --num-query-groups 8 \
  --swiglu --untie-embeddings-and-output-weights --position-embedding-type rope --normalization RMSNorm --disable-bias-linear \
  --seq-length 4096 --max-position-embeddings 4096 --vocab-size 32000 \
  --micro-batch-size 2 --global-batch-size 16 --bf16 --use-distributed-optimizer --overlap-grad-reduce --use-flash-attn
