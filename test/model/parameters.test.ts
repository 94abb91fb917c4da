import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelShape } from '../../server/src/core/model-shape.ts';
import { embeddingParameters, headParameters, kindParameters, totalParameters } from '../../server/src/core/parameters/model-parameters.ts';
import { gpt3, llama } from './shapes.ts';

describe('parameter counts', () => {
  // Counts of the published checkpoints (index files), to the unit.
  it.each([
    ['Llama-2-7B', llama({ layers: 32, hidden: 4096, heads: 32, kvHeads: 32, ffn: 11008, vocab: 32000 }), 6_738_415_616],
    ['Llama-2-70B', llama({ layers: 80, hidden: 8192, heads: 64, kvHeads: 8, ffn: 28672, vocab: 32000 }), 68_976_648_192],
    ['Llama-3.1-8B', llama({ layers: 32, hidden: 4096, heads: 32, kvHeads: 8, ffn: 14336, vocab: 128256 }), 8_030_261_248],
    ['Llama-3.1-70B', llama({ layers: 80, hidden: 8192, heads: 64, kvHeads: 8, ffn: 28672, vocab: 128256 }), 70_553_706_496],
    ['Mistral-7B', llama({ layers: 32, hidden: 4096, heads: 32, kvHeads: 8, ffn: 14336, vocab: 32000 }), 7_241_732_096],
    ['GPT-2 124M', gpt3({ layers: 12, hidden: 768, heads: 12, vocab: 50257, maxPositions: 1024 }), 124_439_808],
    ['GPT-2 XL', gpt3({ layers: 48, hidden: 1600, heads: 25, vocab: 50257, maxPositions: 1024 }), 1_557_611_200],
  ])('%s', (_name, model, count) => {
    expect(totalParameters(model)).toBe(count);
  });

  it('of GPT-3 175B agree with the formula of Narayanan et al. 2021: 12 l h^2 (1 + 13/12h + (V + s)/(12 l h))', () => {
    const model = gpt3({ layers: 96, hidden: 12288, heads: 96, vocab: 51200, maxPositions: 2048 });
    const formula = 12 * 96 * 12288 ** 2 * (1 + 13 / (12 * 12288) + (51200 + 2048) / (12 * 96 * 12288));
    expect(totalParameters(model) / formula).toBeCloseTo(1, 6);
  });

  it('over all TP ranks hold the whole matrices and one copy of what is replicated', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 4, 8), fc.integer({ min: 1, max: 64 }), (tensor, layers) => {
        const model: ModelShape = gpt3({ layers, hidden: 1024, heads: 16, vocab: 51200, maxPositions: 1024 });
        const [one] = kindParameters(model, { tensor, expert: 1, expertTensor: 1 });
        const [whole] = kindParameters(model);
        if (!one || !whole) throw new Error('a model has a kind of layer');
        const replicated = 2 * model.hidden + whole.norms;
        expect(one.total * tensor).toBe(whole.total + (tensor - 1) * replicated);
        expect(embeddingParameters(model, tensor) * tensor).toBe(
          embeddingParameters(model) + (tensor - 1) * model.maxPositions * model.hidden,
        );
        expect(headParameters(model, tensor).matrix * tensor).toBe(headParameters(model).matrix);
      }),
    );
  });
});
