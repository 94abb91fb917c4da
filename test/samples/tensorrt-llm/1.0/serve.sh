MODEL=nvidia/DeepSeek-R1-FP4
trtllm-serve $MODEL --backend pytorch \
  --tp_size 8 --ep_size 8 \
  --max_batch_size 256 --max_num_tokens 4096 --max_seq_len 9216 \
  --kv_cache_free_gpu_memory_fraction 0.8 \
  --extra_llm_api_options ./options.yaml --trust_remote_code
