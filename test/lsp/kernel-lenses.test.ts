/** Lenses of a file with many kernels are worked out in turns, so that a keystroke never waits for all of them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CodeLens, LSPErrorCodes } from 'vscode-languageserver/node';
import { type Client, startInProcess } from './client.ts';
import { h100 } from './samples.ts';

const uri = 'file:///project/many.cu';
const kernels = 200;

const one = (number: number): string => `__global__ void scale${number}(const float* x, float* y, int n) {
  __shared__ float tile[256];
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
    tile[threadIdx.x] = x[i];
    __syncthreads();
    for (int k = 0; k < 16; k++) y[i] += tile[(threadIdx.x + k) % 256] * ${number}.0f;
  }
}
void run${number}(const float* x, float* y) { scale${number}<<<1024, 256>>>(x, y, 1 << 24); }
`;

let client: Client;

beforeEach(async () => {
  client = await startInProcess({ settings: h100 });
});

afterEach(async () => {
  await client.close();
  expect(client.faults).toEqual([]);
});

test('they end when the text changes under them, and all are there for the text that stays', async () => {
  const text = Array.from({ length: kernels }, (_, number) => one(number)).join('\n');
  await client.open(uri, text, 'cuda-cpp');
  const lenses = () => client.connection.sendRequest<CodeLens[]>('textDocument/codeLens', { textDocument: { uri } });
  const asked = lenses().then(
    () => 'answered',
    ({ code }: { code: number }) => code,
  );
  await client.type(uri, { start: 0, end: 0, text: '\n' });
  expect(await asked).toBe(LSPErrorCodes.ContentModified);
  await client.diagnostics(uri);
  const answered = await lenses();
  expect(answered).toHaveLength(kernels);
  expect(answered[0]?.range.start.line).toBe(1);
});
