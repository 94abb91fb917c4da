/** Reads one file as the command line would, and once more under a name that gives nothing away. */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Analysis, allFindings } from '../../server/src/engine/analysis.ts';
import { createEngine } from '../../server/src/engine/engine.ts';
import { factsOf } from '../../server/src/engine/facts.ts';
import { kernelReadings } from '../../server/src/engine/kernel-facts/kernel-facts.ts';
import { diskFiles } from '../../server/src/io/files.ts';
import { initKernelParser, initParsers } from '../../server/src/syntax/parsers.ts';
import type { Said } from './said.ts';

export interface FileRead {
  readonly readings: readonly Said[];
  /** The framework that the text alone gives; undefined when the name was needed or nothing recognises it. */
  readonly nameless: string | undefined;
  /** Findings and problems of severity error, one sentence each. */
  readonly errors: readonly string[];
  /** Faults of the engine itself. */
  readonly faults: readonly string[];
}

/** Loads the grammars once. `root` is the root of this repository. */
export async function startReading(root: string): Promise<void> {
  await initParsers(join(root, 'node_modules/web-tree-sitter'), join(root, 'grammars'));
  await initKernelParser(join(root, 'grammars'));
}

function saidOf(analysis: Analysis): readonly Said[] {
  const jobs = analysis.jobs.map((job) => ({
    ...factsOf(job, analysis.uri),
    links: job.links.map(({ target }) => target),
    missing: job.links.flatMap(({ missing = [] }) => missing),
  }));
  return [...jobs, ...kernelReadings(analysis)];
}

function errorsOf(analysis: Analysis): readonly string[] {
  const line = (offset: number): number => analysis.document.text.slice(0, offset).split('\n').length;
  const findings = allFindings(analysis)
    .filter(({ finding }) => finding.severity === 'error')
    .map(({ finding, place }) => `${finding.rule}, line ${line(place.range.start)}: ${finding.what}`);
  const problems = analysis.problems
    .filter(({ severity }) => severity === 'error')
    .map(({ code, message, range }) => `${code}, line ${line(range.start)}: ${message}`);
  return [...new Set([...findings, ...problems])];
}

/** Reads the file at `path`; links are followed inside `root`, as from the folder people start it in. */
export function readFile(path: string, root: string): FileRead {
  const faults: string[] = [];
  const engine = createEngine({ settings: () => ({}), log: (message) => faults.push(message), files: diskFiles([root]) });
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const analysis = engine.analyse(pathToFileURL(path).href, text, 0);
  const neutral = join(dirname(path), `nameless${extname(basename(path))}`);
  const nameless = engine.analyse(pathToFileURL(neutral).href, text, 0);
  return {
    readings: saidOf(analysis),
    nameless: nameless.jobs[0]?.framework ?? nameless.framework ?? kernelReadings(nameless)[0]?.framework,
    errors: errorsOf(analysis),
    faults,
  };
}
