FROM vllm/vllm-openai:v0.10.2
ENV MODEL=Qwen/Qwen3-8B
ENTRYPOINT ["sh", "-c", "exec vllm serve $MODEL --max-model-len ${MAX_LEN:-8192} --enable-lora --tensor-parallel-size 1"]
