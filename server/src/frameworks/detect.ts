/** Which framework a document belongs to. Each adapter judges for itself. */
import type { ConfigDocument } from '../syntax/document.ts';
import type { Adapter, ReadInner, Reading } from './adapter.ts';
import { withLoads } from './benchmarks/stated-load.ts';
import { documentPins } from './document-pins.ts';
import { adapters } from './index.ts';
import type { Pins } from './pins.ts';
import { type ReadLinked, withWrittenFiles } from './written-files.ts';

/** Documents that hold statements: one of them may start jobs of several frameworks. */
const programs: ReadonlySet<string> = new Set(['shell', 'python', 'dockerfile']);

/** Below this an adapter only suspects; it then reads alone or not at all. */
const sureEnough = 0.5;

interface Vote {
  readonly adapter: Adapter;
  readonly score: number;
}

/** The adapters that recognise the document, the surest first. Equal votes go by id; one that fails costs its own vote only. */
function votes(document: ConfigDocument, fault: Fault): readonly Vote[] {
  return adapters
    .map((adapter) => ({ adapter, score: scoreOf(adapter, document, fault) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
}

function scoreOf(adapter: Adapter, document: ConfigDocument, fault: Fault): number {
  try {
    return adapter.detect(document);
  } catch (error) {
    fault(`detect ${adapter.id}`, error);
    return 0;
  }
}

/** The script as it would be without its `exit`. */
function belowExit({ afterExit, ...document }: ConfigDocument): ConfigDocument | undefined {
  if (!afterExit) return undefined;
  const { commands, variables, heredocs } = afterExit;
  return { ...document, commands: [...document.commands, ...commands], variables, heredocs };
}

/** A reading with the adapter that made it. */
export interface AdaptedReading {
  readonly adapter: Adapter;
  readonly reading: Reading;
}

/** Told when an adapter fails, which is a fault of ours. */
export type Fault = (what: string, error: unknown) => void;

/** What the adapters make of a document. */
export interface Recognised {
  /** The adapter that is surest, even when it finds no job; undefined when none recognises the document. */
  readonly adapter: Adapter | undefined;
  /** Every job in the order of the text. */
  readonly jobs: readonly AdaptedReading[];
}

/**
 * Asks the adapters about a document. A file of settings belongs to the surest adapter alone; statements are shared out:
 * where two adapters claim the same launch, the surer one has it.
 * `around` are the pins of what stands around the document; its own go before them.
 */
export function recognise(document: ConfigDocument, fault: Fault, around: Pins = () => []): Recognised {
  const live = readLive(document, fault, around);
  const dead = live.jobs.length === 0 ? belowExit(document) : undefined;
  if (!dead) return live;
  const { adapter, jobs } = readLive(dead, fault, around);
  return { adapter: live.adapter ?? adapter, jobs: jobs.map((one) => ({ ...one, reading: disabled(document, one.reading) })) };
}

/** A job that the script never reaches. */
function disabled({ afterExit }: ConfigDocument, reading: Reading): Reading {
  if (!afterExit) return reading;
  const message = 'The script always ends here: the job below is switched off. It is read as if this line were not there.';
  const problem = { range: afterExit.exit, severity: 'info', code: 'never-reached', message } as const;
  return { ...reading, facts: { ...reading.facts, disabled: true }, problems: [...reading.problems, problem] };
}

function readLive(document: ConfigDocument, fault: Fault, around: Pins): Recognised {
  const all = votes(document, fault);
  const voters = programs.has(document.format) ? all.filter(({ score }, index) => index === 0 || score >= sureEnough) : all.slice(0, 1);
  const taken: AdaptedReading[] = [];
  for (const { adapter } of voters) {
    const free = readingsOf(adapter, document, fault, around).filter(
      (reading) => !taken.some((one) => one.adapter !== adapter && overlap(one.reading, reading)),
    );
    taken.push(...free.map((reading) => ({ adapter, reading })));
  }
  const readLinked: ReadLinked = (id, linked, linkedBy) => {
    const adapter = adapters.find((one) => one.id === id);
    return adapter && readingsOf(adapter, linked, fault, around, linkedBy)[0];
  };
  const ordered = taken.length > 1 ? taken.sort((a, b) => a.reading.launch.start - b.reading.launch.start) : taken;
  const loaded = withLoads(
    document,
    ordered.map(({ reading }) => withWrittenFiles(document, reading, readLinked)),
  );
  const jobs = ordered.map(({ adapter }, index) => ({ adapter, reading: loaded[index] as Reading }));
  return { adapter: all[0]?.adapter, jobs };
}

/** The readings of one adapter; documents inside the document are offered to all of them. */
export function readingsOf(
  adapter: Adapter,
  document: ConfigDocument,
  fault: Fault,
  around: Pins = () => [],
  linkedBy?: Reading,
): readonly Reading[] {
  const pins = once(() => [...documentPins(document), ...around()]);
  try {
    const readInner: ReadInner = (inner) => recognise(inner, fault, pins).jobs.map(({ reading }) => reading);
    return adapter.read(document, { pins, readInner, ...(linkedBy ? { linkedBy } : {}) });
  } catch (error) {
    fault(`read ${adapter.id}`, error);
    return [];
  }
}

/** Finds the pins when they are first asked for. */
function once(find: Pins): Pins {
  let found: ReturnType<Pins> | undefined;
  return () => {
    found ??= find();
    return found;
  };
}

function overlap({ launch: a }: Reading, { launch: b }: Reading): boolean {
  return a.start < b.end && b.start < a.end;
}
