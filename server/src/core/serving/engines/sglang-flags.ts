/**
 * Server arguments of SGLang that came, went or were renamed. Read by comparing sglang/srt/server_args.py of 0.3.6, 0.4.3, 0.4.6, 0.4.9,
 * 0.5.2, 0.5.4, 0.5.6 and 0.5.9; what takes a flag's place is what those files advise. Flags that 0.5.9 still has and 0.5.23
 * declares in another way are not told as gone.
 */
import { type FlagTable, lifetimesOf } from './flag-table.ts';

/** `name | since | until | instead`. */
const lines = `
  disable-flashinfer | - | 0.3.6 | attention-backend
  disable-flashinfer-sampling | - | 0.3.6 | sampling-backend
  disable-disk-cache | - | 0.3.6 | -
  disable-nan-detection | - | 0.3.6 | -
  enable-overlap-schedule | - | 0.3.6 | -
  disable-jump-forward | - | 0.4.3 | -
  disable-mla | - | 0.4.3 | -
  file-storage-pth | - | 0.4.3 | file-storage-path
  prefill-only-one-req | 0.4.3 | 0.4.3 | -
  return-hidden-states | 0.4.3 | 0.4.3 | -
  speculative-algorithm | 0.4.3 | - | -
  enable-hierarchical-cache | 0.4.3 | - | -
  ep-size | 0.4.3 | - | -
  expert-parallel-size | 0.4.3 | - | -
  enable-ep-moe | 0.4.3 | 0.5.4 | ep-size
  enable-flashinfer-mla | 0.4.3 | 0.4.6 | attention-backend
  enable-flashmla | 0.4.6 | 0.4.6 | attention-backend
  n-share-experts-fusion | 0.4.6 | 0.4.6 | -
  enable-deepep-moe | 0.4.6 | 0.5.4 | moe-a2a-backend
  disaggregation-mode | 0.4.6 | - | -
  page-size | 0.4.6 | - | -
  reasoning-parser | 0.4.6 | - | -
  moe-dense-tp-size | 0.4.6 | - | -
  pp-size | 0.4.9 | - | -
  pipeline-parallel-size | 0.4.9 | - | -
  enable-eplb | 0.4.9 | - | -
  ep-num-redundant-experts | 0.4.9 | - | -
  enable-two-batch-overlap | 0.4.9 | - | -
  enable-flashinfer-moe | 0.4.9 | 0.4.9 | moe-runner-backend
  max-micro-batch-size | 0.4.9 | 0.5.2 | pp-max-micro-batch-size
  impl | 0.4.9 | 0.4.9 | model-impl
  pdlb-url | 0.4.9 | 0.4.9 | -
  disable-overlap-cg-plan | 0.4.9 | 0.4.9 | -
  enable-lora | 0.5.2 | - | -
  max-lora-rank | 0.5.2 | - | -
  moe-a2a-backend | 0.5.2 | - | -
  moe-runner-backend | 0.5.2 | - | -
  prefill-attention-backend | 0.5.2 | - | -
  decode-attention-backend | 0.5.2 | - | -
  swa-full-tokens-ratio | 0.5.2 | - | -
  max-mamba-cache-size | 0.5.2 | - | -
  enable-flashinfer-cutlass-moe | 0.5.2 | 0.5.4 | moe-runner-backend
  enable-flashinfer-trtllm-moe | 0.5.2 | 0.5.4 | moe-runner-backend
  enable-flashinfer-mxfp4-moe | 0.5.2 | 0.5.4 | moe-runner-backend
  enable-triton-kernel-moe | 0.5.2 | 0.5.4 | moe-runner-backend
  config | 0.5.4 | - | -
  enable-flashinfer-cutedsl-moe | 0.5.4 | 0.5.4 | moe-runner-backend
  enable-beta-spec | 0.5.4 | 0.5.4 | -
  kt-amx-weight-path | 0.5.4 | 0.5.4 | kt-weight-path
  kt-amx-method | 0.5.4 | 0.5.4 | kt-method
  oltp-traces-endpoint | 0.5.4 | 0.5.4 | otlp-traces-endpoint
  speculative-draft-model-quantization | 0.5.9 | - | -
`;

export const sglangFlags: FlagTable = {
  engine: 'sglang',
  label: 'SGLang',
  lifetimes: lifetimesOf(lines),
  compared: ['0.3.6', '0.4.3', '0.4.6', '0.4.9', '0.5.2', '0.5.4', '0.5.6', '0.5.9'],
  mayHave: {
    '0.4.3': '0.3.7',
    '0.4.6': '0.4.4',
    '0.4.9': '0.4.7',
    '0.5.2': '0.4.10',
    '0.5.4': '0.5.3',
    '0.5.6': '0.5.5',
    '0.5.9': '0.5.7',
  },
};
