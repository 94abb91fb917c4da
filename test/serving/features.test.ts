import { describe, expect, test } from 'vitest';
import { highestRate, latencyCurve } from '../../server/src/core/serving/simulation/find-rate.ts';
import { costPerMillion, meanPower } from '../../server/src/core/serving/simulation/running-costs.ts';
import { tokensPerStep } from '../../server/src/core/serving/simulation/speculation.ts';
import { engine, listed, policies, run, synthetic, timer } from './tools.ts';

describe('speculative decoding', () => {
  test.each([
    [3, 0.7],
    [1, 0.5],
    [5, 0.9],
  ])('%i drafts accepted with %f give the published tokens per step', (drafted, acceptance) => {
    const speculation = { drafted, acceptance, draftShare: 0 };
    const result = run({ engine: engine({ speculation }) }, listed([{ prompt: 10, output: 20001 }]));
    // One step for the prompt, then the answers' 20,000 tokens.
    expect(20000 / (result.steps - 1)).toBeCloseTo(tokensPerStep(speculation), 1);
    expect(result.finished).toBe(1);
    expect(result.tpot.mean).toBeLessThan(run({}, listed([{ prompt: 10, output: 20001 }])).tpot.mean);
  });

  test('with all drafts accepted the answer takes one step per k + 1 tokens, without any as many as tokens', () => {
    const steps = (acceptance: number) =>
      run({ engine: engine({ speculation: { drafted: 3, acceptance, draftShare: 0 } }) }, listed([{ prompt: 10, output: 401 }])).steps - 1;
    expect(steps(1)).toBe(100);
    expect(steps(0)).toBe(400);
  });

  test('drafts cost what they are said to cost', () => {
    const slow = run(
      { engine: engine({ speculation: { drafted: 2, acceptance: 0, draftShare: 0.1 } }) },
      listed([{ prompt: 1, output: 2 }]),
    );
    const step = timer.seconds(3, 3, 0, 1) + 0.2 * timer.seconds(1, 1, 0, 1);
    expect(slow.tpot.mean).toBeCloseTo(step, 12);
  });
});

describe('prefill and decode apart', () => {
  const link = { bytesPerToken: 1000, bandwidth: 1e6, latency: 0.25 };
  const apart = { ...link, prefill: engine(), prefillReplicas: 1 };

  test('one request takes its prompt, the link, and its answer', () => {
    const result = run({ disaggregation: apart }, listed([{ prompt: 500, output: 30 }]));
    const prefill = timer.seconds(500, 1, (500 * 501) / 2, 0);
    let decode = 0;
    for (let done = 0; done < 29; done++) decode += timer.seconds(1, 1, 0, 500 + done);
    expect(result.ttft.mean).toBeCloseTo(prefill + 0.5 + 0.25, 12);
    expect(result.endToEnd.mean).toBeCloseTo(prefill + 0.75 + decode, 12);
  });

  test('a link carries one cache after the other', () => {
    const result = run({ disaggregation: apart }, listed([1, 2, 3].map(() => ({ prompt: 500, output: 2 }))));
    const prefill = timer.seconds(1500, 3, 3 * ((500 * 501) / 2), 0);
    expect(result.ttft.max).toBeCloseTo(prefill + 3 * 0.5 + 0.25, 12);
  });

  test.each(policies)('%s decodes all of them once, and Little holds', (policy) => {
    const engineThere = engine({ policy, kvTokens: 12000 });
    const fast = { ...apart, prefill: engineThere, bandwidth: 1e8, latency: 1e-3, prefillReplicas: 2 };
    const result = run({ engine: engineThere, disaggregation: fast, replicas: 2 }, synthetic({ requests: 300 }));
    expect(result.finished + result.rejected).toBe(300);
    expect(result.kvPeakShare).toBeLessThanOrEqual(1);
    // Between the engines a request is in neither: the difference is the time on the links.
    const inEngines = result.meanInSystem / result.requestsPerSecond;
    expect(inEngines).toBeLessThan(result.endToEnd.mean);
    expect(inEngines).toBeGreaterThan(0.9 * result.endToEnd.mean);
  });

  test('steady decode: no prompt comes between two tokens', () => {
    const load = () => synthetic({ requests: 300, arrivals: { kind: 'poisson', rate: 6 } });
    const together = run({ replicas: 2 }, load());
    const parted = run({ disaggregation: { ...apart, bandwidth: 1e9, latency: 1e-3 } }, load());
    expect(parted.itl.p99).toBeLessThan(together.itl.p99);
  });
});

describe('pipeline stages', () => {
  // The time of a step hangs on its tokens alone: four batches of a quarter each take as long together as one.
  const flat = { seconds: (tokens: number) => 0.004 + tokens * 1e-3 };

  test('one batch alone fills one stage at a time', () => {
    const result = run({ engine: engine({ pipeline: 4, timer: flat }) }, listed([{ prompt: 64, output: 20 }]));
    expect(result.endToEnd.mean).toBeCloseTo(flat.seconds(64) + 19 * flat.seconds(1), 9);
    expect(result.busyShare).toBeCloseTo(0.25, 9);
  });

  test('several batches in flight keep the stages busy', () => {
    const load = () => listed(Array.from({ length: 64 }, (_, index) => ({ time: index * 0.02, prompt: 16, output: 400 })));
    const staged = run({ engine: engine({ pipeline: 4, timer: flat }) }, load());
    expect(staged.busyShare).toBeGreaterThan(0.85);
    expect(staged.busyShare).toBeLessThanOrEqual(1);
  });
});

describe('shared prefixes', () => {
  const question = (time: number, ids: number[]) => ({ time, prompt: 1024, output: 8, prefix: { ids, tokens: [512, 512] } });

  test('a prompt that was there is found but for its last block', () => {
    const result = run({}, listed([question(0, [1, 2]), question(10, [1, 2]), question(20, [1, 3])]));
    // The second finds all but the block of its last token, the third the first half.
    expect(result.prefixHitShare).toBeCloseTo((1008 + 512) / 3072, 12);
    expect(run({ engine: engine({ prefixCache: false }) }, listed([question(0, [1, 2]), question(10, [1, 2])])).prefixHitShare).toBe(0);
  });

  test('what was used longest ago goes first', () => {
    const small = engine({ kvTokens: 2176 + 16 });
    // Two prompts fill the cache; a third takes the place of the first, so the second is still there and the first is not.
    const again = (ids: number[]) =>
      run({ engine: small }, listed([question(0, [1, 2]), question(10, [3, 4]), question(20, [5, 6]), question(30, ids)]));
    expect(again([3, 4]).prefixHitShare).toBeGreaterThan(0.2);
    expect(again([1, 2]).prefixHitShare).toBeLessThan(again([3, 4]).prefixHitShare);
  });

  test('routing by prefix finds more than routing in turn', () => {
    const load = () => synthetic({ requests: 600, shared: { tokens: 256, groups: 4, turns: 6, conversations: 40 } });
    const share = (routing: 'round-robin' | 'prefix-aware') =>
      run({ replicas: 4, routing, engine: engine({ kvTokens: 2e5 }) }, load()).prefixHitShare;
    expect(share('prefix-aware')).toBeGreaterThan(share('round-robin') * 1.1);
  });
});

describe('habits of the engines', () => {
  const crowd = () => listed(Array.from({ length: 60 }, () => ({ prompt: 200, output: 400 })));

  test('GUARANTEED_NO_EVICT never preempts; vLLM and MAX_UTILIZATION do under the same load and hold more', () => {
    const full = (policy: (typeof policies)[number]) => run({ engine: engine({ policy, kvTokens: 8192 }) }, crowd());
    expect(full('tensorrt-llm').preemptions).toBe(0);
    expect(full('vllm').preemptions).toBeGreaterThan(0);
    expect(full('tensorrt-llm-max-utilization').preemptions).toBeGreaterThan(0);
    expect(full('sglang').preemptions).toBeGreaterThan(0);
    expect(full('vllm').kvMeanShare).toBeGreaterThan(full('tensorrt-llm').kvMeanShare);
  });

  test('SGLang keeps the more room for running answers the more conservative it is', () => {
    const patient = () =>
      listed([...Array.from({ length: 2 }, () => ({ prompt: 200, output: 200, limit: 2000 })), { time: 0.2, prompt: 2000, output: 10 }]);
    const wait = (conservativeness: number) =>
      run({ engine: engine({ policy: 'sglang', kvTokens: 6000, conservativeness }) }, patient()).ttft.max;
    // Two answers of up to 2,000 tokens: a tenth of 0.7 of that leaves room for a prompt of 2,000, nearly all of it does not.
    expect(wait(0.1)).toBeLessThan(0.5);
    expect(wait(1.4)).toBeGreaterThan(1);
  });

  test('SGLang computes prompts before it decodes, vLLM along with it', () => {
    const late = () =>
      listed([
        { prompt: 100, output: 300 },
        { time: 0.5, prompt: 4000, output: 2 },
      ]);
    const gap = (policy: 'vllm' | 'sglang') => run({ engine: engine({ policy }) }, late()).itl.max;
    // Two chunks of 2,048 tokens: SGLang's decoding request waits for both, vLLM's for one at a time.
    expect(gap('sglang')).toBeGreaterThan(1.6 * gap('vllm'));
  });

  test('a static batch ends with its longest answer before the next begins', () => {
    const result = run(
      { engine: engine({ policy: 'static', maxSequences: 2 }) },
      listed([
        { prompt: 10, output: 5 },
        { prompt: 10, output: 50 },
        { prompt: 10, output: 5 },
      ]),
    );
    const first =
      timer.seconds(20, 2, 110, 0) + Array.from({ length: 49 }, (_, i) => timer.seconds(2, 2, 0, 20 + 2 * i)).reduce((a, b) => a + b);
    expect(result.ttft.max).toBeCloseTo(first + timer.seconds(10, 1, 55, 0), 9);
  });
});

describe('what it costs', () => {
  const load = (rate: number) =>
    synthetic({
      requests: 300,
      arrivals: { kind: 'poisson', rate },
      prompt: { kind: 'fixed', tokens: 200 },
      output: { kind: 'fixed', tokens: 50 },
    });
  const slo = { ttft: 0.2, tpot: 0.03, share: 0.9 };
  const at = (rate: number) => run({ slo }, load(rate));

  test('the highest rate keeps the service level and a little more does not', () => {
    const found = highestRate(at, slo.share, 5);
    expect(found.rate).toBeGreaterThan(1);
    expect(found.result.goodput?.share).toBeGreaterThanOrEqual(slo.share);
    const more = at(found.rate * 1.3);
    expect((more.goodput?.share ?? 1) < slo.share || more.seconds > 300 / (found.rate * 1.3) + 5).toBe(true);
    expect(highestRate((rate) => run({ slo: { ttft: 1e-6, share: 0.5 } }, load(rate)), 0.5, 5).rate).toBe(0);
  });

  test('a curve gets slower with the rate', () => {
    const curve = latencyCurve(at, 20);
    const times = curve.map(({ result }) => result.tpot.mean);
    expect(curve).toHaveLength(8);
    expect(times.at(-1)).toBeGreaterThan(times[0] ?? 0);
  });

  test('money and power follow their definitions', () => {
    const result = at(5);
    expect(costPerMillion(result, 8, 2)).toBeCloseTo((16 / 3600 / result.outputTokensPerSecond) * 1e6, 9);
    const power = meanPower(result, 8, 700);
    expect(power.low).toBeLessThan(power.value);
    expect(power.high).toBeGreaterThan(power.value);
    expect(power.high).toBeLessThanOrEqual(8 * 700);
  });

  test('a run can be stopped', () => {
    let asked = 0;
    const stopped = run({ cancelled: () => ++asked > 1 }, synthetic({ requests: 5000 }));
    expect(stopped.cancelled).toBe(true);
    expect(stopped.finished).toBeLessThan(512);
  });
});
