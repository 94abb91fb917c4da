// Rows are kept in shared memory where they fit, else read twice.
#define CEIL_DIV(a, b) (((a) + (b)-1) / (b))
#define WARP 32

__global__ void __launch_bounds__(512, 2) norm_in_shared(float *out, const float *in, int rows, int columns) {
  extern __shared__ float row[];
  int at = blockIdx.x * blockDim.y + threadIdx.y;
  if (at < rows) row[threadIdx.x] = in[at * columns + threadIdx.x];
  __syncthreads();
  if (at < rows) out[at * columns + threadIdx.x] = row[threadIdx.x];
}

__global__ void norm_twice(float *out, const float *in, int rows, int columns) {
  int at = blockIdx.x * blockDim.x + threadIdx.x;
  if (at < rows * columns) out[at] = in[at];
}

template <int BM, int BN> __global__ void tile_copy(float *out, const float *in) {
  __shared__ float a[BM * BN];
  __shared__ float b[BM * BN];
  a[threadIdx.x] = in[threadIdx.x];
  b[threadIdx.x] = in[threadIdx.x + BM];
  out[threadIdx.x] = a[threadIdx.x] + b[threadIdx.x];
}

#define COPY(M, N) tile_copy<M, N><<<grid, \
                                     block>>>(out, in)

void norm(float *out, const float *in, int rows, int columns) {
  const int threads = 256;
  const int per_block = threads / WARP;
  const int blocks = CEIL_DIV(rows, per_block);
  size_t bytes = (2 + per_block) * columns * sizeof(float);
  if (cudaFuncSetAttribute(norm_in_shared, cudaFuncAttributeMaxDynamicSharedMemorySize, bytes) == cudaSuccess) {
    norm_in_shared<<<blocks, dim3(WARP, per_block), bytes>>>(out, in, rows, columns);
  } else {
    norm_twice<<<CEIL_DIV(rows * columns, threads), threads>>>(out, in, rows, columns);
  }
  dim3 grid(rows, 2);
  dim3 block(std::min(columns, 1024));
  COPY(32, 8);
}
