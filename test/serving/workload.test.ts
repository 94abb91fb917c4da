import { describe, expect, test } from 'vitest';
import { Histogram } from '../../server/src/core/serving/simulation/histogram.ts';
import { Random } from '../../server/src/core/serving/simulation/random.ts';
import { StepSeries } from '../../server/src/core/serving/simulation/step-series.ts';
import { drawGap } from '../../server/src/core/serving/simulation/workload/arrivals.ts';
import { drawLength, type Lengths } from '../../server/src/core/serving/simulation/workload/lengths.ts';
import { syntheticWorkload } from '../../server/src/core/serving/simulation/workload/synthetic.ts';
import { type TraceOptions, traceWorkload } from '../../server/src/core/serving/simulation/workload/trace.ts';
import { type Arrival, newArrival, type Workload } from '../../server/src/core/serving/simulation/workload/workload.ts';
import { traceLines } from '../../server/src/core/serving/simulation/workload/write-trace.ts';

function all(workload: Workload): Arrival[] {
  const found: Arrival[] = [];
  for (const into = newArrival(); workload.next(into); ) found.push({ ...into });
  return found;
}

const moments = (draws: number, draw: () => number) => {
  const values = Array.from({ length: draws }, draw);
  const mean = values.reduce((a, b) => a + b, 0) / draws;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / draws;
  return { mean, variation: Math.sqrt(variance) / mean };
};

describe('chance', () => {
  test.each([
    ['fixed', { kind: 'fixed', rate: 4 }, 0],
    ['poisson', { kind: 'poisson', rate: 4 }, 1],
    ['bursts', { kind: 'gamma', rate: 4, variation: 2.5 }, 2.5],
    ['regular', { kind: 'gamma', rate: 4, variation: 0.5 }, 0.5],
  ] as const)('gaps of %s arrivals have their rate and variation', (_, arrivals, variation) => {
    const random = new Random(3);
    const found = moments(100_000, () => drawGap(arrivals, random));
    expect(found.mean).toBeCloseTo(0.25, 2);
    expect(found.variation).toBeCloseTo(variation, 1);
  });

  test.each<[Lengths, number, number]>([
    [{ kind: 'fixed', tokens: 700 }, 700, 0],
    [{ kind: 'uniform', least: 100, most: 300 }, 200, 200 / Math.sqrt(12) / 200],
    [{ kind: 'log-normal', mean: 800, variation: 0.8 }, 800, 0.8],
  ])('lengths of %o have their mean and variation', (lengths, mean, variation) => {
    const random = new Random(5);
    const found = moments(100_000, () => drawLength(lengths, random));
    expect(found.mean / mean).toBeCloseTo(1, 1);
    expect(found.variation).toBeCloseTo(variation, 1);
  });

  test('seeds and streams differ, the same ones do not', () => {
    const draw = (seed: number, stream: number) => new Random(seed, stream).uniform();
    expect(draw(1, 1)).toBe(draw(1, 1));
    expect(new Set([draw(1, 1), draw(1, 2), draw(2, 1), draw(2 ** 40, 1), draw(0, 0)]).size).toBe(5);
  });
});

describe('records', () => {
  test('percentiles are within a thousandth of the exact ones', () => {
    const random = new Random(9);
    const values = Array.from({ length: 20_000 }, () => 0.01 * random.exponential() + 1e-4);
    const histogram = new Histogram();
    for (const value of values) histogram.add(value);
    const sorted = values.sort((a, b) => a - b);
    for (const share of [0.01, 0.5, 0.9, 0.95, 0.99, 0.999]) {
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
      expect(Math.abs(histogram.quantile(share) / exact - 1)).toBeLessThan(1e-3);
    }
    expect(histogram.percentiles().max).toBe(sorted.at(-1));
    expect(new Histogram().percentiles().p50).toBeNaN();
  });

  test('a series keeps its sums however long the run is', () => {
    const series = new StepSeries(32);
    for (let step = 1; step <= 10_000; step++) series.add(step * 0.37, step % 7, 2, step % 5, 3, 0.5);
    const points = series.read();
    expect(points.length).toBeLessThanOrEqual(32);
    expect(points.reduce((sum, { steps }) => sum + steps, 0)).toBe(10_000);
    expect(points.reduce((sum, { decodeTokens }) => sum + decodeTokens, 0)).toBe(20_000);
    expect(Math.max(...points.map(({ waiting }) => waiting))).toBe(4);
  });
});

describe('traces', () => {
  const read = (text: string, options: Partial<TraceOptions> = {}) => {
    const workload = traceWorkload(text.split('\n')[Symbol.iterator](), { speed: 1, seed: 1, ...options });
    return { requests: all(workload), problem: workload.problem(), skipped: workload.skipped() };
  };

  test("Azure's columns, with dates", () => {
    const text = 'TIMESTAMP,ContextTokens,GeneratedTokens\r\n2023-12-31 23:59:59.5000000,374,44\r\n2024-01-01 00:00:01.2500000,396,109\r\n';
    const { requests, problem } = read(text);
    expect(problem).toBeUndefined();
    expect(requests).toMatchObject([
      { time: 0, prompt: 374, output: 44 },
      { time: 1.75, prompt: 396, output: 109 },
    ]);
    expect(read(text, { speed: 2 }).requests[1]?.time).toBe(0.875);
  });

  test('dates across a leap day and with a zone', () => {
    const head = 'timestamp,prompt_tokens,output_tokens\n';
    expect(read(`${head}2024-02-28 12:00:00,1,1\n2024-03-01T12:00:00Z,1,1`).requests[1]?.time).toBe(2 * 86400);
    expect(read(`${head}2024-05-01 00:00:00+00:00,1,1\n2024-05-01 01:00:00-01:00,1,1`).requests[1]?.time).toBe(7200);
  });

  test("Mooncake's lines, with blocks that are shared", () => {
    const { requests } = read(
      '{"timestamp": 500, "input_length": 1100, "output_length": 52, "hash_ids": [0, 1, 2]}\n\n{"timestamp": 1500, "input_length": 600, "output_length": 3, "hash_ids": [0, 7]}\n',
    );
    expect(requests.map(({ time }) => time)).toEqual([0, 1]);
    expect(requests[0]?.prefix).toEqual({ ids: [0, 1, 2], tokens: [512, 512, 76] });
  });

  test('requests without an answer are counted and left out', () => {
    const { requests, skipped } = read('Timestamp,Model,Request tokens,Response tokens\n1,a,10,5\n2,a,10,0\n3,a,7,5');
    expect([requests.length, skipped]).toEqual([2, 1]);
  });

  test('other arrivals with the lengths of a trace', () => {
    const { requests } = read('time,input_tokens,output_tokens\n5,10,5\n1,20,5\n3,30,5', { arrivals: { kind: 'fixed', rate: 2 } });
    expect(requests.map(({ time, prompt }) => [time, prompt])).toEqual([
      [0, 10],
      [0.5, 20],
      [1, 30],
    ]);
  });

  test.each([
    ['', /the trace is empty/],
    ['a,b,c\n1,2,3', /line 1: neither a JSON object nor a head/],
    ['timestamp,input_tokens,output_tokens\n1,2,3\nsoon,2,3', /line 3: "soon" is no time/],
    ['timestamp,input_tokens,output_tokens\n1,2.5,3', /line 2: "2.5" is no number of prompt tokens/],
    ['timestamp,input_tokens,output_tokens\n1,2', /line 2: "" is no number of answer tokens/],
    ['timestamp,input_tokens,output_tokens\n5,2,1\n4,2,1', /line 3: the time goes back by 1 s/],
    ['{"timestamp": 1, "input_length": 5, "output_length": 5}\n{"timestamp": 2', /line 2: not valid JSON/],
    ['{"timestamp": "1", "input_length": 5, "output_length": 5}', /line 1: "timestamp" must be/],
    ['{"timestamp": 1, "input_length": -5, "output_length": 5}', /line 1: "input_length" must be/],
    ['{"timestamp": 1, "input_length": 5, "output_length": 5, "hash_ids": "x"}', /line 1: "hash_ids" must be/],
    ['{"timestamp": 1, "input_length": 5, "output_length": 5}\n[1]', /line 2: not a JSON object/],
    ['timestamp,input_tokens,output_tokens\n2024-13-01 00:00:00,2,3', /line 2: .* is no time/],
  ])('%j is told with its line', (text, message) => {
    expect(read(text).problem).toMatch(message);
  });

  test('a trace that was written reads the same', () => {
    const make = () =>
      syntheticWorkload({
        arrivals: { kind: 'poisson', rate: 3 },
        prompt: { kind: 'log-normal', mean: 1500, variation: 1 },
        output: { kind: 'uniform', least: 10, most: 400 },
        shared: { tokens: 700, groups: 2, turns: 3, conversations: 5 },
        requests: 60,
        seed: 4,
      });
    const { requests, problem } = read([...traceLines(make())].join('\n'));
    expect(problem).toBeUndefined();
    expect(requests.map(({ prompt, output }) => [prompt, output])).toEqual(all(make()).map(({ prompt, output }) => [prompt, output]));
    // The first whole block belongs to one of the two system prompts.
    expect(new Set(requests.map(({ prefix }) => prefix?.ids[0])).size).toBe(2);
    const ids = requests.flatMap(({ prefix }) => prefix?.ids ?? []);
    expect(new Set(ids).size).toBeLessThan(ids.length * 0.7);
  });
});
