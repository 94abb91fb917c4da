/** Rows that state how requests came: what is taken from them, and that the simulation answers under the names of the row. */
import { describe, expect, test } from 'vitest';
import { readRows } from '../../server/src/validation/row.ts';
import { predictRow } from '../../server/src/validation/run.ts';
import { servedLoadOf } from '../../server/src/validation/served-load.ts';
import { timedOf } from '../../server/src/validation/serving-run.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

const base = {
  id: 'x',
  kind: 'latency',
  model: { id: 'meta-llama/Llama-3.1-8B' },
  hardware: { gpu: 'H100', gpus: 1 },
  engine: { name: 'vllm', version: '0.11.0' },
};

function inputOf(config: object, more: object = {}) {
  const [reading] = readRows(JSON.stringify({ ...base, ...more, config }));
  if (!reading || !('row' in reading)) throw new Error('no row');
  return reading.row.input;
}

describe('a load', () => {
  test('has the rate of its words, and lengths as they are stated', () => {
    const load = servedLoadOf(inputOf({ workload: 'ShareGPT, Poisson 10 requests/s', num_prompts: 300, mean_isl: 800, mean_osl: 600 }));
    expect(load?.arrivals).toEqual({ kind: 'poisson', rate: 10 });
    expect(load?.requests).toBe(300);
    expect(load?.prompt).toMatchObject({ kind: 'log-normal', mean: 800 });
  });

  test('of fixed lengths is cut where the remark counts the answers, and says so where it does not', () => {
    const config = { isl: 8000, osl: 4000, request_rate: 100, num_prompts: 1000 };
    const cut = servedLoadOf(inputOf(config, { note: 'only 388750 of 4M asked output tokens were generated' }));
    expect(cut?.output).toEqual({ kind: 'fixed', tokens: 388.75 });
    expect(cut?.assumptions).toEqual([]);
    expect(servedLoadOf(inputOf(config))?.assumptions).toContainEqual(expect.objectContaining({ field: 'load.outputTokens' }));
  });

  test('without lengths is refused, and a run without a load is none', () => {
    const silent = inputOf({ request_rate: 4 });
    expect(servedLoadOf(silent)).toBeUndefined();
    expect(predictRow(silent, tableCatalog).refused).toContain('how long the requests');
    expect([timedOf(inputOf({ isl: 100, osl: 100, batch_size: 4 })), timedOf(inputOf({ isl: 100, osl: 9, request_rate: 1 }))]).toEqual([
      'run',
      'load',
    ]);
  });

  test('is simulated: light loads wait for nothing, heavy ones for each other', () => {
    const of = (rate: number) => predictRow(inputOf({ isl: 500, osl: 100, request_rate: rate, num_prompts: 200 }), tableCatalog).predicted;
    const [light, heavy] = [of(1), of(500)];
    expect(light.requests_per_s).toBeCloseTo(1, 0);
    expect(light.ttft_ms as number).toBeLessThan(100);
    expect(heavy.ttft_ms as number).toBeGreaterThan(5 * (light.ttft_ms as number));
    expect(heavy.output_tokens_per_s as number).toBeGreaterThan(10 * (light.output_tokens_per_s as number));
  });
});
