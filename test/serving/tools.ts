/** A synthetic engine for the tests of the simulation: every term of its step time is exact in binary, so sums are exact too. */
import { makePolicy } from '../../server/src/core/serving/simulation/policies/make-policy.ts';
import { Random } from '../../server/src/core/serving/simulation/random.ts';
import { Recorder } from '../../server/src/core/serving/simulation/recorder.ts';
import { Replica } from '../../server/src/core/serving/simulation/replica.ts';
import { RequestTable } from '../../server/src/core/serving/simulation/request-table.ts';
import { simulateServing } from '../../server/src/core/serving/simulation/simulate-serving.ts';
import type { EngineOptions, PolicyName, SimulationOptions } from '../../server/src/core/serving/simulation/simulation-options.ts';
import { type SyntheticWorkload, syntheticWorkload } from '../../server/src/core/serving/simulation/workload/synthetic.ts';
import { type Arrival, newArrival, type Workload } from '../../server/src/core/serving/simulation/workload/workload.ts';
import type { StepTimer } from '../../server/src/core/serving/time/step-timer.ts';

export const timer: StepTimer = {
  seconds: (tokens, sampled, pairs, live) => 2 ** -7 + tokens * 2 ** -15 + sampled * 2 ** -17 + pairs * 2 ** -27 + live * 2 ** -25,
};

export const policies: readonly PolicyName[] = ['vllm', 'sglang', 'tensorrt-llm', 'tensorrt-llm-max-utilization', 'static'];

export const engine = (more: Partial<EngineOptions> = {}): EngineOptions => ({
  policy: 'vllm',
  timer,
  kvTokens: 65536,
  page: 16,
  maxSequences: 64,
  maxBatchedTokens: 2048,
  chunkedPrefill: true,
  prefixCache: true,
  pipeline: 1,
  ...more,
});

export const options = (more: Partial<SimulationOptions> = {}): SimulationOptions => ({
  engine: engine(),
  replicas: 1,
  routing: 'least-requests',
  seed: 1,
  ...more,
});

export const synthetic = (more: Partial<SyntheticWorkload> = {}): Workload =>
  syntheticWorkload({
    arrivals: { kind: 'poisson', rate: 8 },
    prompt: { kind: 'log-normal', mean: 600, variation: 1, most: 4000 },
    output: { kind: 'log-normal', mean: 120, variation: 1, most: 1000 },
    requests: 400,
    seed: 7,
    ...more,
  });

/** A workload of these requests. */
export function listed(requests: readonly Partial<Arrival>[]): Workload {
  let at = 0;
  return {
    next(into) {
      const request = requests[at++];
      if (!request) return false;
      Object.assign(into, { time: 0, prompt: 1, output: 1, prefix: undefined, ...request });
      into.limit = request.limit ?? into.output;
      return true;
    },
  };
}

export const run = (more: Partial<SimulationOptions>, workload: Workload) => simulateServing(options(more), workload);

/** One replica driven by hand, looked at after every arrival and at the end. */
export function drive(engineOptions: EngineOptions, workload: Workload, look: (replica: Replica) => void, seed = 1): Replica {
  const table = new RequestTable();
  const recorder = new Recorder(table, undefined, 64);
  const replica = new Replica(engineOptions, table, recorder, makePolicy(engineOptions), new Random(seed, 100), false);
  const arrival = newArrival();
  while (workload.next(arrival)) {
    replica.advance(arrival.time);
    const slot = table.put(arrival.time, arrival.prompt, arrival.output, arrival.limit, arrival.prefix);
    if (replica.refuses(slot)) {
      recorder.rejected++;
      table.giveBack(slot);
    } else replica.submit(slot, arrival.time);
    look(replica);
  }
  replica.advance(Number.POSITIVE_INFINITY);
  look(replica);
  return replica;
}
