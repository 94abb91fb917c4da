#include "cutlass/gemm/device/gemm.h"

using ElementA = cutlass::half_t;
using ElementB = cutlass::half_t;
using ElementAccumulator = float;
// Tiles of 128 x 128 by warps of 64 x 64.
using Block = cutlass::gemm::GemmShape<128, 128, 32>;
using Warp = cutlass::gemm::GemmShape<64, 64, 32>;
using Instruction = cutlass::gemm::GemmShape<16, 8, 16>;
using Epilogue = cutlass::epilogue::thread::LinearCombination<float, 128 / cutlass::sizeof_bits<float>::value, float, float>;
constexpr int kStages = 3;

using Gemm = cutlass::gemm::device::GemmUniversal<
    ElementA, cutlass::layout::RowMajor, ElementB, cutlass::layout::ColumnMajor,
    float, cutlass::layout::RowMajor, ElementAccumulator,
    cutlass::arch::OpClassTensorOp, cutlass::arch::Sm80,
    Block, Warp, Instruction, Epilogue,
    cutlass::gemm::threadblock::GemmIdentityThreadblockSwizzle<>,
    kStages>;
