/**
 * Recipes of nemo.collections.llm that are called by name: TP PP VPP CP EP SP, sequence, global and micro batch of their
 * pretrain_recipe at its own defaults.
 */
import { recipeTable } from '../megatron-core/recipe-defaults.ts';

export const nemo2Recipes = recipeTable(
  'NeMo 8cfedd72, nemo/collections/llm/recipes',
  `
  baichuan2_7b | 1 1 - 2 - 0 8192 512 1
  bert_110m | 1 1 - 1 - 0 512 32 2
  bert_340m | 1 1 - 1 - 0 512 32 2
  chatglm3_6b | 1 1 - 2 - 0 8192 512 1
  deepseek_v2 | 1 4 - - 32 - 4096 512 1
  deepseek_v2_lite | 1 - - - 8 - 4096 512 1
  deepseek_v3 | 2 16 - - 64 - 4096 4096 1 | first=3 last=2 etp=1
  gemma2_27b | 8 2 - 1 - 0 4096 32 2
  gemma2_2b | 2 1 - 1 - 0 4096 32 2
  gemma2_9b | 8 1 - 1 - 0 4096 32 2
  gemma3_1b | 1 1 - 1 - 0 8192 512 1
  gemma_2b | 1 1 - 2 - 0 8192 512 1
  gemma_7b | 2 1 - 2 - 0 8192 512 1
  gpt3_175b | 4 8 6 1 - 1 2048 2048 2
  llama2_7b | 2 1 - 1 - 0 4096 512 1
  llama31_405b | 8 8 2 4 - 1 8192 512 1 | embedding=1 loss=1
  llama31_70b | 4 4 5 2 - 1 8192 512 1
  llama31_8b | 1 1 - 2 - 0 8192 512 1
  llama31_nemotron_70b | 4 4 5 2 - 1 8192 512 1
  llama31_nemotron_nano_8b | 1 1 - 2 - 0 8192 512 1
  llama32_1b | 1 1 - 1 - 0 8192 512 1
  llama32_3b | 1 1 - 1 - 0 8192 512 1
  llama3_70b | 4 4 5 2 - 1 8192 512 1
  llama3_70b_16k | 8 2 - 2 - 1 16384 512 1
  llama3_70b_64k | 8 4 - 8 - 1 65536 512 1
  llama3_8b | 1 1 - 2 - 0 8192 512 1
  llama3_8b_128k | 4 2 - 8 - 1 131072 512 1
  llama3_8b_16k | 4 2 - 2 - 1 16384 512 1
  llama3_8b_64k | 4 2 - 4 - 1 65536 512 1
  llama4_e128 | 4 1 - 1 128 1 8192 512 1
  llama4_e16 | 4 1 - 1 16 1 8192 512 1
  mamba2_130m | 1 1 - 1 - 0 4096 8 1
  mamba2_1_3b | 1 1 - 1 - 0 4096 8 1
  mamba2_2_7b | 1 1 - 1 - 0 4096 8 1
  mamba2_370m | 1 1 - 1 - 0 4096 8 1
  mamba2_780m | 1 1 - 1 - 0 4096 8 1
  mamba2_8b | 8 1 - 1 - 0 4096 8 1
  mamba2_hybrid_8b | 8 1 - 1 - 0 4096 8 1
  mistral_7b | 1 1 - 2 - 0 4096 512 1
  mistral_nemo_12b | 2 1 - 2 - 1 8192 512 1
  mixtral_8x22b | 8 4 14 2 1 1 4096 512 1
  mixtral_8x22b_64k | 8 4 14 2 1 1 65536 512 1
  mixtral_8x7b | 8 4 8 1 1 1 4096 512 1
  mixtral_8x7b_16k | 4 2 - 4 1 1 16384 512 1
  mixtral_8x7b_64k | 8 4 - 4 1 1 65536 512 1
  nemotron3_22b | 2 4 10 1 - 0 4096 32 1
  nemotron3_22b_16k | 4 1 - 2 - 1 16384 32 1
  nemotron3_22b_64k | 4 2 - 4 - 1 65536 32 1
  nemotron3_4b | 2 1 - 1 - 0 4096 32 2
  nemotron3_8b | 2 1 - 1 - 0 4096 32 2
  nemotron4_15b | 4 1 - 1 - 1 4096 32 2
  nemotron4_15b_16k | 2 2 - 2 - 1 16384 32 2
  nemotron4_15b_64k | 4 2 - 4 - 1 65536 32 2
  nemotron4_340b | 8 12 8 2 - 1 4096 2304 1
  nemotron_nano_12b_v2 | 4 1 - 1 - 1 8192 768 1
  nemotron_nano_9b_v2 | 2 1 - 1 - 1 8192 768 1
  nemotronh_47b | 8 1 - 1 - 1 8192 768 1
  nemotronh_4b | 1 1 - 1 - 0 8192 768 1
  nemotronh_56b | 8 1 - 1 - 1 8192 768 1
  nemotronh_8b | 2 1 - 1 - 1 8192 768 1
  phi3_mini_4k_instruct | 1 1 - 1 - 0 4096 512 1
  qwen25_14b | 4 1 - 1 - 0 4096 32 2
  qwen25_1p5b | 1 1 - 1 - 0 4096 32 2
  qwen25_32b | 8 2 - 1 - 0 4096 32 2
  qwen25_500m | 1 1 - 1 - 0 4096 32 2
  qwen25_72b | 8 4 - 1 - 0 4096 32 2
  qwen25_7b | 2 1 - 1 - 0 4096 32 2
  qwen2_1p5b | 1 1 - 1 - 0 4096 32 2
  qwen2_500m | 1 1 - 1 - 0 4096 32 2
  qwen2_72b | 8 4 - 1 - 0 4096 32 2
  qwen2_7b | 2 1 - 1 - 0 4096 32 2
  qwen3_14b | 8 1 - 1 - 0 4096 32 2
  qwen3_1p7b | 1 1 - 1 - 0 4096 32 2
  qwen3_235b_a22b | 4 16 - 2 8 1 4096 32 1 | embedding=1 loss=1 etp=1
  qwen3_30b_a3b | 4 2 - 1 4 1 4096 32 2 | etp=1
  qwen3_32b | 8 2 - 1 - 0 4096 32 2
  qwen3_4b | 2 1 - 1 - 0 4096 32 2
  qwen3_600m | 1 1 - 1 - 0 4096 32 2
  qwen3_8b | 4 1 - 1 - 0 4096 32 2
  starcoder2_15b | 4 2 - 1 - 0 4096 32 2
  starcoder2_3b | 2 1 - 1 - 0 4096 32 2
  starcoder2_7b | 2 1 - 1 - 0 4096 32 2
  starcoder_15b | 1 8 - 1 - 0 4096 32 2
  t5_11b | 4 1 - 1 - 0 512 1920 24
  t5_220m | 1 1 - 1 - 0 512 512 1
  t5_3b | 2 1 - 1 - 0 512 1920 24
  `,
);
