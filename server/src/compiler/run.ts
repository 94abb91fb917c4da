/**
 * Runs a program within bounds: so long, so much memory, so much output, at the lowest priority, and gone with everything it
 * started when it is cancelled. The program is named by its path and gets its arguments as they are: no shell reads them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants, setPriority } from 'node:os';

export interface Limits {
  readonly seconds: number;
  /** Address space of one process; kept where the system can (not on Windows, and macOS does not honour it). */
  readonly megabytes: number;
}

export interface Running {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

export interface Finished {
  /** Undefined where it did not end by itself. */
  readonly code: number | undefined;
  /** Both streams, as they came. */
  readonly output: string;
  /** Why it was ended or did not start. */
  readonly stopped?: 'cancelled' | 'took too long' | 'could not be started';
}

/** Longer output tells nothing more. */
const mostOutput = 8_000_000;
const kibibytesPerMegabyte = 1024;

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    // A group of its own: compilers start others.
    if (process.platform === 'win32') spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}

/** The shell only sets the limit and then becomes the program; path and arguments never pass through its grammar. */
function bounded(path: string, values: readonly string[], megabytes: number): readonly [string, readonly string[]] {
  if (process.platform === 'win32') return [path, values];
  return ['/bin/sh', ['-c', `ulimit -v ${megabytes * kibibytesPerMegabyte} 2>/dev/null; exec "$0" "$@"`, path, ...values]];
}

/** Never rejects. */
export function runBounded(path: string, values: readonly string[], { folder, environment, limits, signal }: Running): Promise<Finished> {
  if (signal.aborted) return Promise.resolve({ code: undefined, output: '', stopped: 'cancelled' });
  return new Promise((resolve) => {
    const [program, all] = bounded(path, values, limits.megabytes);
    const child = spawn(program, all, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    let output = '';
    let stopped: Finished['stopped'];
    const stop = (why: Finished['stopped']) => (): void => {
      stopped ??= why;
      kill(child);
    };
    const cancelled = stop('cancelled');
    const timer = setTimeout(stop('took too long'), limits.seconds * 1000);
    signal.addEventListener('abort', cancelled, { once: true });
    const finish = (finished: Finished): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', cancelled);
      resolve(finished);
    };
    const collect = (part: string): void => {
      if (output.length < mostOutput) output += part;
    };
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', collect);
    child.on('error', () => finish({ code: undefined, output, stopped: 'could not be started' }));
    child.on('close', (code) => finish({ code: code ?? undefined, output, ...(stopped === undefined ? {} : { stopped }) }));
    try {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    } catch {
      // It ended already, or the system has no priorities.
    }
  });
}
