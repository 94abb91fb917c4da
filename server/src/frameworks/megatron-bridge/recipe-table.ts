/**
 * Recipes of megatron.bridge.recipes that are called by name: TP PP VPP CP EP SP, sequence, global and micro batch of their own
 * defaults.
 */
import { recipeTable } from '../megatron-core/recipe-defaults.ts';

export const bridgeRecipes = recipeTable(
  'Megatron-Bridge 067f987d, src/megatron/bridge/recipes',
  `
  deepseek_v2_lite_pretrain_config | 1 1 1 1 8 0 4096 512 1
  deepseek_v2_pretrain_config | 1 4 1 1 32 0 4096 512 1
  deepseek_v3_pretrain_config | 2 8 1 1 32 1 4096 4096 1 | layout
  gemma2_27b_pretrain_config | 8 2 1 1 1 0 4096 32 2
  gemma2_2b_pretrain_config | 2 1 1 1 1 0 4096 32 2
  gemma2_9b_pretrain_config | 8 1 1 1 1 0 4096 32 2
  gemma3_1b_pretrain_config | 1 1 1 1 1 0 32768 512 1
  glm45_355b_pretrain_config | 2 8 1 1 16 1 4096 2048 1 | first=10 last=10
  glm45_air_106b_pretrain_config | 1 4 1 1 8 1 4096 2048 1 | first=11 last=11
  gpt3_175b_pretrain_config | 4 8 6 1 1 1 2048 2048 2
  gpt_oss_120b_pretrain_config | 2 4 1 1 16 1 4096 512 1
  gpt_oss_20b_pretrain_fp8_current_scaling_config | 2 4 1 1 4 1 4096 512 1
  gpt_oss_20b_pretrain_mxfp8_config | 2 4 1 1 4 1 4096 512 1
  kimi_k2_pretrain_config | 2 16 1 1 32 1 4096 4096 1 | layout
  llama2_7b_pretrain_config | 2 1 1 1 1 0 4096 512 1
  llama31_405b_pretrain_config | 8 8 2 4 1 1 131072 512 1 | embedding=1 loss=1
  llama31_70b_pretrain_config | 4 4 5 2 1 1 131072 512 1
  llama31_8b_pretrain_config | 1 1 1 2 1 0 8192 512 1
  llama32_1b_pretrain_config | 1 1 1 1 1 0 8192 512 1
  llama32_3b_pretrain_config | 1 1 1 1 1 0 8192 512 1
  llama3_70b_16k_pretrain_config | 8 2 1 2 1 1 16384 512 1
  llama3_70b_64k_pretrain_config | 8 4 1 8 1 1 65536 512 1
  llama3_70b_pretrain_config | 4 4 5 2 1 1 8192 512 1
  llama3_8b_128k_pretrain_config | 4 2 1 8 1 1 131072 512 1
  llama3_8b_16k_pretrain_config | 4 2 1 2 1 1 16384 512 1
  llama3_8b_64k_pretrain_config | 4 2 1 4 1 1 65536 512 1
  llama3_8b_low_precision_pretrain_config | 1 1 1 2 1 0 8192 768 1
  llama3_8b_pretrain_config | 1 1 1 2 1 0 8192 512 1
  moonlight_16b_pretrain_config | 1 1 1 1 8 0 4096 1024 2 | layout
  nemotron_3_nano_4b_pretrain_config | 1 1 1 1 1 0 4096 1024 1
  nemotron_3_nano_pretrain_config | 1 1 1 1 8 0 8192 1024 1
  nemotron_3_ultra_pretrain_config | 1 3 1 1 8 1 8192 3072 1
  nemotron_nano_12b_v2_pretrain_config | 4 1 1 1 1 1 8192 768 1
  nemotron_nano_9b_v2_pretrain_config | 2 1 1 1 1 1 8192 768 1
  nemotronh_47b_pretrain_config | 8 1 1 1 1 1 8192 768 1
  nemotronh_4b_pretrain_config | 1 1 1 1 1 0 8192 768 1
  nemotronh_56b_pretrain_config | 8 1 1 1 1 1 8192 768 1
  nemotronh_8b_pretrain_config | 2 1 1 1 1 1 8192 768 1
  olmoe_7b_pretrain_config | 1 1 1 1 8 0 4096 2048 1 | layout
  qwen25_14b_pretrain_config | 4 1 1 1 1 0 4096 32 2
  qwen25_1p5b_pretrain_config | 1 1 1 1 1 0 4096 32 2
  qwen25_32b_pretrain_config | 8 2 1 1 1 0 4096 32 2
  qwen25_500m_pretrain_config | 1 1 1 1 1 0 4096 32 2
  qwen25_72b_pretrain_config | 8 4 1 1 1 0 4096 32 2
  qwen25_7b_pretrain_config | 2 1 1 1 1 0 4096 32 2
  qwen2_1p5b_pretrain_config | 1 1 1 1 1 0 4096 32 2
  qwen2_500m_pretrain_config | 1 1 1 1 1 0 4096 32 2
  qwen2_72b_pretrain_config | 8 4 1 1 1 0 4096 32 2
  qwen2_7b_pretrain_config | 2 1 1 1 1 0 4096 32 2
  qwen35_text_35b_a3b_pretrain_config | 1 1 1 1 8 0 4096 512 1
  qwen35_text_9b_pretrain_config | 1 1 1 1 1 0 4096 128 2
  qwen3_14b_pretrain_config | 8 1 1 1 1 0 4096 32 2
  qwen3_1p7b_pretrain_config | 1 1 1 1 1 0 4096 32 2
  qwen3_235b_a22b_pretrain_config | 4 16 1 2 8 1 4096 32 1 | embedding=1 loss=1
  qwen3_30b_a3b_pretrain_config | 1 1 1 1 16 0 4096 1024 1
  qwen3_32b_pretrain_config | 8 2 1 1 1 0 4096 32 2
  qwen3_4b_pretrain_config | 2 1 1 1 1 0 4096 32 2
  qwen3_600m_pretrain_config | 1 1 1 1 1 0 4096 32 2
  qwen3_8b_pretrain_config | 1 1 1 1 1 0 4096 1024 1
  qwen3_next_80b_a3b_pretrain_config | 1 4 1 1 8 0 4096 32 2
  vanilla_gpt_pretrain_config | 1 1 - 1 1 0 1024 32 2
  `,
);
