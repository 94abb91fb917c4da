/** Kinds of kernels by names as they stand in public traces and sources. */
import { expect, test } from 'vitest';
import { collectiveNamed, type KernelKind, kernelKind } from '../../server/src/core/measured/kernel-kind.ts';

const names: Readonly<Record<KernelKind, readonly string[]>> = {
  gemm: [
    'ampere_bf16_s16816gemm_bf16_128x256_ldg8_f2f_stages_64x3_tn',
    'ampere_fp16_s1688gemm_fp16_256x128_ldg8_f2f_stages_32x1_nn',
    'volta_sgemm_128x64_nn',
    'turing_fp16_s1688gemm_fp16_128x128_ldg8_f2f_tn',
    'sm80_xmma_gemm_f16f16_f16f32_f32_tn_n_tilesize128x128x32_stage4_warpsize2x2x1_tensor16x8x16_kernel',
    'sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize128x128x64_warpgroupsize1x1x1_execute_segment_k_off_kernel__5x_cublas',
    'sm90_xmma_gemm_e4m3bf16_e4m3f32_f32_tn_n_tilesize128x128x128_cgasize2x1x1_execute_segment_k_off_kernel__5x_cublas',
    'nvjet_hsh_256x128_64x4_1x2_h_bz_coopA_TNT',
    'nvjet_tst_192x192_64x4_2x1_v_bz_coopB_NTN',
    'void cutlass::Kernel2<cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_256x128_32x3_tn_align8>(cutlass_80_tensorop_bf16_s16816gemm_relu_bf16_256x128_32x3_tn_align8::Params)',
    'void cutlass::device_kernel<cutlass::gemm::kernel::GemmUniversal<cute::tuple<int, int, int, int>, cutlass::gemm::collective::CollectiveMma<...> > >(...)',
    'void gemmSN_TN_kernel<float, 128, 16, 2, 4, 4, 4, true>(cublasGemmSmallNParams<...>)',
    'void gemv2T_kernel_val<int, int, __nv_bfloat16, __nv_bfloat16, __nv_bfloat16, float, 128, 16, 4, 4, false>(...)',
    'void cublasLt::splitKreduce_kernel<32, 16, int, float, __nv_bfloat16, float, __nv_bfloat16, true>(...)',
    'Cijk_Alik_Bljk_BBS_BH_Bias_HAS_SAV_UserArgs_MT256x256x64_MI16x16x1',
    'triton_tem_fused_addmm_12',
    'void deep_gemm::sm90_fp8_gemm_1d2d_impl<0u, 4096u, 7168u>(...)',
    '_w8a8_block_fp8_matmul',
    'void marlin::Marlin<__nv_bfloat16, 256, 4, 16, 4, 4, false>(...)',
    'cudnn_infer_ampere_scudnn_128x64_relu_xregs_large_nn_v1_convolve',
  ],
  'grouped-gemm': [
    'fused_moe_kernel',
    'void cutlass::device_kernel<cutlass::gemm::kernel::GemmUniversal<cutlass::gemm::GroupProblemShape<cute::tuple<int, int, int> >, ...> >',
    'void cutlass::Kernel<cutlass::gemm::kernel::GemmGrouped<cutlass::gemm::threadblock::MmaMultistage<...> > >',
    'void marlin_moe_wna16::Marlin<__nv_bfloat16, 256, 1, 8, 8, 4>(...)',
    '_kernel_grouped_gemm_fp8_rowwise_ws',
  ],
  attention: [
    'void flash_fwd_kernel<Flash_fwd_kernel_traits<128, 128, 64, 4, false, false, cutlass::bfloat16_t>, false, true>(Flash_fwd_params)',
    'void pytorch_flash::flash_bwd_dq_dk_dv_loop_seqk_parallel_kernel<pytorch_flash::Flash_bwd_kernel_traits<128, 64, 128, 8> >(Flash_bwd_params)',
    'void flash_bwd_dot_do_o_kernel<true, Flash_bwd_kernel_traits<128, 64, 128, 8> >(Flash_bwd_params)',
    'void flash::flash_fwd_splitkv_combine_kernel<Flash_fwd_kernel_traits<128, 64, 128, 4>, 4, 1, true>(flash::Flash_fwd_params)',
    'void cutlass::device_kernel<flash::enable_sm90_or_later<flash::FlashAttnFwdSm90<flash::CollectiveMainloopFwdSm90<2> > > >(...)',
    'cudnn_generated_fort_native_sdpa_sm90_flash_fprop_wgmma_f16_knob_6_128x128x128_4x1x1_kernel0_0',
    'cudnn_generated_fort_native_sdpa_sm90_flash_bprop_wgmma_f16_knob_26_64x128x128_4x1x1_kernel0_0',
    'fmha_cutlassF_bf16_aligned_64x128_rf_sm80(PyTorchMemEffAttention::AttentionKernel<cutlass::bfloat16_t>::Params)',
    'fmhaSm100fKernel_QkvBfloat16OBfloat16H128PagedKvCausalP64VarSeqQ128Kv128PersistentContext',
    'void vllm::paged_attention_v2_kernel<__nv_bfloat16, __nv_bfloat16, 128, 16, 128, (vllm::Fp8KVCacheDataType)0, false, 512>(...)',
    'kernel_unified_attention_2d',
    'void flashinfer::BatchPrefillWithPagedKVCacheKernel<flashinfer::KernelTraits<...> >(...)',
    'triton_tem_fused_flex_attention_0',
    '_attn_fwd',
    'void ck_tile::kentry<256, 2, ck_tile::FmhaFwdKernel<ck_tile::BlockFmhaPipelineQRKSVSAsync<...> > >(...)',
  ],
  'memory-bound': [
    'void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<c10::BFloat16>, std::array<char*, 3ul> >(int)',
    'void at::native::elementwise_kernel<128, 4, at::native::gpu_kernel_impl_nocast<at::native::direct_copy_kernel_cuda> >(int)',
    'void at::native::reduce_kernel<512, 1, at::native::ReduceOp<float, at::native::MeanOps<float> > >',
    'void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<c10::BFloat16, float>(int, float)',
    'void (anonymous namespace)::softmax_warp_forward<float, float, float, 10, true, false>(float*, float const*, int, int, int)',
    'void at::native::(anonymous namespace)::cunn_SoftMaxForward<8, float, float, float>(float*, float const*, int)',
    'triton_poi_fused__to_copy_addmm_mul_silu_7',
    'triton_red_fused_native_layer_norm_mm_3',
    'void transformer_engine::normalization::rmsnorm_fwd_tuned_kernel<...>(...)',
    'void vllm::reshape_and_cache_flash_kernel<__nv_bfloat16, __nv_bfloat16, (vllm::Fp8KVCacheDataType)0>(...)',
    'void vllm::act_and_mul_kernel<c10::BFloat16, &vllm::silu_kernel<c10::BFloat16>, true>(...)',
    'void vllm::rotary_embedding_kernel<c10::BFloat16, true>(...)',
    'scaled_upper_triang_masked_softmax_warp_forward',
    'void at::native::(anonymous namespace)::CatArrayBatchedCopy<at::native::(anonymous namespace)::OpaqueType<2u>, unsigned int, 3, 64, 64>(...)',
    'void transformer_engine::cast_transpose_fused_kernel_notaligned<...>(...)',
  ],
  optimizer: [
    'void multi_tensor_apply_kernel<TensorListMetadata<4>, AdamFunctor<float, float, int>, float, float, float>(long)',
    'void at::native::(anonymous namespace)::multi_tensor_apply_kernel<at::native::(anonymous namespace)::FusedOptimizerTensorListMetadata<4>, at::native::(anonymous namespace)::FusedAdamMathFunctor<float, 4> >',
    'void multi_tensor_apply_kernel<TensorListMetadata<1>, L2NormFunctor<float>, float*, float*, bool, int>(long)',
    'void kOptimizerStatic8bit2StateBlockwise<__nv_bfloat16, 1, 2048, 8>(...)',
  ],
  copy: ['Memcpy HtoD (Pinned -> Device)', 'Memcpy DtoD (Device -> Device)', 'Memset (Device)'],
  'all-reduce': [
    'ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
    'ncclKernel_AllReduce_RING_LL_Sum_half(ncclWorkElem)',
    'ncclAllReduceRingLLKernel_sum_f16(ncclColl)',
    'void vllm::cross_device_reduce_2stage<__nv_bfloat16, 8>(...)',
    'void (anonymous namespace)::multimem_all_reduce_kernel<c10::BFloat16, 16>(...)',
  ],
  'all-gather': [
    'ncclDevKernel_AllGather_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
    'ncclKernel_AllGather_RING_LL_Sum_int8_t(ncclDevComm*, unsigned long, ncclWork*)',
  ],
  'reduce-scatter': [
    'ncclDevKernel_ReduceScatter_Sum_f32_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
    'ncclKernel_ReduceScatter_RING_LL_Sum_float(ncclDevComm*, unsigned long, ncclWork*)',
  ],
  'all-to-all': ['void deep_ep::intranode::dispatch<8, 768, 8192>(...)', 'void deep_ep::internode_ll::combine<7168, 9>(...)'],
  'send-recv': [
    'ncclDevKernel_SendRecv(ncclDevKernelArgsStorage<4096ul>)',
    'ncclKernel_SendRecv_RING_SIMPLE_Sum_int8_t(ncclDevComm*, unsigned long, ncclWork*)',
  ],
  broadcast: ['ncclDevKernel_Broadcast_RING_LL(ncclDevKernelArgsStorage<4096ul>)'],
  collective: ['ncclDevKernel_Generic_4(ncclDevKernelArgsStorage<4096ul>)'],
  other: ['my_own_thing_v2', ''],
};

test.each(Object.entries(names).flatMap(([kind, list]) => list.map((name) => [kind, name] as const)))('%s: %s', (kind, name) => {
  expect(kernelKind(name)).toBe(kind);
});

test.each([
  ['allreduce', 'all-reduce'],
  ['_allgather_base', 'all-gather'],
  ['_reduce_scatter_base', 'reduce-scatter'],
  ['all_to_allv', 'all-to-all'],
  ['all_to_all_single', 'all-to-all'],
  ['send', 'send-recv'],
  ['recv', 'send-recv'],
  ['broadcast', 'broadcast'],
  ['barrier', undefined],
] as const)('the collective %s of a process group', (name, kind) => {
  expect(collectiveNamed(name)).toBe(kind);
});
