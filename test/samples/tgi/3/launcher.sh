export CUDA_VISIBLE_DEVICES=0,1
text-generation-launcher --model-id mistralai/Mistral-7B-Instruct-v0.3 --dtype bfloat16 \
  --max-total-tokens 4096 --speculate 3 --cuda-graphs 0 --max-batch-total-tokens $TOTAL
