#include <hip/hip_runtime.h>

template <typename T> __global__ void copy_rows(T *out, const T *in, int columns) {
  for (int at = threadIdx.x; at < columns; at += blockDim.x) out[blockIdx.x * columns + at] = in[blockIdx.x * columns + at];
}

void copy(float *out, const float *in, int rows, int heads, int columns, hipStream_t stream) {
  dim3 grid(rows, heads);
  dim3 block(std::min(columns, 512));
  hipLaunchKernelGGL(HIP_KERNEL_NAME(copy_rows<float>), grid, block, 0, stream, out, in, columns);
}
