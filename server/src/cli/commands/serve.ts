/** `rooflint serve`: the panel as a local web page, for people without VS Code. */
import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { confinedFiles } from '../../io/confined-files.ts';
import { type ClusterOptions, settingsFrom, withClusterOptions } from '../cluster-options.ts';
import { type CliIo, exitCodes, UsageError } from '../io.ts';
import { reasonOf } from '../reason.ts';
import type { ServedFolder } from '../serve/jobs.ts';
import { type RunningServer, startServer } from '../serve/server.ts';
import { openSession } from '../session.ts';

interface ServeOptions extends ClusterOptions {
  readonly port: number;
}

export function serveCommand(program: Command, io: CliIo, done: (code: number) => void): void {
  withClusterOptions(program.command('serve [path]'))
    .description('Show the timelines, server simulations and reports of a folder in a browser. Only this machine can reach it.')
    .option('--port <N>', 'port on 127.0.0.1; a free one when absent', portNumber, 0)
    .action(async (path: string | undefined, options: ServeOptions) => {
      const folder = await openFolder(path ?? '.', io, options);
      const server = await listen(folder, io, options.port);
      io.out(`${server.url}\n`);
      io.error('Open this address in a browser. Ctrl+C ends it.\n');
      await stopped(io);
      await server.close();
      done(exitCodes.clean);
    });
}

/** Resolves when the caller or, without one, the user says that it is enough. */
function stopped(io: CliIo): Promise<void> {
  return new Promise((done) => {
    if (!io.signal) for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => done());
    else if (io.signal.aborted) done();
    else io.signal.addEventListener('abort', () => done(), { once: true });
  });
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new UsageError(`--port must be a number from 0 to 65535, not "${text}".`);
  return port;
}

async function openFolder(path: string, io: CliIo, options: ClusterOptions): Promise<ServedFolder> {
  const settings = settingsFrom(options);
  const absolute = resolve(io.folder, path);
  try {
    const found = statSync(absolute);
    const isFile = found.isFile();
    if (!isFile && !found.isDirectory()) throw new UsageError(`"${path}" cannot be served: it is not a regular file.`);
    const files = confinedFiles(isFile ? dirname(absolute) : absolute);
    return { session: await openSession(io, settings, files), files, only: isFile ? basename(absolute) : undefined, searches: new Map() };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`"${path}" cannot be served: ${reasonOf(error)}.`);
  }
}

async function listen(folder: ServedFolder, io: CliIo, port: number): Promise<RunningServer> {
  try {
    return await startServer(folder, io.dist, port);
  } catch (error) {
    throw new UsageError(`the page cannot be served: ${reasonOf(error)}.`);
  }
}
