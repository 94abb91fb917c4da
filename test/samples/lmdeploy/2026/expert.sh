NODES=2
lmdeploy serve api_server deepseek-ai/DeepSeek-V3 --backend pytorch --tp 1 --dp 16 --ep 16 --nnodes $NODES \
  --node-rank $1 --max-prefill-token-num 4096 --role Decode --eager-mode
