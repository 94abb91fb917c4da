#!/bin/bash
CKPT=/workspace/ckpt
python3 examples/quantization/quantize.py --model_dir /models/Llama-3.1-70B-Instruct \
  --qformat fp8 --kv_cache_dtype fp8 --dtype bfloat16 --tp_size 4 --output_dir $CKPT/
trtllm-build --checkpoint_dir $CKPT --output_dir /workspace/engine \
  --max_batch_size 64 --max_num_tokens 8192 --max_seq_len 16384 \
  --gemm_plugin auto --use_paged_context_fmha enable --workers 4
