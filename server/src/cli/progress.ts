/** A progress bar on stderr, for people at a terminal with many files. */
import { Presets, SingleBar } from 'cli-progress';
import type { CliIo } from './io.ts';

/** Fewer files are done before a bar can be read. */
const many = 25;

export interface Progress {
  readonly step: (name: string) => void;
  readonly stop: () => void;
}

export function progressOf(total: number, io: CliIo): Progress {
  if (!io.terminal || total < many) return { step: () => {}, stop: () => {} };
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} {name}', clearOnComplete: true, hideCursor: true, stream: process.stderr },
    Presets.shades_classic,
  );
  bar.start(total, 0, { name: '' });
  return { step: (name) => bar.increment({ name }), stop: () => bar.stop() };
}
