/**
 * A keystroke in a long kernel file against reading and analysing the file afresh, in processor time of the same process: what an
 * edit does not touch must not be read again. Ratios only; machines differ.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../server/src/engine/engine.ts';
import { initKernelParser } from '../../server/src/syntax/parsers.ts';
import { DocumentReader, readDocument } from '../../server/src/syntax/read.ts';
import { loadParsers } from '../engine/support.ts';

beforeAll(async () => {
  await loadParsers();
  await initKernelParser('grammars');
});

/** A tiled product and its launcher, thirty lines under names of their own. */
const part = (at: number): string => `
#define TILE_${at} 32
template <int BK> __global__ void product_${at}(const float *a, const float *b, float *c, int M, int N, int K) {
  __shared__ float as[TILE_${at}][BK];
  __shared__ float bs[BK][TILE_${at}];
  const int row = blockIdx.y * TILE_${at} + threadIdx.y;
  const int column = blockIdx.x * TILE_${at} + threadIdx.x;
  float sum = 0.0f;
  for (int k = 0; k < K; k += BK) {
    as[threadIdx.y][threadIdx.x] = row < M ? a[row * K + k + threadIdx.x] : 0.0f;
    bs[threadIdx.y][threadIdx.x] = column < N ? b[(k + threadIdx.y) * N + column] : 0.0f;
    __syncthreads();
    for (int i = 0; i < BK; i++) {
      sum += as[threadIdx.y][i] * bs[i][threadIdx.x];
    }
    __syncthreads();
  }
  if (row < M && column < N) {
    c[row * N + column] = sum / ${at + 1} + 0.5f * c[row * N + column];
  }
}

/* Sizes of the launch follow from those of the matrices. */
void run_product_${at}(const float *a, const float *b, float *c, int M, int N, int K, cudaStream_t stream) {
  dim3 block(TILE_${at}, TILE_${at});
  dim3 grid((N + TILE_${at} - 1) / TILE_${at}, (M + TILE_${at} - 1) / TILE_${at});
  product_${at}<32><<<grid, block, 0, stream>>>(a, b, c, M, N, K);
}
`;
const parts = 100;
const text = Array.from({ length: parts }, (_, at) => part(at)).join('');

const newEngine = () => createEngine({ files: { read: () => ({ error: '' }), resolve: () => undefined }, settings: () => ({}) });

/** Processor time in milliseconds: other processes do not add to it. */
function timeOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const best = (work: () => void, rounds: number): number => Math.min(...Array.from({ length: rounds }, () => timeOf(work)));

describe('a keystroke in a kernel file of three thousand lines', () => {
  it('costs a small part of reading it afresh, inside a kernel, above all of them and in host code', () => {
    expect(text.split('\n').length).toBeGreaterThan(2800);
    const afresh = best(() => newEngine().analyseDocument(readDocument('file:///long.cu', text, 'cuda'), 1), 3);
    const engine = newEngine();
    const reader = new DocumentReader('file:///long.cu', text, 'cuda');
    engine.analyseDocument(reader.document, 0);
    for (const [where, most] of [
      [text.indexOf('float sum = 0.0f', text.length / 2), 0.15],
      [0, 0.15],
      [text.indexOf('/* Sizes', text.length / 2), 0.15],
    ] as const) {
      let round = 0;
      const keystroke = (): void => {
        round += 1;
        // Blanks come and go: the text must not grow with the rounds.
        const edit = round % 2 === 1 ? { start: where, end: where, text: ' ' } : { start: where, end: where + 1, text: '' };
        engine.analyseDocument(reader.edit([edit]), round);
      };
      for (let warm = 0; warm < 10; warm++) keystroke();
      expect(best(keystroke, 20) / afresh).toBeLessThan(most);
    }
    reader.dispose();
  }, 120_000);
});
