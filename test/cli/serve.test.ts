import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { admit } from '../../server/src/cli/serve/guard.ts';
import { type RunningServer, startServer } from '../../server/src/cli/serve/server.ts';
import { openSession } from '../../server/src/cli/session.ts';
import { confinedFiles, isInside } from '../../server/src/io/confined-files.ts';
import type { PanelMessage, PanelReply } from '../../server/src/protocol/panel.ts';
import { isPanelMessage } from '../../server/src/protocol/panel-shapes.ts';
import { ioIn, root, script } from './run.ts';

let folder: string;
let outside: string;
let server: RunningServer;

beforeAll(async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rooflint-serve-')));
  [folder, outside] = [join(base, 'served'), join(base, 'outside')];
  for (const name of [folder, outside, join(folder, 'jobs')]) mkdirSync(name);
  writeFileSync(join(folder, 'jobs', 'train.sh'), `#SBATCH --gres=gpu:h100:8\n${script()}`);
  writeFileSync(join(folder, 'live.sh'), `#SBATCH --gres=gpu:h100:8\n${script()}`);
  writeFileSync(join(folder, 'chat.sh'), 'vllm serve Qwen/Qwen2.5-7B-Instruct --max-model-len 8192 --max-num-seqs 64\n');
  writeFileSync(join(folder, '<img src=x onerror=alert(1)>.sh'), script());
  writeFileSync(join(outside, 'secret.sh'), script());
  writeFileSync(join(outside, 'ds.json'), '{ "zero_optimization": { "stage": 3 } }');
  symlinkSync(join(outside, 'secret.sh'), join(folder, 'link.sh'));
  symlinkSync(outside, join(folder, 'linked-folder'));
  const files = confinedFiles(folder);
  const io = ioIn(folder, { out: '', error: '' });
  server = await startServer(
    { session: await openSession(io, {}, files), files, only: undefined, searches: new Map() },
    join(root, 'dist'),
    0,
  );
});

afterAll(async () => {
  await server.close();
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

/** One request; `path` comes behind the token unless it starts with a slash. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET', sentBody = ''): Promise<Answer> {
  const target = path.startsWith('/') ? path : `/${server.token}/${path}`;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: server.port, path: target, method, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    });
    sent.on('error', reject);
    sent.end(sentBody);
  });
}

describe('who may ask', () => {
  test('without the token, or with a wrong one, nothing is there', async () => {
    for (const path of [
      '/',
      '/panel',
      '/wrong/',
      `/${server.token.slice(0, -1)}x/`,
      `/${server.token}x/`,
      '//',
      `/?token=${server.token}`,
    ]) {
      const { status, body } = await ask(path);
      expect(status, path).toBe(404);
      expect(body).not.toContain('train.sh');
    }
    expect((await ask('')).status).toBe(200);
  });

  test('a foreign host name is refused: it may have been made to resolve to this machine', async () => {
    for (const host of ['rooflint.example', `rooflint.example:${server.port}`, '127.0.0.1', `127.0.0.1:${server.port + 1}`]) {
      expect((await ask('', { host })).status, host).toBe(403);
    }
    expect(admit({ method: 'GET', url: `/${server.token}/`, headers: {} }, server.token, server.port)).toMatchObject({ status: 403 });
    expect((await ask('', { host: `localhost:${server.port}` })).status).toBe(200);
  });

  test('a foreign origin is refused, also one on this machine', async () => {
    for (const origin of ['https://example.org', 'null', `http://127.0.0.1:${server.port + 1}`, `https://127.0.0.1:${server.port}`]) {
      expect((await ask('', { origin })).status, origin).toBe(403);
    }
    expect((await ask('', { origin: `http://127.0.0.1:${server.port}` })).status).toBe(200);
    expect((await ask('', { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  test('methods that are not needed are refused', async () => {
    for (const method of ['PUT', 'DELETE', 'OPTIONS']) expect((await ask('', {}, method)).status).toBe(405);
    expect((await ask('', {}, 'POST')).status).toBe(405);
  });

  test('replies are taken when they are messages of the panel', async () => {
    expect((await ask('reply', {}, 'POST', '{"type":"ready"}')).status).toBe(204);
    for (const text of ['', '{', '{"type":"run"}', '[]']) expect((await ask('reply', {}, 'POST', text)).status, text).toBe(400);
  });

  test('no request without the exact token is ever admitted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()).map((parts) => `/${parts.join('/')}`),
        fc.string(),
        (path, host) => {
          const headers = { host: host === '' ? `127.0.0.1:${server.port}` : host };
          expect('why' in admit({ method: 'GET', url: path, headers }, server.token, server.port)).toBe(true);
        },
      ),
    );
  });
});

describe('what may be read', () => {
  test('files outside the folder are not there, by any spelling or link', async () => {
    const names = [
      '../outside/secret.sh',
      '..%2foutside%2fsecret.sh',
      'jobs/../../outside/secret.sh',
      join(outside, 'secret.sh'),
      'link.sh',
      'linked-folder/secret.sh',
      '\0',
      '',
      '.',
    ];
    for (const name of names) {
      for (const page of ['panel', 'report', 'events']) {
        const { status, body } = await ask(`${page}?file=${encodeURIComponent(name)}&job=0`);
        expect(status, `${page} ${name}`).toBe(404);
        expect(body).not.toContain('num-layers');
      }
    }
  });

  test('a configuration cannot pull in a file from outside', () => {
    const files = confinedFiles(folder);
    const from = `file://${folder}/jobs/train.sh`;
    expect(files.resolve(from, '../../outside/ds.json')).toBeUndefined();
    expect(files.resolve(from, join(outside, 'ds.json'))).toBeUndefined();
    expect(files.resolve(from, '../linked-folder/ds.json')).toBeUndefined();
    expect(files.read(`file://${outside}/ds.json`)).toHaveProperty('error');
    expect(files.resolve(from, '../live.sh')).toBe(`file://${folder}/live.sh`);
  });

  test('isInside knows names that only look alike', () => {
    expect(isInside('/a/b', '/a/b')).toBe(true);
    expect(isInside('/a/b', '/a/b/c')).toBe(true);
    expect(isInside('/a/b', '/a/bc')).toBe(false);
    expect(isInside('/a/b', '/a')).toBe(false);
    expect(isInside('/a/b', '/a/b/..c')).toBe(true);
  });

  test('only files of the build and pages are served', async () => {
    for (const path of ['cli.js', 'webview.js/../cli.js', '..%2fpackage.json', 'package.json']) expect((await ask(path)).status).toBe(404);
  });
});

describe('the pages', () => {
  test('the list has every job, and file names are text', async () => {
    const { body } = await ask('');
    expect(body).toContain('jobs/train.sh');
    expect(body).toContain('panel?file=jobs%2Ftrain.sh&amp;job=0');
    expect(body).toContain('<a href="panel?file=chat.sh&amp;job=0">Simulation</a>');
    expect(body).not.toContain('<img');
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;.sh');
    expect(body).not.toContain('link.sh');
  });

  test('every answer forbids what it does not need', async () => {
    for (const path of ['', 'panel?file=live.sh', 'report?file=live.sh', 'bridge.js', 'nothing']) {
      const { headers } = await ask(path);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe/);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
    }
    expect((await ask('panel?file=live.sh')).body).not.toMatch(/<script>(?!<)|\son\w+=/);
  });

  test('the report is the same as on the command line', async () => {
    const { status, body } = await ask('report?file=jobs%2Ftrain.sh&job=0');
    expect(status).toBe(200);
    expect(body).toContain('<h2>Memory per GPU</h2>');
  });
});

/** Messages of the event stream, one after the other. */
function follow(name: string): { next: () => Promise<PanelMessage>; stop: () => void } {
  const waiting: ((message: PanelMessage) => void)[] = [];
  const kept: PanelMessage[] = [];
  const sent = request(
    { host: '127.0.0.1', port: server.port, path: `/${server.token}/events?file=${name}&job=0`, agent: false },
    (response) => {
      let buffer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        buffer += chunk;
        for (let end = buffer.indexOf('\n\n'); end !== -1; end = buffer.indexOf('\n\n')) {
          const message = JSON.parse(buffer.slice('data: '.length, end)) as PanelMessage;
          buffer = buffer.slice(end + 2);
          const take = waiting.shift();
          if (take) take(message);
          else kept.push(message);
        }
      });
      response.on('error', () => {});
    },
  );
  sent.on('error', () => {});
  sent.end();
  return {
    next: () => new Promise((resolve) => (kept.length > 0 ? resolve(kept.shift() as PanelMessage) : waiting.push(resolve))),
    stop: () => void sent.destroy(),
  };
}

test('tried values are answered, another job is put beside, and nothing is written', async () => {
  const say = async (reply: PanelReply, file = 'jobs/train.sh'): Promise<PanelMessage> => {
    const { status, body } = await ask(`reply?file=${encodeURIComponent(file)}&job=0`, {}, 'POST', JSON.stringify(reply));
    expect(status).toBe(200);
    const message: unknown = JSON.parse(body);
    if (!isPanelMessage(message)) throw new Error(`no message of the panel: ${body.slice(0, 200)}`);
    return message;
  };
  const tried = await say({ type: 'whatIf', turn: 7, change: { 'batch.micro': 4 } });
  if (tried.type !== 'whatIf') throw new Error(tried.type);
  expect(tried.answer.turn).toBe(7);
  expect(tried.answer.patch).toMatch(/^--- train\.sh\n/);
  expect(tried.answer.rows.map(({ label }) => label)).toContain('Step time');
  expect(await say({ type: 'apply', change: { 'batch.micro': 4 } })).toMatchObject({ type: 'applied', done: false });
  const searched = await say({ type: 'schedules', turn: 8, change: {} });
  if (searched.type !== 'schedules') throw new Error(searched.type);
  expect(searched).toMatchObject({ turn: 8 });
  expect(searched.found.rows.length + searched.found.words.length).toBeGreaterThan(0);
  const stopped = await ask('reply?file=jobs%2Ftrain.sh&job=0', {}, 'POST', JSON.stringify({ type: 'stopSearch' }));
  expect(stopped.status).toBe(204);
  expect(await say({ type: 'compare', other: 'last-commit' })).toMatchObject({ type: 'beside', shown: { type: 'empty' } });
  const others = await say({ type: 'compare', other: 'choose' });
  expect(others.type === 'others' && others.jobs.map(({ file }) => file)).toEqual(expect.arrayContaining(['live.sh']));
  expect(others.type === 'others' && others.jobs.some(({ file }) => file === 'jobs/train.sh' || file === 'chat.sh')).toBe(false);
  expect(await say({ type: 'compare', other: { file: 'live.sh', job: 0 } })).toMatchObject({ type: 'beside', shown: { type: 'job' } });
  for (const file of ['../outside/secret.sh', 'link.sh']) {
    expect(await say({ type: 'compare', other: { file, job: 0 } })).toMatchObject({ type: 'beside', shown: { type: 'empty' } });
    expect((await ask(`reply?file=${encodeURIComponent(file)}&job=0`, {}, 'POST', '{"type":"whatIf","turn":1,"change":{}}')).status).toBe(
      204,
    );
  }
  expect(readFileSync(join(folder, 'jobs', 'train.sh'), 'utf8')).toBe(`#SBATCH --gres=gpu:h100:8\n${script()}`);
});

test('the panel gets the job at once and again when the file changes', async () => {
  const stream = follow('live.sh');
  const first = await stream.next();
  expect(first.type).toBe('job');
  if (first.type === 'job') expect(first.job.request.microBatches).toBe(8);
  const changed = stream.next();
  writeFileSync(
    join(folder, 'live.sh'),
    `#SBATCH --gres=gpu:h100:8\n${script().replace('--global-batch-size 64', '--global-batch-size 128')}`,
  );
  const second = await changed;
  expect(second.type === 'job' && second.job.request.microBatches).toBe(16);
  const broken = stream.next();
  writeFileSync(join(folder, 'live.sh'), 'echo nothing here\n');
  expect((await broken).type).toBe('empty');
  stream.stop();
});

test('the panel gets a serving job as it was read, for its own copy of the core', async () => {
  const stream = follow('chat.sh');
  const message = await stream.next();
  expect(message).toMatchObject({ type: 'serving', job: { title: 'chat.sh', runsAs: 'vllm', job: { 'serving.maxSequences': 64 } } });
  stream.stop();
});
