"""Rows normalised; sizes by the device."""
import torch
import triton
import triton.language as tl

from sizes.helpers import settings

if torch.version.hip is not None:
    MAX_SIZE = 16384
else:
    MAX_SIZE = 65536 // 2

LISTS = [64, 128] if has_large_shared_memory() else [32, 64]


@triton.autotune(
    configs=[triton.Config({"BV": bv}, num_warps=w, num_stages=s) for bv in LISTS for w in [2, 4] for s in [2, 3, 4]],
    key=["n"],
)
@triton.jit
def scale_kernel(x_ptr, n, BV: tl.constexpr):
    at = tl.program_id(0) * BV + tl.arange(0, BV)
    tl.store(x_ptr + at, tl.load(x_ptr + at, mask=at < n), mask=at < n)


@triton.jit
def norm_kernel(x_ptr, n, ROWS: tl.constexpr, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(x_ptr + at, tl.load(x_ptr + at, mask=at < n), mask=at < n)


def norm(x, is_new):
    n_rows, n = x.shape
    BLOCK, _ = settings(n)
    if is_new:
        warps = 16
    else:
        warps = 8 if x.element_size() == 2 else 32
    norm_kernel[(n_rows,)](x, n, ROWS=16, BLOCK=BLOCK, num_warps=warps)
