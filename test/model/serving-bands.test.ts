/** Bands of serving jobs: measured ones name their group, the others say that they are assumed, and times reach as far down as up. */
import { describe, expect, it } from 'vitest';
import { factorBand, servingBand } from '../../server/src/core/calibration/serving-bands.ts';
import { servingRegime } from '../../server/src/core/calibration/serving-regime.ts';
import type { EngineId } from '../../server/src/core/serving/engines/engine-id.ts';
import { servingJob } from './serving-jobs.ts';

const on = (gpu: string, id: EngineId = 'vllm') => ({ ...servingJob('Llama-3.1-8B', gpu), framework: id, engine: { id } });

describe('the band of a serving job', () => {
  it('knows whether engine and device were fitted on', () => {
    expect(servingRegime(on('h100-sxm-80gb'))).toEqual({ engine: 'vllm', generation: 'hopper', footing: 'measured' });
    expect(servingRegime(on('h100-sxm-80gb', 'sglang')).footing).toBe('carried');
    expect(servingRegime(on('h100-sxm-80gb', 'ollama')).engine).toBe('llama-cpp');
    expect(servingRegime(on('mi250x')).footing).toBe('carried');
    expect(servingRegime(on('mi355x')).footing).toBe('measured');
    expect(servingRegime(on('mi300x')).footing).toBe('measured');
  });

  it('is wider where one of them was not, and says so', () => {
    const [known, carried] = [servingBand(on('h100-sxm-80gb'), 'decode'), servingBand(on('h100-sxm-80gb', 'lmdeploy'), 'decode')];
    expect(carried.share).toBeGreaterThan(known.share);
    expect(known.basis).toContain('published measurements');
    expect(carried.basis).toContain('not fitted on');
  });

  it('of a time per token is measured for engines that a published table times, fitted on or not', () => {
    expect(servingBand(on('b200-sxm-180gb', 'sglang'), 'decode').basis).toContain('sglang');
    expect(servingBand(on('h100-sxm-80gb', 'tensorrt-llm'), 'decode').basis).toContain('tensorrt-llm');
  });

  it('of a pool is measured for vLLM and assumed for an engine without logs', () => {
    expect(servingBand(on('h100-sxm-80gb'), 'pool').basis).toContain('vllm');
    expect(servingBand(on('h100-sxm-80gb', 'lmdeploy'), 'pool').basis).toContain('assumed');
  });

  it('of a time is as far down as up, as a factor', () => {
    const { low, high } = factorBand(6, { share: 1, basis: '' });
    expect([low, high]).toEqual([3, 12]);
  });
});
