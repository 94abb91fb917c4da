/**
 * A workload from the lines of a trace, one line at a time, so that files of any size can be read. The first request comes at time 0.
 * A line that cannot be read ends the workload and is told with its number.
 */
import { Random } from '../random.ts';
import type { Prefix } from '../request-table.ts';
import { type Arrivals, drawGap } from './arrivals.ts';
import { type LineReader, readerFor, type TraceRequest } from './trace-line.ts';
import type { Workload } from './workload.ts';

/** Tokens per id in `hash_ids`. */
export const blockTokens = 512;

export interface TraceOptions {
  /** Times are divided by this: 2 makes a trace twice as dense. */
  readonly speed: number;
  /** Requests, and seconds after the first, at most. */
  readonly requests?: number;
  readonly seconds?: number;
  /** The lengths of the trace with other arrivals. */
  readonly arrivals?: Arrivals;
  readonly seed: number;
}

export interface TraceWorkload extends Workload {
  /** What is wrong with the file, with the number of the line. */
  readonly problem: () => string | undefined;
  /** Requests that ask for no answer, left out. */
  readonly skipped: () => number;
}

export function traceWorkload(lines: Iterator<string>, options: TraceOptions): TraceWorkload {
  const gaps = new Random(options.seed, 1);
  let read: LineReader | undefined;
  let problem: string | undefined;
  let skipped = 0;
  let number = 0;
  let count = 0;
  let first = 0;
  let last = 0;
  let clock = 0;

  const nextRow = (): TraceRequest | undefined => {
    for (;;) {
      const line = lines.next();
      if (line.done) {
        if (read === undefined) problem = 'the trace is empty';
        return undefined;
      }
      number++;
      if (line.value.trim() === '') continue;
      if (read === undefined) {
        const reader = readerFor(line.value);
        if ('problem' in reader) {
          problem = `line ${number}: ${reader.problem}`;
          return undefined;
        }
        read = reader.read;
        if (reader.head) continue;
      }
      const row = read(line.value);
      if ('problem' in row) {
        problem = `line ${number}: ${row.problem}`;
        return undefined;
      }
      if (row.output > 0 && row.prompt > 0) return row;
      skipped++;
    }
  };

  return {
    problem: () => problem,
    skipped: () => skipped,
    next(into) {
      if (problem !== undefined || count >= (options.requests ?? Number.POSITIVE_INFINITY)) return false;
      const row = nextRow();
      if (!row) return false;
      if (count === 0) first = row.time;
      else if (row.time < last && !options.arrivals) {
        problem = `line ${number}: the time goes back by ${+(last - row.time).toPrecision(3)} s; a trace must be in the order of arrival`;
        return false;
      }
      last = row.time;
      if (options.arrivals) clock += count === 0 ? 0 : drawGap(options.arrivals, gaps);
      else clock = (row.time - first) / options.speed;
      if (options.seconds !== undefined && clock > options.seconds) return false;
      count++;
      into.time = clock;
      into.prompt = row.prompt;
      into.output = row.output;
      into.limit = row.output;
      into.prefix = row.blocks === undefined ? undefined : prefixOf(row.blocks, row.prompt);
      return true;
    },
  };
}

function prefixOf(ids: readonly number[], prompt: number): Prefix {
  const tokens: number[] = [];
  for (let left = prompt, at = 0; at < ids.length && left > 0; at++) {
    tokens.push(Math.min(blockTokens, left));
    left -= blockTokens;
  }
  return { ids: ids.slice(0, tokens.length), tokens };
}
