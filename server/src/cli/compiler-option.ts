/** `--compiler`: exact registers, spills and shared memory of kernels from the compiler of this machine. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CompileRequest } from '../compiler/compile.ts';
import { compilerOff } from '../compiler/find.ts';
import { createCompilerService } from '../compiler/service.ts';
import type { CompilerAnswer } from '../core/kernels/compiled-launch.ts';
import { type CliIo, UsageError } from './io.ts';

export interface CompilerOption {
  readonly compiler?: string;
}

/** Value that looks for one. */
const auto = 'auto';

/** Adds the option to a command. Without it nothing is run. */
export function withCompilerOption(command: Command): Command {
  return command.option(
    '--compiler <PATH>',
    'exact registers of kernels: the path of nvcc, clang++, hipcc or (for Triton\'s cache) ptxas, "auto" to look for one, or "off"',
    compilerOff,
  );
}

/** Where results are kept from one call to the next. */
function storageOf(environment: NodeJS.ProcessEnv): string {
  const base = environment.XDG_CACHE_HOME || environment.LOCALAPPDATA || join(homedir(), '.cache');
  return join(base, 'rooflint', 'compiled');
}

/** Compiles one text and waits; undefined without a compiler. */
export type CompileNow = (request: CompileRequest) => Promise<CompilerAnswer | undefined>;

/** @returns undefined where nothing may be run. */
export function compileNow({ compiler = compilerOff }: CompilerOption, io: CliIo): CompileNow | undefined {
  if (compiler === compilerOff) return undefined;
  const setting = compiler === auto ? undefined : resolve(io.folder, compiler);
  const service = createCompilerService({
    setting: () => setting,
    roots: () => [io.folder],
    environment: process.env,
    storage: storageOf(process.env),
    answered: () => {},
  });
  const said = new Set<string>();
  return async (request) => {
    const answer = await service.compileNow(request);
    if (!answer && setting === undefined && !said.has(request.language)) {
      said.add(request.language);
      const what =
        request.language === 'triton' ? "Triton's cache has no build of these kernels" : `no compiler of ${request.language} was found`;
      io.error(`rooflint: ${what}, so registers are estimated.\n`);
    }
    if (!answer && setting !== undefined && request.language !== 'triton')
      throw new UsageError(`"${compiler}" is no compiler that tells what ${request.language} kernels take.`);
    return answer;
  };
}
