model=meta-llama/Llama-3.1-70B-Instruct
docker run --gpus all --shm-size 64g -p 8080:80 -v $PWD/data:/data -e HF_TOKEN=$token \
  ghcr.io/huggingface/text-generation-inference:3.3.1 --model-id $model --num-shard 4 \
  --quantize fp8 --kv-cache-dtype fp8_e4m3fn --max-input-tokens 8000 --max-total-tokens 8192 \
  --max-batch-prefill-tokens 16384 --cuda-memory-fraction 0.95 --lora-adapters org/a,org/b
