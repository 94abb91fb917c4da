import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coldStart } from '../../server/src/cli/bench/cold-start.ts';
import { longScript } from '../../server/src/cli/bench/jobs.ts';
import { folderWith, root, script } from './run.ts';

const cli = join(root, 'dist/cli.js');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Runs the built command in a process of its own. */
function run(args: readonly string[], folder = root, input = '', command = cli): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args], { cwd: folder });
    let [out, error] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, error }));
    child.stdin.end(input);
  });
}

// The bundle is made by "npm run build"; `npm test` makes it before the unit tests.
describe.runIf(existsSync(cli))('the built command', () => {
  test('finds its parsers beside itself, whatever the working folder', async () => {
    const { code, out, error } = await run(['read', 'train.sh', '--json'], folderWith({ 'train.sh': script() }));
    expect(error).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ framework: 'megatron-lm', facts: { tp: 2 } }]);
  });

  test('a mistake is one sentence and exit code 2, in a process too', async () => {
    const { code, out, error } = await run(['check', 'nowhere']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(error).toBe('rooflint: "nowhere" cannot be checked: there is no such file or folder.\n');
  });

  test('findings make the exit code 1', async () => {
    expect((await run(['check', 'examples'])).code).toBe(1);
  });

  test('predicts many kernels alike with the native runtime in its child process and without', async () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ({
      id: index,
      op: 'gemm',
      device: 'l40s',
      gemm_dtype: 'fp8',
      m: 1 + 13 * index,
      n: 4096,
      k: 2048,
    }));
    const folder = folderWith({ 'rows.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') });
    const times = async (...more: readonly string[]): Promise<readonly number[]> => {
      const { code, out } = await run(['predict', '--cases', 'rows.jsonl', ...more], folder);
      expect(code).toBe(0);
      return out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { latency_ms: number }).latency_ms);
    };
    const [native, read] = [await times(), await times('--no-native')];
    expect(native.length).toBe(5000);
    for (const [index, time] of native.entries()) expect(Math.abs(time / (read[index] ?? 0) - 1)).toBeLessThan(1e-4);
  });

  // A copy far from every node_modules: what a package for any platform holds, with neither runtime nor its child process.
  test('the packaged files without the native runtime answer as those with it', async () => {
    const dist = mkdtempSync(join(tmpdir(), 'rooflint-packaged-'));
    const packaged = readdirSync(join(root, 'dist')).filter((name) => /\.(?:js|css|wasm|onnx)$/.test(name) && name !== 'predictor.js');
    for (const name of packaged) cpSync(join(root, 'dist', name), join(dist, name));
    for (const name of packaged.filter((one) => one.endsWith('.js')))
      expect(readFileSync(join(dist, name), 'utf8').includes('onnxruntime_binding'), name).toBe(false);
    const rows = Array.from({ length: 3000 }, (_, index) => ({
      id: index,
      op: 'gemm',
      device: 'h100',
      gemm_dtype: 'bf16',
      m: 1 + 7 * index,
      n: 512,
      k: 4096,
    }));
    const serve = 'vllm serve meta-llama/Llama-3.1-8B-Instruct --tensor-parallel-size 1\n';
    const folder = folderWith({ 'rows.jsonl': rows.map((row) => JSON.stringify(row)).join('\n'), 'train.sh': script(), 'serve.sh': serve });
    for (const args of [
      ['estimate', 'train.sh', '--json'],
      ['estimate', 'serve.sh', '--cluster', 'rtx-pro-6000', '--json'],
      ['check', 'train.sh', 'serve.sh'],
    ]) {
      const without = await run(args, folder, '', join(dist, 'cli.js'));
      expect(without).toEqual(await run(args, folder));
      expect(without).toMatchObject({ error: '', out: expect.stringMatching(/\w/) });
    }
    const latencies = ({ code, out }: Ended): readonly number[] => {
      expect(code).toBe(0);
      return out
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { latency_ms: number }).latency_ms);
    };
    const predict = ['predict', '--cases', 'rows.jsonl'];
    const [without, with_] = [latencies(await run(predict, folder, '', join(dist, 'cli.js'))), latencies(await run(predict, folder))];
    expect(without.length).toBe(3000);
    for (const [index, time] of without.entries()) expect(Math.abs(time / (with_[index] ?? 0) - 1)).toBeLessThan(1e-4);
    // The server of the extension starts from there and gives diagnostics.
    expect(await coldStart(dist, longScript(100))).toBeGreaterThan(0);
    rmSync(dist, { recursive: true });
  }, 120_000);

  test('a reader that closes early is no error', async () => {
    const child = spawn(process.execPath, [cli, 'schedule', '1f1b', '--stages', '16', '--micro-batches', '2000', '--json'], { cwd: root });
    let error = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      error += text;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect(error).toBe('');
    expect(code).toBe(0);
  });

  test('lsp --stdio answers the first request of an editor', async () => {
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: null, rootUri: null, capabilities: {} },
    });
    const child = spawn(process.execPath, [cli, 'lsp', '--stdio'], { cwd: root });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.includes('"capabilities"')) resolve(text);
      });
    });
    expect(answer).toMatch(/^Content-Length: \d+\r\n/);
    expect(answer).toContain('"hoverProvider"');
    child.kill();
  });

  test('serve prints an address with a token, answers there, and ends when told', async () => {
    const child = spawn(process.execPath, [cli, 'serve', 'examples'], { cwd: root });
    const address = await new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{32}\/\n$/);
    const page = await fetch(address.trim());
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('pretrain-70b.sh');
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
