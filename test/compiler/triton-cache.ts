/** Makes a compile cache as Triton leaves it behind: one folder for each build. Written by hand in the manner of triton 3.5's. */
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const matmulText = `import triton
import triton.language as tl


@triton.autotune(
    configs=[
        triton.Config({"BM": 64, "BN": 64, "BK": 32}, num_stages=3, num_warps=4),
        triton.Config({"BM": 128, "BN": 64, "BK": 32}, num_stages=3, num_warps=4),
        triton.Config({"BM": 128, "BN": 128, "BK": 32}, num_stages=4, num_warps=8),
    ],
    key=["M", "N", "K"],
)
@triton.jit
def matmul(a_ptr, b_ptr, c_ptr, M, N, K, BM: tl.constexpr, BN: tl.constexpr, BK: tl.constexpr):
    rows = tl.program_id(0) * BM + tl.arange(0, BM)
    columns = tl.program_id(1) * BN + tl.arange(0, BN)
    inner = tl.arange(0, BK)
    total = tl.zeros((BM, BN), dtype=tl.float32)
    for k in range(0, K, BK):
        a = tl.load(a_ptr + rows[:, None] * K + inner[None, :] + k)
        b = tl.load(b_ptr + (inner[:, None] + k) * N + columns[None, :])
        total += tl.dot(a, b)
    tl.store(c_ptr + rows[:, None] * N + columns[None, :], total)
`;

export interface Build {
  readonly source: string;
  readonly rows: number;
  readonly columns: number;
  readonly warps: number;
  readonly stages: number;
  readonly shared: number;
  /** What the fake ptxas is told. */
  readonly wish: string;
  readonly target?: { readonly backend: string; readonly arch: number | string };
  readonly more?: object;
}

function ttir({ source, rows, columns }: Build): string {
  // Equal ranges are kept once.
  const second =
    rows === columns ? '' : `    %columns = tt.make_range {end = ${columns} : i32, start = 0 : i32} : tensor<${columns}xi32> loc(#loc4)\n`;
  return `#loc = loc("${source}":14:0)
#loc10 = loc("a_ptr"(#loc))
module {
  tt.func public @matmul(%a_ptr: !tt.ptr<f16> {tt.divisibility = 16 : i32} loc("a_ptr"(#loc))) attributes {noinline = false} {
    %rows = tt.make_range {end = ${rows} : i32, start = 0 : i32} : tensor<${rows}xi32> loc(#loc11)
${second}    %inner = tt.make_range {end = 32 : i32, start = 0 : i32} : tensor<32xi32> loc(#loc5)
    %total = tt.dot %a, %b, %acc, inputPrecision = tf32 : tensor<${rows}x32xf16> * tensor<32x${columns}xf16> -> tensor<${rows}x${columns}xf32> loc(#loc6)
    tt.return loc(#loc7)
  } loc(#loc)
} loc(#loc)
#loc3 = loc("${source}":15:47)
#loc4 = loc("${source}":16:50)
#loc5 = loc("${source}":17:25)
#loc6 = loc("${source}":22:27)
#loc7 = loc("/usr/lib/python3/triton/language/standard.py":40:4)
#loc11 = loc("rows"(#loc3))
#loc12 = loc(callsite(#loc7 at #loc6))
`;
}

const ptx = (wish: string): string =>
  `.version 8.7\n.target sm_90a\n.address_size 64\n// fake: ${wish}\n.visible .entry matmul(\n)\n.reqntid 128\n{ ret; }\n`;

const amdgcn = `	.text
amdhsa.kernels:
  - .agpr_count:     32
    .args:
    .group_segment_fixed_size: 0
    .private_segment_fixed_size: 12
    .vgpr_count:     160
    .vgpr_spill_count: 3
`;

/** One build, a minute younger than the source. */
export function addBuild(cache: string, hash: string, build: Build): void {
  const folder = join(cache, hash);
  mkdirSync(folder, { recursive: true });
  const { warps, stages, shared, wish, target = { backend: 'cuda', arch: 90 }, more = {} } = build;
  const metadata = { hash, target: { ...target, warp_size: 32 }, num_warps: warps, num_stages: stages, shared, name: 'matmul', ...more };
  const device = join(folder, target.backend === 'hip' ? 'matmul.amdgcn' : 'matmul.ptx');
  writeFileSync(join(folder, 'matmul.json'), JSON.stringify(metadata));
  writeFileSync(join(folder, 'matmul.ttir'), ttir(build));
  writeFileSync(device, target.backend === 'hip' ? amdgcn : ptx(wish));
  const later = Date.now() / 1000 + 60;
  utimesSync(device, later, later);
}
