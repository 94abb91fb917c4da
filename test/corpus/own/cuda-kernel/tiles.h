#pragma once
#include <tuple>

// Return {kBlockM, kBlockN, kNWarps}
constexpr std::tuple<int, int, int> tile_size_sm90(int headdim, bool is_causal, int element_size = 2) {
  if (element_size == 2) {
    if (headdim <= 64) {
      return {192, is_causal ? 128 : 192, 8};
    } else if (headdim <= 128) {
      bool const narrow = is_causal;
      return {128, narrow ? 96 : 128, 8};
    }
    return {64, 64, 4};
  }
  return {128, 160, 8};
}

template <typename T> void run_hdim96(Params &params, cudaStream_t stream) {
  constexpr static int Headdim = 96;
  run_forward<Forward_kernel_traits<Headdim, 64, 128, 4, T>>(params, stream);
}
