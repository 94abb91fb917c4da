/** The compiler behind an editor: its word replaces the estimate in lens and hover, and it is never run where nobody trusts the workspace. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trustedNotification } from '../../server/src/protocol/requests.ts';
import { type Client, startInProcess } from '../lsp/client.ts';
import { gone, until } from './wait.ts';

const fake = join(import.meta.dirname, 'fake-nvcc.mjs');

const kernel = (wish: string): string => `// fake: ${wish}
__global__ void scale(float *x, int n) {
  __shared__ float tile[256];
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  tile[threadIdx.x] = x[i];
  if (i < n) x[i] = tile[threadIdx.x];
}
void run(float *x, int n) { scale<<<n, 256>>>(x, n); }
`;

let folder: string;
let log: string;
let uri: string;
let client: Client;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rooflint-editor-'));
  log = join(folder, 'log');
  uri = pathToFileURL(join(folder, 'k.cu')).href;
  writeFileSync(log, '');
  // The server runs in this process and gives compilers its own environment.
  process.env.FAKE_NVCC_LOG = log;
});
afterEach(async () => {
  // Ends what is still compiled.
  await client.connection.sendRequest('shutdown');
  await client.close();
  delete process.env.FAKE_NVCC_LOG;
  rmSync(folder, { recursive: true, force: true });
});

const start = async (trusted: boolean | undefined, compiler: string, text: string): Promise<void> => {
  client = await startInProcess({
    folder: pathToFileURL(folder).href,
    settings: { kernels: { compiler }, cluster: { gpu: 'a100' } },
    initializationOptions: { storage: join(folder, 'kept'), ...(trusted === undefined ? {} : { trusted }) },
  });
  await client.open(uri, text, 'cuda-cpp');
};

const title = async (): Promise<string> => (await client.lenses(uri))[0]?.command?.title ?? '';
/** Asks again whenever the client is told to: the answer of a compiler is one reason of several. */
async function asked(question: () => Promise<string | undefined>, words: string): Promise<string> {
  for (;;) {
    const before = client.refreshes.length;
    const answer = (await question()) ?? '';
    if (answer.includes(words)) return answer;
    await client.until(() => client.refreshes.length > before);
  }
}
const compiled = (): number =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('compile')).length;

describe('the compiler behind an editor', () => {
  it('replaces the estimate in the line above the kernel and in the hover, and says that it does', async () => {
    await start(true, fake, kernel('registers 96'));
    expect(await asked(title, 'nvcc')).toBe(
      '256 threads · 1 KiB shared · registers 96 (nvcc 12.4, sm_80), spills 16 bytes per thread · occupancy 25 % (registers) on A100 SXM 80 GB',
    );
    const hover = (await client.hover(uri, 'scale')) ?? '';
    expect(hover).toContain('From nvcc 12.4 for sm_80');
    expect(hover).toMatch(/\| 96 \| 16 bytes stored, 24 loaded \| 8 bytes \| 1 KiB \|/);
    expect(hover).toContain('25 % at 96');
    expect(client.faults).toEqual([]);
  });

  it('is stopped by an edit, and then compiles the new text', async () => {
    await start(true, fake, kernel('hang'));
    const hangs = (): string => /^hangs .*$/m.exec(readFileSync(log, 'utf8'))?.[0] ?? '';
    await until(() => hangs() !== '');
    const at = client.text(uri).indexOf('hang');
    await client.type(uri, { start: at, end: at + 'hang'.length, text: 'registers 40' });
    await asked(title, 'registers 40 (nvcc 12.4, sm_80)');
    await until(() => hangs().split(' ').slice(1).map(Number).every(gone));
  });

  it('takes back what was said of the text before an edit', async () => {
    await start(true, fake, kernel('registers 96'));
    await asked(title, 'nvcc');
    await client.type(uri, { start: 0, end: 0, text: '// one more line\n' });
    await client.diagnostics(uri);
    expect(await title()).not.toContain('nvcc');
    await until(() => compiled() === 2);
  });

  it('says why it has no figures where the text does not compile', async () => {
    await start(true, fake, kernel('fail'));
    await asked(() => client.hover(uri, 'scale'), 'k.cu(3): error: identifier "nothing" is undefined');
    expect(await title()).not.toContain('nvcc');
  });

  it.each([
    ['a client that says nothing of trust', undefined],
    ['a workspace that is not trusted', false],
  ])('is not run for %s, until it is trusted', async (_, trusted) => {
    await start(trusted, fake, kernel('registers 96'));
    expect(await title()).not.toContain('nvcc');
    expect(readFileSync(log, 'utf8')).toBe('');
    await client.connection.sendNotification(trustedNotification);
    await until(() => compiled() === 1);
  });

  it('is not run where it is off or not there, and follows the setting', async () => {
    await start(true, 'off', kernel('registers 96'));
    expect(await title()).not.toContain('nvcc');
    client.settings = { kernels: { compiler: join(folder, 'absent') }, cluster: { gpu: 'a100' } };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await client.diagnostics(uri);
    expect(await title()).not.toContain('nvcc');
    // Only now there is one, and it is found.
    client.settings = { kernels: { compiler: fake }, cluster: { gpu: 'a100' } };
    await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
    await until(() => compiled() === 1);
    expect(readFileSync(log, 'utf8').match(/^version$/gm)).toHaveLength(1);
  });
});
