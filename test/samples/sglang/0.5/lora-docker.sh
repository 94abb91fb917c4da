docker run --gpus '"device=0,1"' --shm-size 32g -p 30000:30000 \
  -v ~/.cache/huggingface:/models --env "HF_TOKEN=$HF_TOKEN" --ipc=host \
  lmsysorg/sglang:v0.4.9.post2-cu126 \
  python3 -m sglang.launch_server --model-path ${MODEL:-meta-llama/Llama-3.1-8B-Instruct} \
  --tensor-parallel 2 --mem-frac 0.8 --context-len 16384 \
  --lora-paths sql=org/sql-adapter chat=org/chat-adapter --max-loras-per-batch 4 \
  --host 0.0.0.0 --port 30000 $EXTRA_ARGS
