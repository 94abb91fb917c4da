/**
 * Exact registers, spills and shared memory of Triton kernels: of the builds that Triton keeps in its cache, those that were made
 * from the text as it stands go through `ptxas -v` as Triton itself calls it (third_party/nvidia/backend/compiler.py); assembly for AMD tells by itself.
 * Neither Triton nor Python is run; the ptxas may be one that an environment within the workspace has, so this is asked only where it is trusted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CompiledKernel, CompilerAnswer } from '../../core/kernels/compiled-launch.ts';
import { type CompilerCache, keyOf } from '../cache.ts';
import type { CompileRequest } from '../compile.ts';
import { readAmdgcn } from '../output/amdgcn.ts';
import { readPtxas } from '../output/ptxas.ts';
import { type Limits, runBounded } from '../run.ts';
import { type CacheEntry, cacheFolder, entriesOf, isCurrent } from './entries.ts';
import { CacheFolders } from './folders.ts';
import { ptxasPrograms } from './ptxas.ts';

export interface TritonCompilerOptions {
  readonly setting: () => string | undefined;
  readonly roots: () => readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly limits: Limits;
  readonly cache: CompilerCache;
}

export type TritonCompiler = (request: CompileRequest, signal: AbortSignal) => Promise<CompilerAnswer | undefined>;

const versionLimits: Limits = { seconds: 20, megabytes: 4096 };

/** "3.7.1" is at least 3.7. */
function isFrom(release: string | undefined, major: number, minor: number): boolean {
  const [first = 0, second = 0] = (release ?? '').split('.').map(Number);
  return first > major || (first === major && second >= minor);
}

/** The kernel of one build; a sentence where it could not be found out; undefined when it was cancelled. */
type Outcome = { readonly kernel: CompiledKernel; readonly compiler: string } | string | undefined;

class Ptxas {
  private readonly options: TritonCompilerOptions;
  private readonly labels = new Map<string, Promise<string | undefined>>();

  constructor(options: TritonCompilerOptions) {
    this.options = options;
  }

  /** "ptxas 12.8"; undefined for what is no ptxas. */
  private labelOf(program: string): Promise<string | undefined> {
    const ask = async (): Promise<string | undefined> => {
      const { environment } = this.options;
      const here = { folder: tmpdir(), environment, limits: versionLimits, signal: new AbortController().signal };
      const { code, output } = await runBounded(program, ['--version'], here);
      const version = code === 0 && /ptxas/.test(output) ? /release (\d+\.\d+)/.exec(output)?.[1] : undefined;
      return version && `ptxas ${version}`;
    };
    const known = this.labels.get(program) ?? ask();
    this.labels.set(program, known);
    return known;
  }

  async measure(entry: CacheEntry, path: string, signal: AbortSignal): Promise<Outcome> {
    const { setting, roots, environment, cache } = this.options;
    const text = await readFile(entry.device, 'utf8');
    const target = /^\.target\s+(\w+)/m.exec(text)?.[1] ?? entry.architecture;
    const isNewer = Number(entry.architecture.slice('sm_'.length)) >= (isFrom(entry.release, 3, 9) ? 90 : 100);
    const fused = entry.isFused ? [] : ['--fmad=false'];
    const flags = ['-lineinfo', ...fused, '-v', ...(isFrom(entry.release, 3, 7) ? ['--regAllocOptLevel=2'] : [])];
    let why = 'no ptxas was found: name one in TRITON_PTXAS_PATH or the setting';
    for (const program of ptxasPrograms(setting(), path, roots(), environment, isNewer)) {
      const compiler = await this.labelOf(program);
      if (compiler === undefined) continue;
      const key = keyOf([compiler, program, target, ...flags, text]);
      const [known] = cache.get(key)?.kernels ?? [];
      if (known) return { kernel: known, compiler };
      const outcome = await this.run(program, [...flags, `--gpu-name=${target}`], entry, signal);
      if (outcome === undefined) return undefined;
      if (typeof outcome !== 'string') {
        cache.set(key, { compiler, architecture: entry.architecture, kernels: [outcome] });
        return { kernel: outcome, compiler };
      }
      why = outcome;
    }
    return why;
  }

  private async run(program: string, flags: readonly string[], { device }: CacheEntry, signal: AbortSignal) {
    const folder = mkdtempSync(join(tmpdir(), 'rooflint-'));
    try {
      const { limits, environment } = this.options;
      const here = { folder, environment: { ...environment, TMPDIR: folder, TEMP: folder, TMP: folder }, limits, signal };
      const { code, output, stopped } = await runBounded(program, [...flags, device, '-o', join(folder, 'device.out')], here);
      if (stopped === 'cancelled') return undefined;
      if (stopped !== undefined) return `it ${stopped}`;
      const [kernel] = code === 0 ? readPtxas(output).kernels : [];
      return (
        kernel ??
        output
          .split('\n')
          .find((line) => /error|fatal/i.test(line))
          ?.trim()
          .slice(0, 300) ??
        'it ended without a word'
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

async function measured(entry: CacheEntry, path: string, ptxas: Ptxas, signal: AbortSignal): Promise<Outcome> {
  try {
    if (!entry.device.endsWith('.amdgcn')) return await ptxas.measure(entry, path, signal);
    const kernel = readAmdgcn(entry.name, await readFile(entry.device, 'utf8'), entry.shared);
    return kernel ? { kernel, compiler: `Triton${entry.release === undefined ? '' : ` ${entry.release}`}` } : 'its assembly has no figures';
  } catch {
    return 'its files have gone';
  }
}

/** @returns a function whose answer is undefined where the cache has nothing of the file, or when it was cancelled. Never throws. */
export function createTritonCompiler(options: TritonCompilerOptions): TritonCompiler {
  const ptxas = new Ptxas(options);
  const cache = cacheFolder(options.environment);
  const folders = cache === undefined ? undefined : new CacheFolders(cache);
  return async ({ path, text, kernels = [], architecture }, signal) => {
    const entries = folders === undefined ? [] : await entriesOf(folders, path, kernels, signal);
    if (entries.length === 0) return undefined;
    const isSaved = (await readFile(path, 'utf8').catch(() => undefined)) === text;
    const current: CacheEntry[] = [];
    for (const entry of isSaved ? entries : []) if (await isCurrent(entry)) current.push(entry);
    const outdated = kernels.filter((name) => entries.some((one) => one.name === name) && !current.some((one) => one.name === name));
    const found: CompiledKernel[] = [];
    const compilers = new Set<string>();
    let why: string | undefined;
    for (const entry of current) {
      const outcome = await measured(entry, path, ptxas, signal);
      if (outcome === undefined || signal.aborted) return undefined;
      if (typeof outcome === 'string') {
        why = outcome;
        continue;
      }
      const { numWarps, numStages, code, shared } = entry;
      const { line, ranges, products } = code;
      const triton = { architecture: entry.architecture, numWarps, numStages, line, ranges, products };
      found.push({ ...outcome.kernel, name: entry.name, templateArguments: undefined, shared, triton });
      compilers.add(outcome.compiler);
    }
    if (found.length === 0 && why !== undefined) return { kind: 'failed', compiler: 'ptxas', why };
    const target = architecture ?? entries[0]?.architecture ?? '';
    const compiler = compilers.size === 0 ? 'Triton' : [...compilers].join(', ');
    return { kind: 'compiled', file: { compiler, architecture: target, kernels: found, ...(outdated.length > 0 ? { outdated } : {}) } };
  };
}
