/**
 * Reads a measured file of any supported kind, told from its first bytes: JSON (PyTorch profiler, Chrome), the same compressed with gzip, a SQLite
 * export of Nsight Systems, or a log. The file passes in pieces; what stays are the numbers the analysis needs. A file that ends early or is
 * damaged gives what was read until then.
 */
import { createReadStream, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import type { MeasuredTrace } from '../core/measured/trace.ts';
import { ByteScanner } from './byte-scanner.ts';
import { ChromeEvents } from './chrome-events.ts';
import { LogLines } from './log-lines.ts';
import { readNsight, rowsOf } from './nsight.ts';

export interface ReadOptions {
  /** Stops the reading. */
  readonly signal?: AbortSignal;
  /** Told as bytes of the file have been read. */
  readonly progress?: (read: number, total: number) => void;
  /** Kernels to keep; more count in the totals alone. */
  readonly limit?: number;
}

export type ReadResult = { readonly trace: MeasuredTrace } | { readonly error: string; readonly cancelled?: true };

const pieceBytes = 1 << 20;
const cancelled = { error: 'reading was cancelled', cancelled: true } as const;

/** Reads a file. Never throws. */
export async function readTrace(path: string, options: ReadOptions = {}): Promise<ReadResult> {
  const name = basename(path);
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return { error: `there is no file ${path}` };
    if (!found.isFile()) return { error: `${path} is not a regular file` };
    if (found.size === 0) return { error: `${name} is empty` };
    const head = await firstBytes(path);
    if (head.toString('latin1', 0, 15) === 'SQLite format 3') return await readDatabase(path, name, found.size, options);
    return await readStream(path, name, found.size, head[0] === 0x1f && head[1] === 0x8b, options);
  } catch (error) {
    return { error: `${name} cannot be read: ${reason(error)}` };
  }
}

/** A word that changes when one of the files does. */
export function stampOf(paths: readonly string[]): string {
  return JSON.stringify(
    paths.map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return [path, found?.mtimeMs, found?.size];
    }),
  );
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(64);
    const { bytesRead } = await file.read(bytes, 0, 64, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What takes the bytes of a file that is no database. */
class Content {
  readonly events: ChromeEvents;
  readonly scanner: ByteScanner;
  readonly log = new LogLines();
  private kind: 'unknown' | 'json' | 'log' = 'unknown';

  constructor(limit: number | undefined) {
    this.events = new ChromeEvents(limit);
    this.scanner = new ByteScanner(this.events);
  }

  get isJson(): boolean {
    return this.kind === 'json';
  }

  push(chunk: Buffer): void {
    if (this.kind === 'unknown') {
      const start = chunk.findIndex((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
      const opensObject = chunk[start] === 0x7b;
      // A log may begin with "[rank0]" or "[2025-01-01"; a list of events holds objects.
      const opensList = chunk[start] === 0x5b && /^\[\s*(?:\{|\]|$)/.test(chunk.toString('latin1', start, start + 64));
      this.kind = opensObject || opensList ? 'json' : 'log';
    }
    if (this.kind === 'json') this.scanner.push(chunk);
    else this.log.push(chunk);
  }
}

async function readStream(path: string, name: string, size: number, zipped: boolean, options: ReadOptions): Promise<ReadResult> {
  const { signal, progress, limit } = options;
  const raw = createReadStream(path, { highWaterMark: pieceBytes });
  let read = 0;
  raw.on('data', (piece) => {
    read += piece.length;
  });
  const unzip = zipped ? createGunzip({ chunkSize: pieceBytes }) : undefined;
  raw.on('error', (error) => unzip?.destroy(error));
  const content = new Content(limit);
  let broken: string | undefined;
  try {
    for await (const piece of unzip ? raw.pipe(unzip) : raw) {
      if (signal?.aborted) return cancelled;
      content.push(piece as Buffer);
      progress?.(read, size);
    }
  } catch (error) {
    broken = zipped ? `the compressed data ends early or is damaged (${reason(error)})` : `it cannot be read further (${reason(error)})`;
  } finally {
    raw.destroy();
    unzip?.destroy();
  }
  return content.isJson ? finishJson(name, size, content, broken) : finishLog(name, size, content, broken);
}

function finishJson(name: string, bytes: number, { events, scanner }: Content, stopped: string | undefined): ReadResult {
  const early = stopped ?? (scanner.isComplete ? undefined : 'it ends in the middle of the list of events');
  const faults = events.unreadable > 0 ? `${events.unreadable} events are no valid JSON and were left out` : undefined;
  const broken = [early, faults].filter((one) => one !== undefined).join('; ');
  const { recording, origin } = events.finish();
  const { count } = recording.kernels;
  if (count === 0) {
    if (scanner.events === 0) return { error: `${name} holds no trace events${broken === '' ? '' : `: ${broken}`}` };
    const why = broken === '' ? 'it was recorded without the GPU (profile with ProfilerActivity.CUDA)' : broken;
    return { error: `${name} holds ${scanner.events} events and no GPU kernel: ${why}` };
  }
  const read = `${count + recording.beyond} kernels were read until there`;
  return {
    trace: {
      name,
      format: events.kineto ? 'kineto' : 'chrome',
      bytes,
      origin,
      recording,
      ...(broken === '' ? {} : { broken: `${broken}; ${read}` }),
    },
  };
}

function finishLog(name: string, bytes: number, { log }: Content, broken: string | undefined): ReadResult {
  const found = log.finish();
  if (!found) {
    const why = 'it is no trace (JSON or an export of Nsight Systems as SQLite) and has no line that Megatron-LM or vLLM writes';
    return { error: `${name} is not understood: ${broken ?? why}` };
  }
  return {
    trace: {
      name,
      ...found,
      bytes,
      origin: { software: [] },
      ...(broken === undefined ? {} : { broken: `${broken}; ${log.lines} lines were read until there` }),
    },
  };
}

async function readDatabase(path: string, name: string, size: number, options: ReadOptions): Promise<ReadResult> {
  const { Database } = await import('node-sqlite3-wasm');
  const { signal, progress, limit } = options;
  let database: InstanceType<typeof Database> | undefined;
  try {
    database = new Database(path, { readOnly: true, fileMustExist: true });
    const total = Math.max(1, rowsOf(database));
    let rows = 0;
    const tick = async (more: number): Promise<boolean> => {
      rows += more;
      progress?.(Math.min(size, Math.round((rows / total) * size)), size);
      await setImmediate();
      return signal?.aborted !== true;
    };
    const found = await readNsight(database, limit, tick);
    if ('error' in found) return { error: `${name}: ${found.error}` };
    if (found.cancelled) return cancelled;
    const { recording, origin, broken } = found;
    const { count } = recording.kernels;
    if (count === 0)
      return {
        error: `${name} holds no GPU kernel${broken === undefined ? '; trace CUDA (nsys profile --trace=cuda,nvtx)' : `: ${broken}`}`,
      };
    const early =
      broken === undefined ? {} : { broken: `the database is damaged or incomplete (${broken}); ${count} kernels were read until there` };
    return { trace: { name, format: 'nsight', bytes: size, origin, recording, ...early } };
  } catch (error) {
    return { error: `${name} is a damaged or incomplete SQLite database: ${reason(error)}` };
  } finally {
    database?.close();
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
