lmdeploy serve proxy --server-port 8000 &
lmdeploy serve api_server Qwen/Qwen2.5-32B-Instruct-AWQ \
  --backend turbomind --model-format awq --tp 2 --session-len 32768 \
  --cache-max-entry-count 0.5 --quant-policy 8 --max-batch-size 128 --enable-prefix-caching
