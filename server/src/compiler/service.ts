/**
 * Compilers in the background: one text at a time, the newest of each document, after a pause in typing; a text that is
 * edited is not compiled to its end. Answers are kept by what decides them. Triton's kernels are not compiled: what its own cache
 * has of them is looked at.
 */
import { tmpdir } from 'node:os';
import type { CompilerAnswer } from '../core/kernels/compiled-launch.ts';
import type { KernelLanguage } from '../core/kernels/facts.ts';
import { type CompilerCache, createCache, keyOf } from './cache.ts';
import { type CompileRequest, compile, prepare } from './compile.ts';
import { type Compiler, compilerOff, findCompiler } from './find.ts';
import type { Limits } from './run.ts';
import { createTritonCompiler, type TritonCompiler } from './triton/compile.ts';

export interface CompilerServiceOptions {
  /** A path, "off", or nothing to look for one. Asked again for every request. */
  readonly setting: () => string | undefined;
  /** Folders of the workspace, within which `compile_commands.json` is looked for. */
  readonly roots: () => readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** Where answers are kept; undefined keeps them in memory. */
  readonly storage: string | undefined;
  /** Told when there is an answer to a text, or another one than before. */
  readonly answered: (uri: string) => void;
  readonly limits?: Limits;
  /** Milliseconds without a newer request before one is begun. */
  readonly pause?: number;
}

export interface CompilerService {
  /** The answer to this text of a document, if there is one. */
  readonly answer: (uri: string, text: string) => CompilerAnswer | undefined;
  /** Asks for an answer; a newer request of the same document takes its place. */
  readonly ask: (request: CompileRequest) => void;
  /** Ends what is under way for a document, and forgets its answer. */
  readonly cancel: (uri: string) => void;
  /** The same for all of them, and forgets which compiler there is. */
  readonly reset: () => void;
  /** The answer to one request, waited for. Undefined without a compiler. */
  readonly compileNow: (request: CompileRequest) => Promise<CompilerAnswer | undefined>;
}

const usualLimits: Limits = { seconds: 120, megabytes: 8192 };
const usualPause = 700;

interface Answered {
  readonly text: string;
  readonly key: string;
  readonly answer: CompilerAnswer;
}

function isSame(left: CompileRequest, right: CompileRequest): boolean {
  const isAlike = left.uri === right.uri && left.text === right.text && left.architecture === right.architecture;
  return isAlike && left.includes.length === right.includes.length && left.includes.every((text, index) => text === right.includes[index]);
}

class Service implements CompilerService {
  private readonly options: CompilerServiceOptions;
  private readonly cache: CompilerCache;
  private readonly limits: Limits;
  private triton: TritonCompiler;
  private readonly answers = new Map<string, Answered>();
  /** Failures are not kept on disk: what was missing may be there next time. */
  private readonly failures = new Map<string, CompilerAnswer>();
  private readonly waiting = new Map<string, CompileRequest>();
  private readonly compilers = new Map<string, Promise<Compiler | undefined>>();
  private running: { readonly request: CompileRequest; readonly controller: AbortController } | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: CompilerServiceOptions) {
    this.options = options;
    this.cache = createCache(options.storage);
    this.limits = options.limits ?? usualLimits;
    this.triton = this.newTriton();
  }

  private newTriton(): TritonCompiler {
    return createTritonCompiler({ ...this.options, limits: this.limits, cache: this.cache });
  }

  answer(uri: string, text: string): CompilerAnswer | undefined {
    const known = this.answers.get(uri);
    return known?.text === text ? known.answer : undefined;
  }

  ask(request: CompileRequest): void {
    if (this.options.setting() === compilerOff) return;
    if (this.running && isSame(this.running.request, request)) return;
    if (this.running?.request.uri === request.uri) this.running.controller.abort();
    this.waiting.delete(request.uri);
    this.waiting.set(request.uri, request);
    this.later();
  }

  cancel(uri: string): void {
    this.waiting.delete(uri);
    this.answers.delete(uri);
    if (this.running?.request.uri === uri) this.running.controller.abort();
  }

  reset(): void {
    this.waiting.clear();
    this.answers.clear();
    this.failures.clear();
    this.compilers.clear();
    this.triton = this.newTriton();
    this.running?.controller.abort();
    clearTimeout(this.timer);
  }

  async compileNow(request: CompileRequest): Promise<CompilerAnswer | undefined> {
    return (await this.found(request, new AbortController().signal))?.answer;
  }

  private later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.next(), this.options.pause ?? usualPause);
    // A process that has nothing else to do need not wait for a compiler.
    this.timer.unref();
  }

  private compilerFor(language: KernelLanguage): Promise<Compiler | undefined> {
    const setting = this.options.setting();
    const name = `${language} ${setting ?? ''}`;
    const known = this.compilers.get(name) ?? findCompiler(setting, language, this.options.environment, tmpdir());
    this.compilers.set(name, known);
    return known;
  }

  private async found(request: CompileRequest, signal: AbortSignal): Promise<Answered | undefined> {
    if (request.language === 'triton') {
      const built = this.options.setting() === compilerOff ? undefined : await this.triton(request, signal);
      return built && { text: request.text, key: keyOf([JSON.stringify(built)]), answer: built };
    }
    const compiler = await this.compilerFor(request.language);
    if (!compiler || signal.aborted) return undefined;
    const prepared = prepare(request, compiler, this.options.roots());
    const { key, text } = prepared;
    const kept = this.cache.get(key);
    const known: CompilerAnswer | undefined = kept ? { kind: 'compiled', file: kept } : this.failures.get(key);
    const answer = known ?? (await compile(prepared, this.options.environment, this.limits, signal));
    if (!answer) return undefined;
    if (answer.kind === 'failed') this.failures.set(key, answer);
    else if (!kept) this.cache.set(key, answer.file);
    return { text, key, answer };
  }

  private async next(): Promise<void> {
    const [first] = this.waiting;
    if (this.running || !first) return;
    const [uri, request] = first;
    this.waiting.delete(uri);
    const running = { request, controller: new AbortController() };
    this.running = running;
    try {
      const answered = await this.found(request, running.controller.signal);
      const isWanted = answered !== undefined && !running.controller.signal.aborted;
      const isNew = isWanted && this.answers.get(uri)?.key !== answered.key;
      if (isWanted) this.answers.set(uri, answered);
      if (isNew) this.options.answered(uri);
    } finally {
      this.running = undefined;
      if (this.waiting.size > 0) this.later();
    }
  }
}

export function createCompilerService(options: CompilerServiceOptions): CompilerService {
  return new Service(options);
}
