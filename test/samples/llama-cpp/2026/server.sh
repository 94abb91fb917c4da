#!/bin/sh
pkill -f llama-server
exec ./build/bin/llama-server \
  -m models/Llama-3.3-70B-Instruct-Q4_K_M-00001-of-00002.gguf \
  -c 65536 -np 4 -ngl 99 -ts 3,1 \
  -ctk q8_0 -ctv q8_0 -fa on -b 4096 -ub 1024 \
  --alias llama-70b --jinja --host 0.0.0.0 --port 8080
