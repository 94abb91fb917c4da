/** One text through the compiler: in a folder of its own that is gone afterwards, with nothing written anywhere else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import type { CompiledKernel, CompilerAnswer } from '../core/kernels/compiled-launch.ts';
import type { KernelLanguage } from '../core/kernels/facts.ts';
import { keyOf } from './cache.ts';
import { architectureFor, argumentsFor } from './command.ts';
import { buildCommandOf } from './compile-commands.ts';
import type { Compiler } from './find.ts';
import { keptFlags } from './flags.ts';
import { readAmdgpu } from './output/amdgpu.ts';
import { readCuobjdump } from './output/cuobjdump.ts';
import { readPtxas } from './output/ptxas.ts';
import { type Limits, runBounded } from './run.ts';

export interface CompileRequest {
  readonly uri: string;
  /** Of the file on this machine. */
  readonly path: string;
  readonly text: string;
  readonly language: KernelLanguage;
  /** Of the GPU the user means. */
  readonly architecture: string | undefined;
  /** Texts of the workspace's own files it takes in. */
  readonly includes: readonly string[];
  /** Names of the kernels, of Triton alone. */
  readonly kernels?: readonly string[];
}

/** A request with all that decides its answer. */
export interface PreparedRequest extends CompileRequest {
  readonly compiler: Compiler;
  readonly target: string;
  readonly flags: readonly string[];
  readonly key: string;
}

export function prepare(request: CompileRequest, compiler: Compiler, roots: readonly string[]): PreparedRequest {
  const command = buildCommandOf(request.path, roots);
  const { flags, architectures } = keptFlags(command?.words ?? [], command?.folder ?? '', compiler.kind === 'nvcc');
  const target = architectureFor(request.language, request.text, request.architecture, architectures);
  const { path, text, includes } = request;
  const key = keyOf([compiler.path, compiler.version, target, ...flags, dirname(path), extname(path), text, ...includes]);
  return { ...request, compiler, target, flags, key };
}

/** The first complaint, without the temporary folder's name. */
function complaintIn(output: string, source: string): string | undefined {
  const line = output.split('\n').find((one) => /\b(?:error|fatal)\b/i.test(one)) ?? output.split('\n').find((one) => one.trim() !== '');
  return line?.replaceAll(source, basename(source)).trim().slice(0, 300);
}

/** Of nvcc, the finished file tells what the output left out: nothing is told where the build has the linker optimise. */
async function kernelsOf(
  { compiler, language }: PreparedRequest,
  output: string,
  finished: string,
  run: (path: string, values: readonly string[]) => Promise<{ readonly code: number | undefined; readonly output: string }>,
): Promise<readonly CompiledKernel[]> {
  if (language === 'hip') return readAmdgpu(output);
  const { kernels } = readPtxas(output);
  if (kernels.length > 0 || compiler.kind !== 'nvcc') return kernels;
  const { code, output: dump } = await run(join(dirname(compiler.path), 'cuobjdump'), ['--dump-resource-usage', finished]);
  return code === 0 ? readCuobjdump(dump) : [];
}

/** @returns undefined when it was cancelled. Never throws. */
export async function compile(
  request: PreparedRequest,
  environment: NodeJS.ProcessEnv,
  limits: Limits,
  signal: AbortSignal,
): Promise<CompilerAnswer | undefined> {
  const { compiler, path, text, language, target, flags } = request;
  const failed = (why: string): CompilerAnswer => ({ kind: 'failed', compiler: compiler.label, why });
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'rooflint-'));
    // Headers are compiled as if they were files of their own.
    const source = join(folder, `${basename(path, extname(path))}${language === 'hip' ? '.hip' : '.cu'}`);
    const output = join(folder, 'device.out');
    writeFileSync(source, text);
    // Pieces of compilers that are killed in the middle stay in the folder and go with it.
    const here = { folder, environment: { ...environment, TMPDIR: folder, TEMP: folder, TMP: folder }, limits, signal };
    const values = argumentsFor(compiler, { language, source, output, architecture: target, flags, folder: dirname(path) });
    const finished = await runBounded(compiler.path, values, here);
    if (finished.stopped === 'cancelled') return undefined;
    if (finished.stopped !== undefined) return failed(`it ${finished.stopped}`);
    if (finished.code !== 0) return failed(complaintIn(finished.output, source) ?? 'it ended without a word');
    const kernels = await kernelsOf(request, finished.output, output, (program, more) => runBounded(program, more, here));
    return { kind: 'compiled', file: { compiler: compiler.label, architecture: target, kernels } };
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}
