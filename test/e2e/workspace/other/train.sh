#!/bin/bash
#SBATCH --job-name=llama-8b
#SBATCH --nodes=4
#SBATCH --gpus-per-node=8

export CUDA_DEVICE_MAX_CONNECTIONS=1

TP=2
PP=4
MICRO_BATCH=1
GLOBAL_BATCH=32

MODEL_ARGS=(
  --num-layers 32
  --hidden-size 4096 --ffn-hidden-size 14336
  --num-attention-heads 32
  --group-query-attention --num-query-groups 8
  --seq-length 8192 --max-position-embeddings 8192
  --vocab-size 128256
  --swiglu --normalization RMSNorm --position-embedding-type rope
  --disable-bias-linear --untie-embeddings-and-output-weights
)

PARALLEL_ARGS=(
  --tensor-model-parallel-size $TP
  --pipeline-model-parallel-size $PP
  --sequence-parallel --use-distributed-optimizer
)

torchrun --nproc_per_node 8 --nnodes 4 --node_rank $SLURM_NODEID \
  --master_addr "$MASTER_ADDR" --master_port 6000 pretrain_gpt.py \
  "${MODEL_ARGS[@]}" "${PARALLEL_ARGS[@]}" \
  --micro-batch-size $MICRO_BATCH --global-batch-size $GLOBAL_BATCH \
  --train-iters 100000 --lr 3.0e-4 --bf16 \
  --recompute-activations --use-flash-attn \
  --data-path "$DATA_PATH"
