/**
 * The SQLite export of Nsight Systems (`nsys export --type sqlite`; tables as in its exporter's documentation, releases 2021 to 2025):
 * kernels, copies, launches and NVTX ranges. SQLite reads the file page by page, so that its size does not matter.
 */
import type { Database, Statement } from 'node-sqlite3-wasm';
import { Recorder, type Recording } from '../core/measured/recorder.ts';
import { mayBeStep } from '../core/measured/steps.ts';
import type { TraceOrigin } from '../core/measured/trace.ts';

type Row = Readonly<Record<string, unknown>>;

/** Told after every so many rows; ends the reading by returning false. */
export type Tick = (rows: number) => Promise<boolean>;
const rowsPerTick = 20_000;

export interface NsightRead {
  readonly recording: Recording;
  readonly origin: TraceOrigin;
  readonly cancelled: boolean;
  /** Why the reading ended early. */
  readonly broken?: string;
}

const kernelTable = 'CUPTI_ACTIVITY_KIND_KERNEL';
const copyTables = ['CUPTI_ACTIVITY_KIND_MEMCPY', 'CUPTI_ACTIVITY_KIND_MEMSET'] as const;
const runtimeTable = 'CUPTI_ACTIVITY_KIND_RUNTIME';
const rangeTable = 'NVTX_EVENTS';

/** Reads an open database. Throws what SQLite throws when not even its list of tables can be read. */
export async function readNsight(
  database: Database,
  limit: number | undefined,
  tick: Tick,
): Promise<NsightRead | { readonly error: string }> {
  const tables = new Set(database.all("SELECT name FROM sqlite_master WHERE type = 'table'").map((row) => text((row as Row).name)));
  if (!tables.has(kernelTable) && !tables.has('StringIds')) return { error: 'it is a SQLite database, but no export of Nsight Systems' };
  if (!tables.has(kernelTable)) return { error: 'the export holds no GPU kernels; trace CUDA (nsys profile --trace=cuda,nvtx)' };
  const read = new NsightReader(database, tables, new Recorder(limit));
  try {
    for (const part of [read.kernels(), read.copies(), read.ranges(), read.launches()]) {
      let rows = 0;
      for (const _row of part) {
        rows++;
        if (rows % rowsPerTick === 0 && !(await tick(rowsPerTick))) return { ...read.finish(), cancelled: true };
      }
      if (!(await tick(rows % rowsPerTick))) return { ...read.finish(), cancelled: true };
    }
  } catch (error) {
    return { ...read.finish(), cancelled: false, broken: error instanceof Error ? error.message : String(error) };
  }
  return { ...read.finish(), cancelled: false };
}

/** Rows of the tables that are read. */
export function rowsOf(database: Database): number {
  const wanted = [kernelTable, ...copyTables, runtimeTable, rangeTable];
  let rows = 0;
  for (const table of wanted) {
    try {
      rows += Number((database.get(`SELECT count(*) AS n FROM ${table}`) as Row | null)?.n ?? 0);
    } catch {
      // The table is not in every export.
    }
  }
  return rows;
}

class NsightReader {
  private readonly database: Database;
  private readonly tables: ReadonlySet<string>;
  private readonly recorder: Recorder;
  private readonly strings = new Map<number, string>();
  private readonly lookUp: Statement | undefined;
  private base: number | undefined;

  constructor(database: Database, tables: ReadonlySet<string>, recorder: Recorder) {
    this.database = database;
    this.tables = tables;
    this.recorder = recorder;
    this.lookUp = tables.has('StringIds') ? database.prepare('SELECT value FROM StringIds WHERE id = ?') : undefined;
  }

  *kernels(): Generator<void> {
    const columns = this.columnsOf(kernelTable);
    const name = columns.has('demangledName') ? 'demangledName' : columns.has('shortName') ? 'shortName' : 'name';
    for (const row of this.rows(kernelTable, ['start', 'end', 'deviceId', 'streamId', name])) {
      this.recorder.kernel({ ...this.span(row), name: this.string(row[name]), device: number(row.deviceId), stream: number(row.streamId) });
      yield;
    }
  }

  *copies(): Generator<void> {
    for (const table of copyTables) {
      const name = table.endsWith('MEMCPY') ? 'Memcpy' : 'Memset';
      for (const row of this.rows(table, ['start', 'end', 'deviceId', 'streamId'])) {
        this.recorder.kernel({ ...this.span(row), name, kind: 'copy', device: number(row.deviceId), stream: number(row.streamId) });
        yield;
      }
    }
  }

  *ranges(): Generator<void> {
    const columns = this.columnsOf(rangeTable);
    const wanted = ['start', 'end', ...['text', 'textId'].filter((name) => columns.has(name))];
    for (const row of this.rows(rangeTable, wanted, '"end" IS NOT NULL')) {
      const name = text(row.text) || this.string(row.textId);
      if (mayBeStep(name)) {
        const { start, duration } = this.span(row);
        this.recorder.step({ name, start, end: start + duration });
      }
      yield;
    }
  }

  *launches(): Generator<void> {
    for (const row of this.rows(runtimeTable, ['start', 'globalTid', 'nameId'])) {
      if (/^(?:cuda|cu)LaunchKernel/.test(this.string(row.nameId)))
        this.recorder.launch(number(row.globalTid), this.span({ ...row, end: row.start }).start);
      yield;
    }
  }

  finish(): { readonly recording: Recording; readonly origin: TraceOrigin } {
    this.lookUp?.finalize();
    return { recording: this.recorder.finish(), origin: this.origin() };
  }

  private origin(): TraceOrigin {
    for (const table of ['TARGET_INFO_GPU', 'TARGET_INFO_CUDA_GPU']) {
      if (!this.columnsOf(table).has('name')) continue;
      const name = text((this.database.get(`SELECT name FROM ${table} LIMIT 1`) as Row | null)?.name);
      if (name !== '') return { gpu: name, software: [] };
    }
    return { software: [] };
  }

  private columnsOf(table: string): ReadonlySet<string> {
    if (!this.tables.has(table)) return new Set();
    return new Set(this.database.all(`PRAGMA table_info(${table})`).map((row) => text((row as Row).name)));
  }

  /** Rows of a table in the order they were written; none where it or a column is missing. */
  private *rows(table: string, columns: readonly string[], where = '1'): Generator<Row> {
    const known = this.columnsOf(table);
    if (!columns.every((name) => known.has(name))) return;
    const statement = this.database.prepare(`SELECT ${columns.map((name) => `"${name}"`).join(', ')} FROM ${table} WHERE ${where}`);
    try {
      for (const row of statement.iterate()) yield row as Row;
    } finally {
      statement.finalize();
    }
  }

  /** Nanoseconds of any epoch. */
  private span(row: Row): { readonly start: number; readonly duration: number } {
    const start = number(row.start);
    this.base ??= start;
    return { start: (start - this.base) / 1e9, duration: (number(row.end) - start) / 1e9 };
  }

  private string(id: unknown): string {
    if (typeof id === 'string') return id;
    const key = number(id);
    const known = this.strings.get(key);
    if (known !== undefined) return known;
    const value = text((this.lookUp?.get(key) as Row | null | undefined)?.value);
    if (this.strings.size < 50_000) this.strings.set(key, value);
    return value;
  }
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0);
