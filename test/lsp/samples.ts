/** Configurations the protocol tests open. Written for these tests, in the manner of real ones. */

/** 70B-like model on 32 GPUs; non-ASCII text stands before keys, so that columns must be UTF-16 units. */
export const megatron = `#!/bin/bash
#SBATCH --nodes=4
#SBATCH --gpus-per-node=8
# 学習スクリプト é 😀
export CUDA_DEVICE_MAX_CONNECTIONS=1
TP=8
GPT_ARGS=(
    --num-layers 80
    --hidden-size 8192
    --num-attention-heads 64
    --group-query-attention
    --num-query-groups 8
    --ffn-hidden-size 28672
    --swiglu
    --seq-length 8192
    --max-position-embeddings 8192
    --normalization RMSNorm
    --untie-embeddings-and-output-weights
    --position-embedding-type rope
    --disable-bias-linear
)
torchrun --nproc_per_node 8 --nnodes 4 pretrain_gpt.py \\
    "\${GPT_ARGS[@]}" \\
    --tensor-model-parallel-size $TP \\
    --pipeline-model-parallel-size 4 \\
    --micro-batch-size 1 \\
    --global-batch-size 128 \\
    --use-distributed-optimizer \\
    --sequence-parallel \\
    --vocab-size 128256 \\
    --bf16
`;

/** One command whose only mistake is at `--tensor-model-parallel-size`; `note` stands in front of it on the same line. */
export const oneLiner = (tensor: number | string, note = ''): string =>
  `NOTE="${note}"; torchrun --nproc_per_node 8 pretrain_gpt.py --num-layers 24 --hidden-size 2048 --num-attention-heads 16 --seq-length 2048 --max-position-embeddings 2048 --micro-batch-size 1 --global-batch-size 64 --vocab-size 50304 --bf16 --tensor-model-parallel-size ${tensor}\n`;

export const deepspeedJson = `{
  "train_batch_size": 64,
  "train_micro_batch_size_per_gpu": 2,
  "gradient_accumulation_steps": 4,
  "bf16": { "enabled": true },
  "fp16": { "enabled": true },
  "zero_optimization": { "stage": 1 }
}
`;

export const llamaConfig = JSON.stringify({
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 4096,
  intermediate_size: 14336,
  num_attention_heads: 32,
  num_hidden_layers: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
  max_position_embeddings: 8192,
  tie_word_embeddings: false,
  torch_dtype: 'bfloat16',
  hidden_act: 'silu',
});

/** The cluster most tests run on. */
export const h100 = { cluster: { gpu: 'nvidia-h100-sxm-80gb' } };
