MODEL=${1:-/models/Qwen3-8B-Q4_K_M.gguf}
llama-bench -m "$MODEL" -ngl 0,20,99 -p 512,2048 -n 128 -fa 1 -ub 512
