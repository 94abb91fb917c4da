/** What a kernel's text asks registers for, the estimate from it, and what a compiler's word changes. */
import { beforeAll, describe, expect, it } from 'vitest';
import { withCompiled } from '../../server/src/core/kernels/compiled.ts';
import type { CompiledKernel } from '../../server/src/core/kernels/compiled-launch.ts';
import { configurationsOf, type KernelConfiguration } from '../../server/src/core/kernels/configuration.ts';
import { kernelOccupancy } from '../../server/src/core/kernels/kernel-occupancy.ts';
import { registerDemand } from '../../server/src/core/kernels/register-demand.ts';
import { boundRegisters, estimatedRegisters, registersOn } from '../../server/src/core/kernels/registers.ts';
import { findArchitecture } from '../../server/src/data/architectures.ts';
import { readKernels } from '../../server/src/syntax/cuda/cuda.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

function architecture(id: string) {
  const found = findArchitecture(id);
  if (!found) throw new Error(`no architecture ${id}`);
  return found;
}

function configurations(text: string): readonly KernelConfiguration[] {
  const file = readKernels('file:///k.cu', text);
  if (!file) throw new Error('no grammar');
  return configurationsOf(file);
}

function first(text: string): KernelConfiguration {
  const [found] = configurations(text);
  if (!found) throw new Error('no kernel');
  return found;
}

const inKernel = (body: string): KernelConfiguration => first(`__global__ void k(float *x, int n) {\n${body}\n}`);

describe('what a kernel asks registers for', () => {
  it('is the most that is in scope at one place', () => {
    const demand = registerDemand(inKernel('float a[8]; { float b[16]; double c; } { float d[4]; float4 e; }'));
    expect(demand).toMatchObject({ arrays: 24, values: 4, unknown: [] });
  });

  it('counts arrays of narrow types by their bytes, and none that are indexed by what only the run knows', () => {
    expect(registerDemand(inKernel('half h[8]; float moving[32]; x[0] = moving[threadIdx.x];')).arrays).toBe(4);
  });

  it('counts fragments of matrix instructions as a warp holds them', () => {
    const text = `const int M = 16;
__global__ void k(float *x) {
  wmma::fragment<wmma::matrix_a, M, 16, 16, half, wmma::row_major> a;
  nvcuda::wmma::fragment<nvcuda::wmma::accumulator, M, 16, 16, float> c[2][4];
}`;
    expect(registerDemand(first(text))).toMatchObject({ fragments: 8 + 8 * 8, arrays: 0 });
  });

  it('names arrays whose size is not known', () => {
    expect(registerDemand(inKernel('float a[SIZE];')).unknown).toEqual(['a']);
  });

  it('counts what unrolled loops load, and loops that only the run ends', () => {
    const unrolled = registerDemand(inKernel('float s = 0;\n#pragma unroll\nfor (int i = 0; i < 8; i++) s += x[i];'));
    expect(unrolled).toMatchObject({ loads: 8, hasOpenLoop: false });
    const open = registerDemand(inKernel('float s = 0; for (int i = 0; i < n; i++) s += x[i];'));
    expect(open).toMatchObject({ loads: 4, hasOpenLoop: true });
  });
});

describe('a comment that gives sizes', () => {
  const summing = '__global__ void k(float *x, int n) { float s = 0; for (int i = 0; i < n; i++) s += x[i]; x[0] = s; }';

  it.each(['n=16777216', 'n=4', 'gridDim.x=108 blockDim.x=256 n=8'])('changes nothing where the run decides them: %s', (sizes) => {
    expect(registerDemand(first(`// rooflint: ${sizes}\n${summing}`))).toEqual(registerDemand(first(summing)));
  });

  it('changes nothing by the fields of a parameter or by sizes of the block', () => {
    const fields = '__global__ void k(float *x, Params p) { float s = 0; for (int i = 0; i < p.n; i += blockDim.x) s += x[i]; x[0] = s; }';
    expect(registerDemand(first(`// rooflint: p.n=8 blockDim.x=1\n${fields}`))).toEqual(registerDemand(first(fields)));
  });

  it('counts where a template parameter or a constant of another file is meant', () => {
    const text = `template <int ROUNDS> __global__ void k(float *x) {
  float a[TILE]; float s = 0;
  for (int i = 0; i < ROUNDS; i++) s += x[i];
}`;
    expect(registerDemand(first(text))).toMatchObject({ unknown: ['a'], hasOpenLoop: true });
    expect(registerDemand(first(`// rooflint: ROUNDS=16 TILE=24\n${text}`))).toMatchObject({
      arrays: 24,
      loads: 16,
      hasOpenLoop: false,
      unknown: [],
    });
  });
});

describe('the estimate', () => {
  it('stays below what the bounds of a kernel leave', () => {
    const bounded = (bounds: string) => first(`__global__ void __launch_bounds__(${bounds}) k(float *x) { float a[64], b[64]; }`);
    const hopper = architecture('sm_90');
    expect(boundRegisters(bounded('1024'), hopper)).toBe(64);
    expect(boundRegisters(bounded('256, 2'), hopper)).toBe(128);
    expect(boundRegisters(bounded('100'), hopper)).toBe(255);
    expect(estimatedRegisters(bounded('1024'), hopper)?.high).toBe(64);
  });

  it('says nothing where a size is missing, and nothing of AMD', () => {
    expect(estimatedRegisters(inKernel('float a[SIZE];'), architecture('sm_90'))).toBeUndefined();
    expect(estimatedRegisters(inKernel('float a[4];'), architecture('gfx942'))).toBeUndefined();
  });
});

describe('the compiler', () => {
  const text = `template <int B, typename T> __global__ void tile(T *x) { __shared__ T part[B]; part[threadIdx.x] = x[threadIdx.x]; }
void run(float *x, int n) { tile<128, float><<<1, 128>>>(x); tile<64, float><<<1, 64>>>(x); tile<SIZE, float><<<1, 256>>>(x); }`;
  const kernel = (size: number, registers: number, more: Partial<CompiledKernel> = {}): CompiledKernel => ({
    name: 'tile',
    templateArguments: [String(size), 'float'],
    registers,
    spillStores: 0,
    spillLoads: 0,
    stack: 0,
    shared: size * 4,
    ...more,
  });
  const kernels = [
    kernel(128, 96),
    kernel(64, 40),
    kernel(128, 50, { templateArguments: ['128', 'double'] }),
    kernel(1, 9, { name: 'other' }),
  ];
  const file = { compiler: 'nvcc 12.4', architecture: 'sm_90a', kernels };

  it('is believed for the instance that a launch runs', () => {
    const [large, small] = configurations(text).map((one) => withCompiled(one, file));
    expect(large?.compiled?.kernels.map(({ registers }) => registers)).toEqual([96]);
    expect(small?.compiled?.kernels.map(({ registers }) => registers)).toEqual([40]);
    expect(large && registersOn(large, architecture('sm_90'))).toEqual({ low: 96, high: 96, isExact: true });
  });

  it('gives a range where the instance is not known, and no shared memory of its own then', () => {
    const [, , open] = configurations(text).map((one) => withCompiled(one, file));
    expect(open && registersOn(open, architecture('sm_90'))).toEqual({ low: 40, high: 96, isExact: true });
    expect(open?.staticShared.value).toBeUndefined();
  });

  it('replaces the shared memory of the text', () => {
    const [one] = configurations(text).map((each) => withCompiled(each, { ...file, kernels: [kernel(128, 96, { shared: 640 })] }));
    expect(one?.staticShared).toEqual({ value: 640, unknown: [] });
  });

  it('counts for the architecture it compiled for alone', () => {
    const [large] = configurations(text).map((one) => withCompiled(one, file));
    expect(large && registersOn(large, architecture('sm_80'))?.isExact).toBe(false);
    const found = large && kernelOccupancy(large, architecture('sm_90'), 132);
    expect(found?.withRegisters).toMatchObject({ least: { blocks: 5, limitedBy: ['registers'] } });
  });

  it('leaves a kernel as it was that it made nothing of', () => {
    const [large] = configurations(text);
    expect(large && withCompiled(large, { ...file, kernels: [] })).toBe(large);
  });
});
