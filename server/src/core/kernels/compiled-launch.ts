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
  /** Static, of a block; undefined where the compiler does not tell. */
  readonly shared: Bytes | undefined;
}

export interface CompiledFile {
  /** "nvcc 12.4". */
  readonly compiler: string;
  /** `sm_90`, `sm_90a`, `gfx942`. */
  readonly architecture: string;
  readonly kernels: readonly CompiledKernel[];
}

/** What a compiler has to say of a text at a time. */
export type CompilerAnswer =
  | { readonly kind: 'compiled'; readonly file: CompiledFile }
  | { readonly kind: 'failed'; readonly compiler: string; readonly why: string };

/** What a launch runs, as far as its template arguments tell: mostly one, several where some of them are not known. */
export interface CompiledLaunch extends Omit<CompiledFile, 'kernels'> {
  readonly kernels: readonly [CompiledKernel, ...CompiledKernel[]];
}
