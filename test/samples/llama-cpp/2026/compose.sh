docker run --gpus '"device=0"' -v $HOME/models:/models -p 8080:8080 \
  -e LLAMA_ARG_MODEL=/models/gpt-oss-20b-MXFP4.gguf -e LLAMA_ARG_CTX_SIZE=32768 \
  ghcr.io/ggml-org/llama.cpp:server-cuda --n-gpu-layers all --cache-type-k q8_0
