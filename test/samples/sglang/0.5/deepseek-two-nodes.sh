#!/bin/bash
#SBATCH --nodes=2
#SBATCH --gpus-per-node=8
MODEL_PATH=${MODEL_PATH:-deepseek-ai/DeepSeek-V3}
HEAD_NODE=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n1)

srun --ntasks-per-node=1 bash -c "python3 -m sglang.launch_server \
  --model-path $MODEL_PATH \
  --tp 16 --dp 4 --enable-dp-attention \
  --nnodes 2 --node-rank \$SLURM_NODEID --dist-init-addr $HEAD_NODE:5000 \
  --mem-fraction-static 0.85 \
  --max-running-requests 512 \
  --chunked-prefill-size 16384 \
  --speculative-algorithm EAGLE \
  --speculative-num-steps 3 --speculative-eagle-topk 1 --speculative-num-draft-tokens 4 \
  --cuda-graph-max-bs 128 \
  --trust-remote-code"
