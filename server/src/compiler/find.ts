/** The compiler of this machine: the one a setting names, else where the environment and the usual places have it. */
import { basename, delimiter, isAbsolute, join } from 'node:path';
import type { KernelLanguage } from '../core/kernels/facts.ts';
import { isProgram, programName } from './programs.ts';
import { runBounded } from './run.ts';

export type CompilerKind = 'nvcc' | 'clang' | 'hipcc';

export interface Compiler {
  readonly kind: CompilerKind;
  readonly path: string;
  /** "nvcc 12.4". */
  readonly label: string;
  /** All that it says of itself, which results are kept under. */
  readonly version: string;
}

/** Value of the setting that forbids compilers. */
export const compilerOff = 'off';

/** Version questions are answered at once or not at all. */
const limits = { seconds: 20, megabytes: 4096 };

/** Where to look, best first. Relative entries of PATH would lead into whatever folder is open, so they are left out. */
function candidates(language: KernelLanguage, environment: NodeJS.ProcessEnv): readonly string[] {
  const onPath = (environment.PATH ?? environment.Path ?? '').split(delimiter).filter(isAbsolute);
  const under = (names: readonly string[], folders: readonly (string | undefined)[]): readonly string[] =>
    names.flatMap((name) =>
      folders.flatMap((folder) => (folder !== undefined && isAbsolute(folder) ? join(folder, programName(name)) : [])),
    );
  const bin = (folder: string | undefined): string | undefined => (folder ? join(folder, 'bin') : undefined);
  const { CUDA_HOME, CUDA_PATH, ROCM_PATH, HIP_PATH } = environment;
  if (language === 'hip')
    return [...under(['hipcc', 'amdclang++'], [bin(ROCM_PATH), bin(HIP_PATH), ...onPath, '/opt/rocm/bin']), ...under(['clang++'], onPath)];
  return [...under(['nvcc'], [bin(CUDA_HOME), bin(CUDA_PATH), ...onPath, '/usr/local/cuda/bin']), ...under(['clang++'], onPath)];
}

function labelOf(output: string): Pick<Compiler, 'kind' | 'label'> | undefined {
  const cuda = /Cuda compilation tools, release (\d+\.\d+)/.exec(output)?.[1];
  if (cuda !== undefined) return { kind: 'nvcc', label: `nvcc ${cuda}` };
  const hip = /HIP version: (\d+\.\d+)/.exec(output)?.[1];
  if (hip !== undefined) return { kind: 'hipcc', label: `hipcc ${hip}` };
  const clang = /clang version (\d+(?:\.\d+)?)/.exec(output)?.[1];
  return clang === undefined ? undefined : { kind: 'clang', label: `clang ${clang}` };
}

/** Asks a program what it is; undefined where it is no compiler that is known. */
export async function compilerAt(path: string, environment: NodeJS.ProcessEnv, folder: string): Promise<Compiler | undefined> {
  const signal = new AbortController().signal;
  const { code, output } = await runBounded(path, ['--version'], { folder, environment, limits, signal });
  const known = code === 0 ? labelOf(output) : undefined;
  return known && { ...known, path, version: output.trim() };
}

/**
 * @param setting a path, nothing to look for one, or "off".
 * @param folder where the question runs: any folder that is not the workspace's.
 */
export async function findCompiler(
  setting: string | undefined,
  language: KernelLanguage,
  environment: NodeJS.ProcessEnv,
  folder: string,
): Promise<Compiler | undefined> {
  if (setting === compilerOff) return undefined;
  const named = setting !== undefined && setting !== '';
  const paths = named ? [setting].filter(isAbsolute) : candidates(language, environment);
  const path = paths.find(isProgram);
  if (path === undefined) return undefined;
  const compiler = await compilerAt(path, environment, folder);
  // nvcc knows nothing of AMD; a program that was named may be either.
  return compiler?.kind === 'nvcc' && language === 'hip' ? undefined : compiler;
}

/** How a program is called in words. */
export const programOf = (path: string): string => basename(path);
