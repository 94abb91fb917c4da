/** Every adapter, sorted by id. Written by scripts/generate-index.mjs; do not edit. */
import type { Adapter } from './adapter.ts';
import { adapter as deepspeed } from './deepspeed/deepspeed.ts';
import { adapter as huggingface } from './huggingface/huggingface.ts';
import { adapter as megatronLm } from './megatron-lm/megatron-lm.ts';
import { adapter as vllm } from './vllm/vllm.ts';

export const adapters: readonly Adapter[] = [deepspeed, huggingface, megatronLm, vllm];
