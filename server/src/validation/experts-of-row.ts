/** Experts and latent attention of a row as job fields. */
import type { PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';

/** Experts, top-k, widths, and which layers have them. */
export function expertsOf(input: CaseInput, fields: PartialJobDraft): void {
  const { model = {}, parallel = {} } = input;
  const flags = parallel.flags ?? {};
  if ((model.experts ?? 0) > 1) {
    fields['model.experts'] = model.experts ?? 1;
    fields['model.expertsPerToken'] = model.topk ?? fields['model.expertsPerToken'] ?? 2;
    if (model.moe_ffn !== undefined) fields['model.expertFfn'] = model.moe_ffn;
    if (model.shared_expert_ffn !== undefined) fields['model.sharedExpertFfn'] = model.shared_expert_ffn;
    const dense = leadingDense(model.moe_layer_freq);
    if (dense !== undefined) fields['model.firstDenseLayers'] = dense;
    if (typeof model.moe_layer_freq === 'number' && model.moe_layer_freq > 1) fields['model.expertLayerFrequency'] = model.moe_layer_freq;
  }
  // A layer measured by itself has no attention.
  if (/one moe layer/i.test(model.name ?? '')) {
    fields['model.mixerPattern'] = '.'.repeat(model.layers ?? 1);
    fields['model.ffnPattern'] = 'E'.repeat(model.layers ?? 1);
  }
  const dispatcher = String(input.moe_dispatcher ?? '');
  if (/deepep|hybridep|flex/i.test(dispatcher)) fields['parallel.expertDispatch'] = 'deepep';
  else if (/all-?gather/i.test(dispatcher)) fields['parallel.expertDispatch'] = 'all-gather';
  else if (/a2a|all-?to-?all/i.test(dispatcher)) fields['parallel.expertDispatch'] = 'all-to-all';
  if (flags['moe-permute-fusion'] === true || /permut\w* (?:and router )?fusion/i.test(input.note ?? ''))
    fields['kernels.fusedPermute'] = true;
  if (typeof flags['mtp-num-layers'] === 'number') fields['model.mtpLayers'] = flags['mtp-num-layers'];
  if ((parallel.ep ?? 1) > 1) fields['parallel.expert'] = parallel.ep ?? 1;
  const expertTensor = flags['expert-tensor-parallel-size'];
  if (typeof expertTensor === 'number') fields['parallel.expertTensor'] = expertTensor;
  // torchtitan's expert_tensor_parallel_degree is 1 unless asked for; so it is with FSDP elsewhere. Megatron's is TP.
  else if (fields['model.experts'] !== undefined && /fsdp/i.test(String(parallel.fsdp ?? ''))) fields['parallel.expertTensor'] = 1;
}

/** Layers in front without experts of Megatron's `--moe-layer-freq` written as a Python list: "([0]*3+[1]*58)". */
function leadingDense(written: unknown): number | undefined {
  if (typeof written !== 'string') return undefined;
  const match = /^\(?\[0\](?:\*(\d+))?\+\[1\]/.exec(written.replace(/\s/g, ''));
  return match ? Number(match[1] ?? 1) : undefined;
}

/** DeepSeek's latent attention: ranks and head sizes, in Megatron's or Hugging Face's spelling. */
export function latentAttentionOf(input: CaseInput, fields: PartialJobDraft): void {
  const { mla } = input.model ?? {};
  if (typeof mla !== 'object' || mla === null) return;
  const sizes = Object.fromEntries(Object.entries(mla).map(([key, value]) => [key.replaceAll('-', '_'), value])) as Record<string, unknown>;
  const put = (
    field: 'model.qLoraRank' | 'model.kvLoraRank' | 'model.qkNopeHeadDim' | 'model.qkRopeHeadDim' | 'model.valueHeadDim',
    value: unknown,
  ) => {
    if (typeof value === 'number') fields[field] = value;
  };
  fields['model.attentionKind'] = 'MLA';
  put('model.qLoraRank', sizes.q_lora_rank);
  put('model.kvLoraRank', sizes.kv_lora_rank);
  put('model.qkNopeHeadDim', sizes.qk_head_dim);
  put('model.qkRopeHeadDim', sizes.qk_rope_head_dim ?? sizes.qk_pos_emb_head_dim);
  put('model.valueHeadDim', sizes.v_head_dim);
}
