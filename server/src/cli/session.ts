/** An engine over the files on disk, made ready once per command. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { requestOf } from '../compiler/request.ts';
import type { CompilerAnswer } from '../core/kernels/compiled-launch.ts';
import type { Analysis, EngineSettings } from '../engine/analysis.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { readCalibration } from '../io/calibration-file.ts';
import { type DiskFiles, diskFiles } from '../io/files.ts';
import { ProjectIndexes } from '../io/kernel-index.ts';
import { initKernelParser, initParsers } from '../syntax/parsers.ts';
import type { CompileNow } from './compiler-option.ts';
import { type CliIo, UsageError } from './io.ts';
import { reasonOf } from './reason.ts';

export interface Session {
  readonly engine: Engine;
  /** Analyses a file. Throws `UsageError` when it cannot be read. */
  readonly analyse: (path: string) => Analysis;
  /** The same after the compiler of kernels was asked, where it may be. */
  readonly analyseCompiled: (path: string) => Promise<Analysis>;
  /** The text of any file, open or linked; undefined when it cannot be read. */
  readonly textOf: (uri: string) => string | undefined;
  /** Forgets linked files, so that a change on disk is seen. */
  readonly forget: () => void;
}

/** Loads the parsers and makes an engine. Throws `UsageError` when the installation is incomplete. */
export async function openSession(
  io: CliIo,
  settings: EngineSettings,
  files: DiskFiles = diskFiles([io.folder]),
  compile?: CompileNow,
): Promise<Session> {
  try {
    await initParsers(io.parsers.runtime, io.parsers.grammars);
    await initKernelParser(io.parsers.grammars);
  } catch (error) {
    throw new UsageError(`the parser files cannot be loaded (${reasonOf(error)}); build or install Rooflint again.`);
  }
  // What runs of this folder measured, unless the command brings its own.
  const all: EngineSettings = { calibration: readCalibration(io.folder), ...settings };
  const answers = new Map<string, CompilerAnswer>();
  const kernels = new ProjectIndexes(io.folder);
  const engine = createEngine({
    files: { ...files, kernels },
    settings: () => all,
    compiled: (uri) => answers.get(uri),
    log: (text) => io.error(`rooflint: ${text}\n`),
  });
  const analyse = (path: string): Analysis => {
    const whole = resolve(io.folder, path);
    const uri = pathToFileURL(whole).href;
    const found = files.read(uri);
    kernels.lookAt(whole);
    if ('error' in found) throw new UsageError(`${path} cannot be used: ${found.error}.`);
    return engine.analyse(uri, found.text, 0);
  };
  const textOf = (uri: string): string | undefined => {
    const found = files.read(uri);
    return 'text' in found ? found.text : undefined;
  };
  const analyseCompiled = async (path: string): Promise<Analysis> => {
    const analysis = analyse(path);
    const request = compile && requestOf(analysis, textOf);
    const answer = request && (await compile(request));
    if (!answer) return analysis;
    answers.set(analysis.uri, answer);
    return engine.analyseDocument(analysis.document, analysis.version);
  };
  return { engine, analyse, analyseCompiled, textOf, forget: () => files.forget() };
}
