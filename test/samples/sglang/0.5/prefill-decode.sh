# One server reads prompts, the other writes answers.
MODEL=deepseek-ai/DeepSeek-R1
COMMON="--model-path $MODEL --trust-remote-code --tp-size 8 --disaggregation-ib-device mlx5_0"

CUDA_VISIBLE_DEVICES=0,1,2,3,4,5,6,7 python -m sglang.launch_server $COMMON \
  --disaggregation-mode prefill \
  --disable-radix-cache \
  --max-total-tokens 131072 \
  --chunked-prefill-size -1 --max-prefill-tokens 32768 \
  --disable-cuda-graph --port 30000 &

python -m sglang.launch_server $COMMON \
  --disaggregation-mode decode \
  --moe-a2a-backend deepep --deepep-mode low_latency \
  --kv-cache-dtype fp8_e4m3 --page-size 64 \
  --max-running-requests=256 --port 30001
