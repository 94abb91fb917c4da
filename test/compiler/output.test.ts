/** What compilers print becomes figures of kernels. The outputs are written in the manner of the tools named. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAmdgpu } from '../../server/src/compiler/output/amdgpu.ts';
import { readCuobjdump } from '../../server/src/compiler/output/cuobjdump.ts';
import { takeApart } from '../../server/src/compiler/output/mangled.ts';
import { readPtxas } from '../../server/src/compiler/output/ptxas.ts';

describe('the output of ptxas', () => {
  it('gives each kernel its registers, stack, spills and shared memory', () => {
    const { kernels, architecture } = readPtxas(`ptxas info    : 0 bytes gmem, 24 bytes cmem[3]
ptxas info    : Compiling entry function '_Z4tileILi128EfEvPKT0_PS0_' for 'sm_90'
ptxas info    : Function properties for _Z4tileILi128EfEvPKT0_PS0_
    40 bytes stack frame, 36 bytes spill stores, 52 bytes spill loads
ptxas info    : Used 255 registers, used 1 barriers, 49152 bytes smem, 384 bytes cmem[0], 8 bytes cmem[2]
ptxas info    : Compile time = 12.345 ms
ptxas info    : Compiling entry function 'plain' for 'sm_90'
ptxas info    : Function properties for plain
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 8 registers, 376 bytes cmem[0]
`);
    expect(architecture).toBe('sm_90');
    expect(kernels).toEqual([
      { name: 'tile', templateArguments: ['128', 'float'], registers: 255, stack: 40, spillStores: 36, spillLoads: 52, shared: 49152 },
      { name: 'plain', templateArguments: [], registers: 8, stack: 0, spillStores: 0, spillLoads: 0, shared: 0 },
    ]);
  });

  it('leaves out functions that are no kernels', () => {
    const { kernels } = readPtxas(`ptxas info    : Function properties for _Z6helperPf
    0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
ptxas info    : Used 30 registers
`);
    expect(kernels).toEqual([]);
  });

  it('reads the shared memory of releases that named the launch apart', () => {
    const { kernels } = readPtxas(`ptxas info    : Compiling entry function '_Z1aPf' for 'sm_70'
ptxas info    : Used 18 registers, 2048+16 bytes smem, 44 bytes cmem[0]
`);
    expect(kernels).toMatchObject([{ name: 'a', registers: 18, shared: 2048 }]);
  });
});

describe('the output of cuobjdump', () => {
  it('takes stack and local memory together', () => {
    const dump = `
Resource usage:
 Common:
  GLOBAL:0
 Function _Z4tileILi64EEvPf:
  REG:72 STACK:16 SHARED:8192 LOCAL:8 CONSTANT[0]:360 TEXTURE:0 SURFACE:0 SAMPLER:0
`;
    expect(readCuobjdump(dump)).toEqual([
      { name: 'tile', templateArguments: ['64'], registers: 72, stack: 24, spillStores: 0, spillLoads: 0, shared: 8192 },
    ]);
  });
});

describe('the remarks of clang for AMD', () => {
  it('puts accumulation registers behind the vector registers', () => {
    const output = `k.hip:3:1: remark: Function Name: _Z4tilePf [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     TotalSGPRs: 20 [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     VGPRs: 90 [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     AGPRs: 32 [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     ScratchSize [bytes/lane]: 12 [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     Occupancy [waves/SIMD]: 4 [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     SGPRs Spill: 5 [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     VGPRs Spill: 3 [-Rpass-analysis=kernel-resource-usage]
k.hip:3:1: remark:     LDS Size [bytes/block]: 4096 [-Rpass-analysis=kernel-resource-usage]
remark: k.hip:9:1: Function Name: plain [-Rpass-analysis=kernel-resource-usage]
remark: k.hip:9:1:     VGPRs: 5 [-Rpass-analysis=kernel-resource-usage]
remark: k.hip:9:1:     LDS Size [bytes/block]: 0 [-Rpass-analysis=kernel-resource-usage]
`;
    expect(readAmdgpu(output)).toEqual([
      { name: 'tile', templateArguments: [], registers: 124, stack: 12, spillStores: 12, spillLoads: 12, shared: 4096 },
      { name: 'plain', templateArguments: [], registers: 5, stack: 0, spillStores: 0, spillLoads: 0, shared: 0 },
    ]);
  });
});

describe('a symbol', () => {
  it.each([
    ['_Z5scalePfi', 'scale', []],
    ['_ZN3ops6detail4tileILi16ELb1EEEvPf', 'tile', ['16', 'true']],
    ['_ZL6hiddenPf', 'hidden', []],
    ['_ZN12_GLOBAL__N_14tileILin1EEEvv', 'tile', ['-1']],
    ['_Z4castI6__half13__nv_bfloat16EvPKT_PT0_', 'cast', ['__half', '__nv_bfloat16']],
    ['_Z3runIN3ops6PolicyILi4EEES2_EvT_', 'run', ['ops::Policy<4>', 'ops::Policy<4>']],
    ['_Z4packIJfiLj8EEEvv', 'pack', ['float', 'int', '8']],
    ['_Z4kindILN2ns4KindE3EEvv', 'kind', ['(ns::Kind)3']],
    ['_Z4withIXadL_Z3addiiEEEvv', 'with', ['&add']],
    ['_Z5pointIPKfSt4pairIidEEvT_', 'point', ['float const*', 'std::pair<int, double>']],
    ['plain_c', 'plain_c', []],
  ])('%s is taken apart', (symbol, name, templateArguments) => {
    expect(takeApart(symbol)).toEqual({ name, templateArguments });
  });

  it('is taken apart for every kernel that nvcc compiled of public repositories', () => {
    const [, ...rows] = readFileSync(join(import.meta.dirname, '../kernels/golden-registers.tsv'), 'utf8')
      .trimEnd()
      .split('\n');
    const symbols = [...new Set(rows.map((row) => row.split('\t')[2] ?? ''))];
    expect(symbols.length).toBeGreaterThan(400);
    expect(symbols.filter((symbol) => !/^[A-Za-z]\w*$/.test(takeApart(symbol).name))).toEqual([]);
    expect(symbols.filter((symbol) => takeApart(symbol).templateArguments === undefined)).toEqual([]);
  });

  it('keeps its name where its arguments cannot be followed', () => {
    expect(takeApart('_Z4tileIXgtLi3ELi2EEEvv')).toEqual({ name: 'tile', templateArguments: undefined });
    expect(takeApart('_ZN2ns4tileIFvvEEEvv')).toEqual({ name: 'tile', templateArguments: undefined });
  });

  it('never fails on what is none', () => {
    for (const symbol of ['_Z', '_Z9short', '_ZN', '_Z4tileI', '_ZS9_', '']) expect(takeApart(symbol).name).toBeTypeOf('string');
  });
});
