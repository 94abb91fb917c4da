python -m mlc_llm serve HF://mlc-ai/Llama-3-70B-Instruct-q4f16_1-MLC --mode server --device cuda \
  --overrides "tensor_parallel_shards=2;max_num_sequence=64;context_window_size=16384;gpu_memory_utilization=0.9"
