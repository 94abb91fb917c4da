#!/bin/bash
# The same job as gpt-22b-arrays.sh in the older manner: long strings, python -m, equals signs, underscores.
NUM_NODES=${NUM_NODES:-1}

LAUNCHER="python -m torch.distributed.run --nproc-per-node=8 --nnodes=$NUM_NODES --master_addr=localhost --master_port=29501"

OPTIONS=" \
    --num_layers=48 \
    --hidden_size=6144 \
    --num_attention_heads=64 \
    --seq_length=2048 \
    --max_position_embeddings=2048 \
    --vocab_size=51200 \
    --micro_batch_size=4 \
    --global_batch_size=4 \
    --bf16 \
    --lr=1.5e-4 \
    --attention_dropout=0.0 \
    --hidden_dropout=0.0 \
    --recompute_granularity=selective \
    --use_distributed_optimizer \
    --tensor_model_parallel_size=8 \
    --pipeline_model_parallel_size=1 \
    --sequence_parallel \
    --mock_data --tokenizer_type=NullTokenizer"

CUDA_DEVICE_MAX_CONNECTIONS=1 $LAUNCHER pretrain_gpt.py $OPTIONS
