/** Analyses of small files for the report tests. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { createEngine, type Engine } from '../../server/src/engine/engine.ts';
import { initParsers } from '../../server/src/syntax/parsers.ts';

export async function engineOf(gpu = 'h100'): Promise<Engine> {
  await initParsers(join(process.cwd(), 'node_modules/web-tree-sitter'), join(process.cwd(), 'grammars'));
  return createEngine({
    files: { read: () => ({ error: 'no other files here' }), resolve: () => undefined },
    settings: () => ({ gpu, gpusPerNode: 8, pricePerGpuHour: 2 }),
  });
}

export const training = (tp: number, micro: number, comment = '') => `#!/bin/bash
# ${comment}
export CUDA_DEVICE_MAX_CONNECTIONS=1
torchrun --nproc_per_node 8 --nnodes 4 pretrain_gpt.py \\
  --tensor-model-parallel-size ${tp} --pipeline-model-parallel-size 4 --sequence-parallel \\
  --num-layers 32 --hidden-size 4096 --num-attention-heads 32 --seq-length 4096 --max-position-embeddings 4096 \\
  --vocab-size 32000 --micro-batch-size ${micro} --global-batch-size 64 --bf16 --use-distributed-optimizer --use-flash-attn
`;

export const serving = 'vllm serve meta-llama/Llama-3.1-8B --tensor-parallel-size 2 --max-model-len 8192\n';

export function analyse(engine: Engine, text: string, name = 'train.sh'): Analysis {
  return engine.analyse(pathToFileURL(join('/jobs', name)).href, text, 1);
}
