/** Time from starting the server's process to its first diagnostics, over standard input and output. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';

const patienceMilliseconds = 30_000;

/** Microseconds of one start with `text` opened as a shell script. Rejects when the server ends or says nothing. */
export function coldStart(dist: string, text: string): Promise<number> {
  const start = process.hrtime.bigint();
  const child = spawn(process.execPath, [join(dist, 'server.js'), '--stdio'], { stdio: 'pipe' });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail('the server published nothing'), patienceMilliseconds);
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill();
      reject(new Error(why));
    };
    child.once('error', (error) => fail(error.message));
    child.once('exit', () => fail('the server ended'));
    child.stdin.on('error', () => {});
    listen(child, (message) => {
      if (message.id === 1) {
        send(child, { method: 'initialized', params: {} });
        const textDocument = { uri: 'file:///bench/train.sh', languageId: 'shellscript', version: 1, text };
        send(child, { method: 'textDocument/didOpen', params: { textDocument } });
      }
      if (message.method !== 'textDocument/publishDiagnostics') return;
      const elapsed = Number(process.hrtime.bigint() - start) / 1000;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      child.once('exit', () => resolve(elapsed));
      child.kill();
    });
    send(child, { id: 1, method: 'initialize', params: { processId: process.pid, rootUri: null, capabilities: {} } });
  });
}

function send(child: ChildProcessWithoutNullStreams, message: object): void {
  const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
  child.stdin.write(`Content-Length: ${body.length}\r\n\r\n`);
  child.stdin.write(body);
}

/** Calls `take` with every message of the server. Requests it makes are left unanswered: none is needed to get diagnostics. */
function listen(child: ChildProcessWithoutNullStreams, take: (message: Record<string, unknown>) => void): void {
  let buffer = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const split = buffer.indexOf('\r\n\r\n');
      const length = /Content-Length: (\d+)/i.exec(buffer.subarray(0, Math.max(0, split)).toString('ascii'));
      if (split === -1 || !length) return;
      const end = split + 4 + Number(length[1]);
      if (buffer.length < end) return;
      const body: unknown = JSON.parse(buffer.subarray(split + 4, end).toString('utf8'));
      buffer = buffer.subarray(end);
      take(body as Record<string, unknown>);
    }
  });
}
