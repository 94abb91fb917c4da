// Just enough of PyTorch's C++ names for host code to get past the compiler, so that the launches in it instantiate their
// kernels. Nothing here runs. The real headers take half a minute a file and change no kernel.
#pragma once
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_runtime.h>

#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace c10 {
enum class ScalarType { Half, BFloat16, Float, Double, Byte, Char, Short, Int, Long, Float8_e5m2, Float8_e4m3fn };
struct Half {
  unsigned short x;
  operator float() const;
};
struct BFloat16 {
  unsigned short x;
  operator float() const;
};
struct Device {
  bool is_cuda() const;
  int index() const;
};
inline std::ostream &operator<<(std::ostream &out, ScalarType) { return out; }
struct IntArrayRef {
  const int64_t *begin() const;
  const int64_t *end() const;
  int64_t operator[](int) const;
  size_t size() const;
  bool operator==(const IntArrayRef &) const;
  bool operator!=(const IntArrayRef &) const;
};
inline std::ostream &operator<<(std::ostream &out, Device) { return out; }
inline std::ostream &operator<<(std::ostream &out, IntArrayRef) { return out; }
enum DeviceType { kCUDA, kCPU };
inline constexpr auto kHalf = ScalarType::Half, kFloat16 = ScalarType::Half, kBFloat16 = ScalarType::BFloat16;
inline constexpr auto kFloat = ScalarType::Float, kFloat32 = ScalarType::Float, kDouble = ScalarType::Double;
inline constexpr auto kUInt8 = ScalarType::Byte, kByte = ScalarType::Byte, kInt8 = ScalarType::Char, kChar = ScalarType::Char;
inline constexpr auto kInt16 = ScalarType::Short, kShort = ScalarType::Short, kInt32 = ScalarType::Int, kInt = ScalarType::Int;
inline constexpr auto kInt64 = ScalarType::Long, kLong = ScalarType::Long;
inline constexpr auto kFloat8_e5m2 = ScalarType::Float8_e5m2, kFloat8_e4m3fn = ScalarType::Float8_e4m3fn;
struct TensorOptions {
  template <typename... T> TensorOptions dtype(T...) const;
  template <typename... T> TensorOptions device(T...) const;
  ScalarType dtype() const;
};
inline std::ostream &operator<<(std::ostream &out, TensorOptions) { return out; }
struct Tensor {
  int64_t size(int64_t) const;
  int64_t stride(int64_t) const;
  int64_t numel() const;
  int64_t dim() const;
  int64_t nbytes() const;
  int64_t element_size() const;
  IntArrayRef sizes() const;
  IntArrayRef strides() const;
  bool is_contiguous() const;
  bool is_cuda() const;
  bool is_cpu() const;
  bool defined() const;
  bool requires_grad() const;
  ScalarType scalar_type() const;
  ScalarType dtype() const;
  Device device() const;
  int get_device() const;
  TensorOptions options() const;
  Tensor contiguous() const;
  template <typename... T> Tensor view(T...) const;
  Tensor view(std::initializer_list<int64_t>) const;
  template <typename... T> Tensor to(T...) const;
  template <typename... T> Tensor reshape(T...) const;
  template <typename... T> Tensor transpose(T...) const;
  template <typename T> T item() const;
  template <typename T> T *data() const;
  void *data_ptr() const;
  const void *const_data_ptr() const;
  void *mutable_data_ptr() const;
  template <typename T> T *data_ptr() const;
  template <typename T> const T *const_data_ptr() const;
  template <typename T> T *mutable_data_ptr() const;
};
template <typename... T> Tensor empty(std::initializer_list<int64_t>, T...);
template <typename... T> Tensor zeros(std::initializer_list<int64_t>, T...);
template <typename... T> Tensor ones(std::initializer_list<int64_t>, T...);
template <typename... T> Tensor full(std::initializer_list<int64_t>, T...);
template <typename... T> Tensor empty(int64_t, T...);
template <typename... T> Tensor zeros(int64_t, T...);
template <typename... T> Tensor empty(IntArrayRef, T...);
template <typename... T> Tensor zeros(IntArrayRef, T...);
template <typename... T> Tensor empty_like(T...);
template <typename... T> Tensor zeros_like(T...);
template <typename... T> Tensor max(T...);
template <typename... T> Tensor sum(T...);
template <typename... T> Tensor tensor(T...);
namespace cuda {
struct CUDAStream {
  cudaStream_t stream() const;
  operator cudaStream_t() const;
};
struct CUDAGuard {
  template <typename T> explicit CUDAGuard(T);
};
struct OptionalCUDAGuard {
  template <typename T> explicit OptionalCUDAGuard(T);
};
template <typename... T> CUDAStream getCurrentCUDAStream(T...);
template <typename... T> cudaDeviceProp *getCurrentDeviceProperties(T...);
template <typename... T> CUDAStream getStreamFromPool(T...);
template <typename T> auto device_of(T) -> Device;
}  // namespace cuda
}  // namespace c10
namespace at {
using namespace c10;
namespace cuda {
using namespace c10::cuda;
}
}  // namespace at
namespace torch {
using namespace c10;
using Dtype = ScalarType;
namespace cuda {
using namespace c10::cuda;
}
struct Library {
  template <typename... T> Library &def(T...);
  template <typename... T> Library &impl(T...);
};
}  // namespace torch
#define TORCH_CHECK(condition, ...) ((void)(condition))
#define AT_ASSERTM(condition, ...) ((void)(condition))
#define AT_CUDA_CHECK(condition) ((void)(condition))
#define C10_CUDA_CHECK(condition) ((void)(condition))
#define C10_CUDA_KERNEL_LAUNCH_CHECK()
#define TORCH_EXTENSION_NAME extension
#define PYBIND11_MODULE(name, variable) static void bind_##name(torch::Library variable)
#define TORCH_LIBRARY(name, variable) static void library_##name(torch::Library variable)
#define TORCH_LIBRARY_IMPL(name, device, variable) static void library_##name##_##device(torch::Library variable)
#define TORCH_LIBRARY_FRAGMENT(name, variable) static void fragment_##name(torch::Library variable)
