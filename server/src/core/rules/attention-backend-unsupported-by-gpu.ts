/** Attention kernels are written for some generations of GPUs. */
import { defineRule, type KeyName } from '../finding.ts';
import { textIn } from './shared/keys.ts';
import { sm } from './shared/serving.ts';

const flags: readonly KeyName[] = ['sglang/attention-backend', 'sglang/prefill-attention-backend', 'sglang/decode-attention-backend'];
/** First and last capability, and what SGLang says. */
const kernels: { readonly [name: string]: { readonly from: number; readonly to: number; readonly says: string } } = {
  trtllm_mla: {
    from: 10,
    to: 10.9,
    says: '"TRTLLM MLA backend is only supported on Blackwell GPUs (SM100). Please use a different backend."',
  },
  trtllm_mha: {
    from: 10,
    to: 10.9,
    says: '"TRTLLM MHA backend is only supported on Blackwell GPUs (SM100). Please use a different backend."',
  },
  cutlass_mla: { from: 10, to: 10.9, says: 'CUTLASS MLA is written for sm_100' },
  flashmla: { from: 9, to: 10.9, says: 'FlashMLA is written for Hopper (sm_90) and sm_100' },
  fa3: { from: 8, to: 9, says: '"FlashAttention v3 Backend requires SM>=80 and SM<=90"' },
};

export const attentionBackendUnsupportedByGpu = defineRule({
  id: 'attention-backend-unsupported-by-gpu',
  group: 'serving',
  severity: 'error',
  kinds: ['serving'],
  frameworks: ['sglang'],
  anyKey: flags,
  reads: ['cluster.gpu'],
  check({ keys, cluster, report }) {
    const capability = cluster?.accelerator.computeCapability;
    if (!cluster || capability === undefined) return;
    for (const at of flags) {
      const kernel = kernels[textIn(keys, at) ?? ''];
      // Blackwell's desktop GPUs (12.x) run some of these in newer releases.
      if (kernel === undefined || (capability >= kernel.from && capability <= kernel.to) || capability >= 12) continue;
      report({
        at,
        related: ['cluster.gpu'],
        what: `The attention back end ${textIn(keys, at)} does not run on ${cluster.accelerator.label} (${sm(capability)})`,
        why: kernel.says,
        advice: 'leave it out: SGLang picks the fastest one for the GPU',
        fixes: [{ title: 'Let SGLang pick', changes: [{ kind: 'remove', field: at }], preferred: true }],
      });
    }
  },
});
