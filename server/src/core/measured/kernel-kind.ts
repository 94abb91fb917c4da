/**
 * What a kernel does, by its name. Names were read in public traces and sources: cuBLAS (sm80_xmma, nvjet), CUTLASS, Tensile, cuDNN,
 * FlashAttention 1 to 3, FlashInfer, Composable Kernel, NCCL 2.10 to 2.27, PyTorch 2.0 to 2.9 (ATen and Inductor), Apex,
 * Transformer Engine, DeepEP, DeepGEMM, vLLM 0.6 to 0.11. A name that no row knows is `other`, never a guess.
 */

/** Communication that a collective library does. */
export const collectiveKinds = [
  'all-reduce',
  'all-gather',
  'reduce-scatter',
  'all-to-all',
  'send-recv',
  'broadcast',
  'collective',
] as const;
export type CollectiveKind = (typeof collectiveKinds)[number];

/** Kinds of work on a GPU. `pass` is a whole forward or backward pass; `collective` is one of an unknown kind. */
export const kernelKinds = [
  'gemm',
  'grouped-gemm',
  'attention',
  'memory-bound',
  'optimizer',
  'other',
  'copy',
  'pass',
  ...collectiveKinds,
] as const;
export type KernelKind = (typeof kernelKinds)[number];

const collectives: ReadonlySet<string> = new Set(collectiveKinds);

export function isCollective(kind: KernelKind): kind is CollectiveKind {
  return collectives.has(kind);
}

type Row = readonly [pattern: RegExp, kind: KernelKind];

/** First match wins; `name` is lower case. */
const communication: readonly Row[] = [
  [/all_?reduce|cross_device_reduce|userbuffers_\w*sum_inplace/, 'all-reduce'],
  [/reduce_?scatter|userbuffers_\w*_rs\b/, 'reduce-scatter'],
  [/all_?gather|userbuffers_\w*_ag\b/, 'all-gather'],
  [/all_?to_?all|deep_ep::\w+::(?:dispatch|combine|cached_notify|notify)/, 'all-to-all'],
  [/send_?recv|pushrecv|pushsend|nccl\w*_(?:send|recv)/, 'send-recv'],
  [/broadcast/, 'broadcast'],
];
/** What makes a name one of a communication library; the table above says which operation it is. */
const fromCommunicationLibrary =
  /^(?:void )?(?:nccl|rccl|msccl|vllm::cross_device|sglang::cross_device|deep_ep::|kuserbuffers|userbuffers|nvshmem)|cross_device_reduce|(?:one_shot|two_shot|multimem)_all_?reduce|allreduce_fusion_kernel|one_?shot_?all_?reduce|ncclkernel|nccldevkernel/;

const computation: readonly Row[] = [
  // Inductor names fused streaming kernels after every operator in them, products included.
  [/\btriton_(?:poi|red|per|for)_|^triton__\d/, 'memory-bound'],
  [/\btriton_tem_\w*(?:flex_attention|flex_decoding)/, 'attention'],
  [/\btriton_tem_\w*(?:mm|convolution)/, 'gemm'],
  // Writing to the cache is no attention, whatever its name says.
  [/reshape_and_cache|concat_and_cache|copy_blocks_kernel|swap_blocks|convert_fp8_kernel/, 'memory-bound'],
  [/masked_softmax|rotary|rope_kernel|fused_rope|softmax_warp|cunn_softmax/, 'memory-bound'],
  [
    /flash_?attn|flash_(?:fwd|bwd)|flashattn|sdpa|fmha|paged_attention|kernel_unified_attention|(?:prefill|decode)with(?:paged|ragged)?kvcache|\b_?attn_(?:fwd|bwd)|mergestates|merge_attn_states|_fwd_kernel\b|flash::|mla_(?:combine|kernel|decode)|mha_(?:fwd|bwd|varlen)|attention_kernel|reduce_segments/,
    'attention',
  ],
  [/adam|lamb(?:stage|_|functor)|sgd|koptimizer|lion(?:_|functor)|multi_tensor_apply|l2normfunctor|lpnormfunctor|^cleanup\(/, 'optimizer'],
  [
    /fused_moe_kernel|moe_?gemm|moefcgemm|grouped_?(?:gemm|mm)|gemm_?grouped|groupproblemshape|marlin_moe|group_gemm|moe_wna16|mgrouped/,
    'grouped-gemm',
  ],
  [/^(?:void )?at::native::|elementwise|\breduce_kernel|split_embedding|nchwtonhwc|nhwctonchw|\bbn_(?:fw|bw)_|pooling_/, 'memory-bound'],
  [
    /gemm|gemv|nvjet|\bcijk_|xmma|cutlass.*(?:tensorop|wgmma|gemm)|splitkreduce|_scaled_mm|scaled_mm|block_fp8_matmul|marlin|wvsplitk|dot_kernel|matmul|cudnn.*(?:conv|cnn)|scudnn|[dw]grad_engine|convolve|winograd|implicit_/,
    'gemm',
  ],
  [
    /norm|softmax|gelu|silu|swiglu|relu|dropout|embedding|cross_?entropy|nll_loss|cast|quant|transpose|permut|index|gather|scatter|copy|fill|cat(?:_|array)|rope|topk|top_k|sort|argmax|sampl|act_and_mul|bias|residual|add_kernel|mul_kernel|scan|cumsum|reduce|amax|causal_conv|router|vectorized|memset|pointwise/,
    'memory-bound',
  ],
];

/** As traces of schedules name their slices; no kernel is called so. */
const pass = /^(?:forward|backward|fwd|bwd|input gradient|weight gradient)(?:[ _-](?:pass|step|compute))?[ _#:-]*\d*$/;

const find = (rows: readonly Row[], name: string): KernelKind | undefined => rows.find(([pattern]) => pattern.test(name))?.[1];

/** The kind of a kernel of this name. */
export function kernelKind(name: string): KernelKind {
  // FBGEMM is the name of a library, most of whose kernels are no products.
  const lower = name.toLowerCase().replaceAll('fbgemm', 'fb');
  if (/^mem(?:cpy|set)\b/.test(lower)) return 'copy';
  if (pass.test(lower)) return 'pass';
  if (fromCommunicationLibrary.test(lower)) return find(communication, lower) ?? 'collective';
  return find(computation, lower) ?? 'other';
}

/** The kind of a collective by the name PyTorch's process group gives it ("Collective name" of a Kineto kernel), if it is one. */
export function collectiveNamed(name: string): CollectiveKind | undefined {
  const lower = name.toLowerCase();
  if (/^(?:send|recv|isend|irecv)\b/.test(lower)) return 'send-recv';
  const kind = find(communication, lower);
  return kind !== undefined && isCollective(kind) ? kind : undefined;
}
