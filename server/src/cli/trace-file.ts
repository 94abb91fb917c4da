/** The lines of a file, read piece by piece, so that its size does not matter. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { UsageError } from './io.ts';
import { reasonOf } from './reason.ts';

const pieceBytes = 1 << 20;
/** A line longer than this is no request. */
const longestLine = 1 << 24;

export function* linesOf(path: string, written: string): Generator<string, void> {
  const fail = (reason: string) => new UsageError(`the trace "${written}" cannot be read: ${reason}.`);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw fail(reasonOf(error));
  }
  try {
    if (!fstatSync(file).isFile()) throw fail('it is not a regular file');
    const bytes = Buffer.alloc(pieceBytes);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    for (;;) {
      const read = readSync(file, bytes, 0, pieceBytes, null);
      const lines = (rest + (read === 0 ? decoder.end() : decoder.write(bytes.subarray(0, read)))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
      if (rest.length > longestLine) throw fail('it has a line of more than 16 MiB');
      if (read === 0) break;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(file);
  }
}
