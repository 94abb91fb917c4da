/** The command that compiles the device's side of one file, and tells what its kernels take. */
import type { KernelLanguage } from '../core/kernels/facts.ts';
import type { Compiler } from './find.ts';

export interface Job {
  readonly language: KernelLanguage;
  readonly source: string;
  readonly output: string;
  readonly architecture: string;
  /** As `keptFlags` gives them. */
  readonly flags: readonly string[];
  /** Where the text really stands: its own includes are looked for there. */
  readonly folder: string;
}

const ofClang = (language: KernelLanguage, architecture: string): readonly string[] =>
  language === 'hip'
    ? ['-x', 'hip', '--offload-device-only', `--offload-arch=${architecture}`, '-Rpass-analysis=kernel-resource-usage']
    : ['-x', 'cuda', '--cuda-device-only', `--cuda-gpu-arch=${architecture}`, '-Xcuda-ptxas', '-v'];

/** @returns the arguments; the compiler's own path stands before them. */
export function argumentsFor({ kind }: Compiler, { language, source, output, architecture, flags, folder }: Job): readonly string[] {
  const place = ['-I', folder, '-o', output, source];
  if (kind === 'nvcc') return ['-cubin', `-arch=${architecture}`, '-x', 'cu', '-w', '-Xptxas', '-v', ...flags, ...place];
  const optimised = flags.some((flag) => /^-O\d$/.test(flag)) ? [] : ['-O3'];
  return [...ofClang(language, architecture), '-c', '-w', ...optimised, ...flags, ...place];
}

const specific = /\bwgmma\b|\bsetmaxnreg\b|\btcgen05\b|\bcp\.async\.bulk\b|\bblock_scale\b/;
const withSpecific = /^sm_(?:90|1\d\d)$/;
const usual: { readonly [language in KernelLanguage]: string } = { cuda: 'sm_90', hip: 'gfx942', triton: 'sm_90' };

/**
 * The architecture to compile for: the GPU the user means, else the build's, else the usual one of the language. Instructions of one
 * architecture alone (`wgmma`, `tcgen05`) need its own variant, `sm_90a`.
 */
export function architectureFor(language: KernelLanguage, text: string, wanted: string | undefined, ofBuild: readonly string[]): string {
  const own = ofBuild.filter((one) => one.startsWith(language === 'hip' ? 'gfx' : 'sm_'));
  const base = wanted ?? own.at(-1) ?? usual[language];
  const variant = own.find((one) => one.replace(/[af]$/, '') === base && one !== base);
  return variant ?? (withSpecific.test(base) && specific.test(text) ? `${base}a` : base);
}
