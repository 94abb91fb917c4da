/** What a compiler tells of kernels. Plain data; how it is asked is no matter of the core. */
import type { Bytes } from '../units.ts';

/** One kernel, or one instance of a template. */
export interface CompiledKernel {
  /** Without scope and template arguments, as it is written. */
  readonly name: string;
  /** As the compiler spells them, packs laid out; undefined where its spelling could not be taken apart. */
  readonly templateArguments: readonly string[] | undefined;
  readonly registers: number;
  /** Bytes per thread. */
  readonly spillStores: Bytes;
  readonly spillLoads: Bytes;
  readonly stack: Bytes;
  /** Static, of a block; undefined where the compiler does not tell. Of Triton, all of it. */
  readonly shared: Bytes | undefined;
  /** What Triton's cache tells of how it was built. */
  readonly triton?: TritonBuild;
}

/** How Triton built a kernel, as far as it tells which configuration that was. */
export interface TritonBuild {
  /** `sm_90`, `gfx942`. */
  readonly architecture: string;
  readonly numWarps: number;
  readonly numStages: number;
  /** Where its definition begins, from 1. */
  readonly line: number;
  /** `tl.arange` calls, by line of the source. */
  readonly ranges: readonly { readonly line: number; readonly start: number; readonly end: number }[];
  /** `tl.dot` calls, the same. */
  readonly products: readonly { readonly line: number; readonly rows: number; readonly inner: number; readonly columns: number }[];
}

export interface CompiledFile {
  /** "nvcc 12.4". */
  readonly compiler: string;
  /** `sm_90`, `sm_90a`, `gfx942`. */
  readonly architecture: string;
  readonly kernels: readonly CompiledKernel[];
  /** Kernels of which only builds of an older text are known. */
  readonly outdated?: readonly string[];
}

/** What a compiler has to say of a text at a time. */
export type CompilerAnswer =
  | { readonly kind: 'compiled'; readonly file: CompiledFile }
  | { readonly kind: 'failed'; readonly compiler: string; readonly why: string };

/** What a launch runs, as far as its template arguments tell: mostly one, several where some of them are not known. */
export interface CompiledLaunch extends Omit<CompiledFile, 'kernels'> {
  readonly kernels: readonly [CompiledKernel, ...CompiledKernel[]];
}

export type BuiltTriton = CompiledKernel & { readonly triton: TritonBuild };

/** What Triton's cache has of a configuration: one build for each type and alignment of the arguments it was called with. */
export interface CompiledTriton {
  readonly compiler: string;
  readonly builds: readonly [BuiltTriton, ...BuiltTriton[]];
}
