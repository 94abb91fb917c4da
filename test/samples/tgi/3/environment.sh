docker run -d --gpus '"device=0"' -e MODEL_ID=google/gemma-2-9b-it -e NUM_SHARD=1 -e MAX_TOTAL_TOKENS=8192 \
  -e QUANTIZE=bitsandbytes-nf4 -e MAX_CONCURRENT_REQUESTS=64 ghcr.io/huggingface/text-generation-inference:2.4.0
