/** CUDA source in strings of Python: read as in a file of its own, with every place in the Python text. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Analysis } from '../../server/src/engine/analysis.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { engineOver, loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

const analysed = (text: string): Analysis => engineOver({}, { gpu: 'h100' }).engine.analyse('file:///w/ext.py', text, 0);

const inline = `"""Ünïcode before it: 🚀."""
from torch.utils.cpp_extension import load_inline

cuda_source = """
#define CHECK(x) \\\\
    TORCH_CHECK(x, "no\\\\n")
__global__ void __launch_bounds__(256) scale(float *x, int n) {
  __shared__ float rows[64];
  int at = blockIdx.x * blockDim.x + threadIdx.x;
  if (at < n) x[at] = rows[0] * 2.0;
}
void run(float *x, int n) { scale<<<8, 250>>>(x, n); }
"""

module = load_inline(name="scale", cpp_sources="void run(float *x, int n);", cuda_sources=[cuda_source], functions=["run"])
`;

describe('a string given to load_inline', () => {
  it('holds kernels and launches', () => {
    const { kernels } = analysed(inline);
    expect(kernels?.cuda?.configurations).toMatchObject([
      { threads: { value: 250 }, blocks: { value: 8 }, staticShared: { value: 256 }, mostThreads: { value: 256 } },
    ]);
  });

  it('has its places in the Python text', () => {
    const { kernels } = analysed(inline);
    const [kernel] = kernels?.cuda?.own ?? [];
    const [launch] = kernels?.cuda?.file.launches ?? [];
    const double = kernels?.findings.find(({ finding }) => finding.rule === 'fp64-literal');
    const said = [kernel?.nameRange, launch?.blockRange, double?.place.range].map((range) => inline.slice(range?.start, range?.end));
    expect(said).toEqual(['scale', '250', '2.0']);
  });

  it('is not one that documents', () => {
    expect(analysed('def f():\n    """Like __global__ void k(int x) {}."""\n    return 1\n').kernels).toBeUndefined();
  });
});

describe('a string with values put in', () => {
  it('takes them from constants of the module', () => {
    const { kernels } = analysed(`BLOCK = 128
source = f"""
__global__ void copy(float *x) {{
  __shared__ float rows[{BLOCK} * 2];
  x[threadIdx.x] = rows[threadIdx.x];
}}
void run(float *x) {{ copy<<<4, {BLOCK}>>>(x); }}
"""
`);
    expect(kernels?.cuda?.configurations).toMatchObject([{ threads: { value: 128 }, staticShared: { value: 1024 } }]);
  });
});

describe('a kernel that Python launches', () => {
  it('is found by the name CuPy knows it by', () => {
    const text = `import cupy as cp

add = cp.RawKernel(r'''
extern "C" __global__ void my_add(const float *x, float *y) {
  extern __shared__ float rows[];
  y[blockDim.x * blockIdx.x + threadIdx.x] = x[threadIdx.x] + rows[0];
}
''', 'my_add')


def go(x, y):
    threads = 192
    add((16, 2), (threads,), (x, y), shared_mem=4 * 1024)
`;
    const { kernels } = analysed(text);
    expect(kernels?.cuda?.configurations).toMatchObject([
      { kernel: { name: 'my_add' }, threads: { value: 192 }, blocks: { value: 32 }, dynamicShared: { value: 4096 } },
    ]);
    const [launch] = kernels?.cuda?.file.launches ?? [];
    expect(text.slice(launch?.range.start, launch?.range.end)).toBe('add((16, 2), (threads,), (x, y), shared_mem=4 * 1024)');
  });

  it('is found by a module that was compiled before', () => {
    const { kernels } = analysed(`import cupy
code = "extern \\"C\\" __global__ void twice(float *x) { x[threadIdx.x] *= 2.f; }"
module = cupy.RawModule(code=code)
twice = module.get_function("twice")
twice((1,), (64,), (x,))
`);
    expect(kernels?.cuda?.configurations).toMatchObject([{ kernel: { name: 'twice' }, threads: { value: 64 } }]);
  });
});
