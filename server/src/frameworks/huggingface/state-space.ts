/**
 * Sizes of state-space and linear-attention layers under each family's own keys. Source: configuration_<family>.py and
 * modeling_<family>.py of transformers 5.23 (mamba, mamba2, jamba, bamba, granitemoehybrid, nemotron_h, qwen3_next, kimi_linear).
 */
import type { JobField, JobFields } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { setDerived } from '../draft.ts';
import type { Keys } from './keys.ts';

type Sized<F extends JobField> = readonly [field: F, value: JobFields[F] | undefined];

function put<F extends JobField>(draft: Draft, [field, value]: Sized<F>, how: string): void {
  const sound = typeof value !== 'number' || (Number.isSafeInteger(value) && value > 0);
  if (value !== undefined && sound) setDerived(draft, field, value, [], how);
}

/** Stores the sizes that the letters of the pattern call for. */
export function readStateSpace(draft: Draft, keys: Keys, pattern: string): void {
  if (/[Mm]/.test(pattern)) readMamba(draft, keys, pattern.includes('M'));
  if (pattern.includes('d')) readDelta(draft, keys);
}

function readMamba(draft: Draft, keys: Keys, second: boolean): void {
  const how = `keys of ${draft.job['model.type'] ?? 'the state-space layers'}`;
  const hidden = draft.job['model.hidden'] ?? 0;
  const heads = keys.number('mamba_num_heads', 'mamba_n_heads', 'num_heads');
  const headDim = keys.number('mamba_head_dim', 'mamba_d_head', 'head_dim');
  const expanded = (keys.number('mamba_expand', 'expand') ?? 2) * hidden;
  const inner = second ? (heads !== undefined && headDim !== undefined ? heads * headDim : expanded) : expanded;
  put(draft, ['model.ssmInner', inner], how);
  put(draft, ['model.ssmState', keys.number('ssm_state_size', 'mamba_d_state', 'state_size', 'd_state') ?? (second ? 128 : 16)], how);
  put(draft, ['model.ssmConv', keys.number('conv_kernel', 'mamba_d_conv', 'd_conv')], how);
  if (second) {
    put(draft, ['model.ssmHeads', heads], how);
    put(draft, ['model.ssmGroups', keys.number('n_groups', 'mamba_n_groups')], how);
  } else {
    put(draft, ['model.ssmTimeRank', keys.number('mamba_dt_rank', 'time_step_rank') ?? Math.ceil(hidden / 16)], how);
  }
  put(draft, ['model.ssmBias', keys.flag('mamba_proj_bias', 'use_bias') ?? false], how);
  put(draft, ['model.ssmConvBias', keys.flag('mamba_conv_bias', 'use_conv_bias') ?? true], how);
}

function readDelta(draft: Draft, keys: Keys): void {
  const how = `keys of ${draft.job['model.type'] ?? 'the linear attention'}`;
  const kimi = draft.job['model.type'] === 'kimi_linear';
  if (draft.job['model.linearFixedDecay']) {
    readLightning(draft, how);
    return;
  }
  const heads = keys.number('linear_attn_config.num_heads', 'linear_num_heads');
  const dim = keys.number('linear_attn_config.head_dim', 'linear_head_dim');
  put(draft, ['model.linearKeyHeads', heads ?? keys.number('linear_num_key_heads') ?? 16], how);
  put(draft, ['model.linearValueHeads', heads ?? keys.number('linear_num_value_heads') ?? 32], how);
  put(draft, ['model.linearKeyHeadDim', dim ?? keys.number('linear_key_head_dim') ?? 128], how);
  put(draft, ['model.linearValueHeadDim', dim ?? keys.number('linear_value_head_dim') ?? 128], how);
  put(draft, ['model.linearConv', keys.number('linear_attn_config.short_conv_kernel_size', 'linear_conv_kernel_dim') ?? 4], how);
  if (kimi) put(draft, ['model.linearGateRank', dim ?? 128], `${how}: both gates pass a product of one head's width`);
}

/** As many heads as the attention has, of the same width. */
function readLightning(draft: Draft, how: string): void {
  const { 'model.heads': heads, 'model.headDim': stated, 'model.hidden': hidden } = draft.job;
  if (heads === undefined || hidden === undefined) return;
  const dim = stated ?? hidden / heads;
  put(draft, ['model.linearKeyHeads', heads], how);
  put(draft, ['model.linearValueHeads', heads], how);
  put(draft, ['model.linearKeyHeadDim', dim], how);
  put(draft, ['model.linearValueHeadDim', dim], how);
}
