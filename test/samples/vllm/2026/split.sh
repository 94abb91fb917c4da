# One server reads prompts, the other writes answers.
MODEL=meta-llama/Llama-3.1-70B-Instruct

CUDA_VISIBLE_DEVICES=0,1,2,3 vllm serve $MODEL -tp 4 \
  --kv-transfer-config '{"kv_connector":"NixlConnector","kv_role":"kv_producer"}' \
  --compilation-config.cudagraph_mode NONE --port 8100 &

CUDA_VISIBLE_DEVICES=4,5,6,7 vllm serve $MODEL -tp 4 \
  --kv-transfer-config "{\"kv_connector\":\"NixlConnector\",\"kv_role\":\"kv_consumer\"}" \
  --speculative-config "{\"method\":\"eagle3\",\"model\":\"$DRAFT\",\"num_speculative_tokens\":${DRAFTED:-3}}" --port 8200
