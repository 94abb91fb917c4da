/** Runs the real engine over the files of a case, held in memory. */
import { join } from 'node:path';
import type { CompiledFile } from '../../server/src/core/kernels/compiled-launch.ts';
import { type Analysis, allFindings, type EngineSettings, type PlacedFinding, type TextChange } from '../../server/src/engine/analysis.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { initKernelParser, initParsers } from '../../server/src/syntax/parsers.ts';

const root = 'file:///folder/';

export interface TestFile {
  readonly name: string;
  readonly text: string;
}

/** Loads the grammars once. */
export async function startParsers(): Promise<void> {
  await initParsers(join(process.cwd(), 'node_modules/web-tree-sitter'), join(process.cwd(), 'grammars'));
  await initKernelParser(join(process.cwd(), 'grammars'));
}

/** Settings of a case, with what a compiler is taken to have said. */
export interface CaseSettings extends EngineSettings {
  readonly compiled?: CompiledFile;
}

/** The analysis of each file, by name; faults of the engine end up in `log`. */
export function analyse(files: readonly TestFile[], settings: CaseSettings, log: string[]): ReadonlyMap<string, Analysis> {
  const texts = new Map(files.map(({ name, text }) => [root + name, text]));
  const engine = createEngine({
    settings: () => settings,
    compiled: () => settings.compiled && { kind: 'compiled', file: settings.compiled },
    log: (message) => log.push(message),
    files: {
      read: (uri) => {
        const text = texts.get(uri);
        return text === undefined ? { error: 'there is no such file' } : { text };
      },
      resolve: (fromUri, path) => {
        const uri = new URL(path, fromUri).href;
        const nested = `${uri.replace(/\/$/, '')}/config.json`;
        return [uri, nested].find((candidate) => texts.has(candidate));
      },
    },
  });
  return new Map(files.map(({ name, text }) => [name, engine.analyse(root + name, text, 1)]));
}

export interface FoundIn {
  readonly file: string;
  readonly found: PlacedFinding;
}

/** Findings of one rule over all files, those of several launches at one place counted once. */
export function findingsOf(rule: string, analyses: ReadonlyMap<string, Analysis>): readonly FoundIn[] {
  const seen = new Set<string>();
  return [...analyses].flatMap(([file, analysis]) =>
    allFindings(analysis)
      .filter(({ finding, place }) => {
        const key = JSON.stringify([file, finding.what, place]);
        if (finding.rule !== rule || seen.has(key)) return false;
        seen.add(key);
        return true;
      })
      .map((found) => ({ file, found })),
  );
}

/** Line, first and last column of offsets in a text, counted from 0. */
export function position(text: string, start: number, end: number): { line: number; start: number; end: number } {
  const before = text.slice(0, start).split('\n');
  const column = before.at(-1)?.length ?? 0;
  return { line: before.length - 1, start: column, end: column + end - start };
}

/** The files after the edits, last edit first so that offsets stay right. */
export function applyEdits(files: readonly TestFile[], edits: readonly TextChange[]): readonly TestFile[] {
  return files.map(({ name, text }) => {
    const own = edits.filter(({ uri }) => uri === root + name).toSorted((a, b) => b.range.start - a.range.start);
    return {
      name,
      text: own.reduce((current, { range, newText }) => current.slice(0, range.start) + newText + current.slice(range.end), text),
    };
  });
}
