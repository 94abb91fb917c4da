/**
 * Drives replicas through a workload: advance everything to the next arrival, route it, go on; afterwards run until the last request
 * has ended. With prefill and decode apart, a request whose prompt is computed crosses a link, which its prefill engine serves one
 * request at a time; its first token is with the client when its cache has arrived.
 */
import { makePolicy } from './policies/make-policy.ts';
import { Random } from './random.ts';
import { Recorder } from './recorder.ts';
import { Replica } from './replica.ts';
import { RequestTable } from './request-table.ts';
import { makeRouter } from './router.ts';
import type { Disaggregation, EngineOptions, SimulationOptions } from './simulation-options.ts';
import { type SimulationResult, summarise } from './summarise.ts';
import { TimeHeap } from './time-heap.ts';
import { f64, i32 } from './typed.ts';
import { newArrival, type Workload } from './workload/workload.ts';

const never = Number.POSITIVE_INFINITY;

export function simulateServing(options: SimulationOptions, workload: Workload): SimulationResult {
  const run = servingRun(options, workload);
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
}

/** Arrivals from one rest of a run to the next. */
const arrivalsBetweenRests = 16;

/** The same with rests, for a page that must answer its user meanwhile. */
export function* servingRun(options: SimulationOptions, workload: Workload): Generator<undefined, SimulationResult> {
  const table = new RequestTable();
  const recorder = new Recorder(table, options.slo, options.points ?? 512);
  const make = (engine: EngineOptions, stream: number) =>
    new Replica(engine, table, recorder, makePolicy(engine), new Random(options.seed, stream), options.everyStep === true);
  const replicas = Array.from({ length: options.replicas }, (_, index) => make(options.engine, 100 + index));
  const { disaggregation } = options;
  const prefills = disaggregation
    ? Array.from({ length: disaggregation.prefillReplicas }, (_, index) => make(disaggregation.prefill, 10_000 + index))
    : [];
  const entrances = prefills.length > 0 ? prefills : replicas;
  const route = makeRouter(options.routing, entrances);
  const links = disaggregation ? transfers(table, recorder, prefills, replicas, disaggregation, options) : undefined;
  const engines: Running = {
    nextTime: () => entrances.reduce((least, replica) => Math.min(least, replica.nextTime()), links?.nextTime() ?? never),
    advance(until) {
      for (const replica of entrances) replica.advance(until);
      links?.advance(until);
    },
  };
  const { concurrency = never } = options;
  const arrival = newArrival();
  let firstArrival = Number.NaN;
  let lastArrival = 0;
  let cancelled = false;
  for (let count = 1; workload.next(arrival); count++) {
    const time = sendTime(engines, Math.max(arrival.time, lastArrival), () => table.live < concurrency);
    if (Number.isNaN(firstArrival)) firstArrival = time;
    lastArrival = time;
    const slot = table.put(time, arrival.prompt, arrival.output, arrival.limit, arrival.prefix);
    const replica = route(slot);
    if (replica.refuses(slot) || (links && replicas[0]?.refuses(slot))) {
      recorder.rejected++;
      table.giveBack(slot);
    } else replica.submit(slot, time);
    if (count % 256 === 0 && options.cancelled?.()) {
      cancelled = true;
      break;
    }
    if (count % arrivalsBetweenRests === 0) yield;
  }
  if (!cancelled) {
    for (const replica of entrances) {
      replica.advance(never);
      yield;
    }
    links?.advance(never);
  }
  return summarise({ options, table, recorder, replicas, prefills, firstArrival, lastArrival, cancelled });
}

/** Engines, or the links between them, as something that happens from time to time. */
interface Running {
  readonly nextTime: () => number;
  readonly advance: (until: number) => void;
}

/** The least time after another one: what starts at a time has started by then. */
const justAfter = (time: number): number => Math.max(time * (1 + Number.EPSILON), Number.MIN_VALUE);

/** Runs until a request can be sent: at its time, or when a client is free. Whoever ends at a time ends before others start at it. */
function sendTime(engines: Running, from: number, isFree: () => boolean): number {
  engines.advance(from);
  let time = from;
  while (!isFree()) {
    const next = engines.nextTime();
    if (next === never) return time;
    engines.advance(next);
    if (isFree()) return Math.max(from, next);
    engines.advance(justAfter(next));
    time = next;
  }
  return time;
}

/** The links: they bring everything on them to the decode engines, up to a time up to which the prefill engines have been advanced. */
function transfers(
  table: RequestTable,
  recorder: Recorder,
  prefills: readonly Replica[],
  replicas: readonly Replica[],
  link: Disaggregation,
  options: SimulationOptions,
): Running {
  const underWay = new TimeHeap();
  for (const prefill of prefills) {
    let free = 0;
    prefill.handOver = (slot, end) => {
      if (i32(table.generated, slot) >= i32(table.output, slot)) {
        recorder.finish(slot, end);
        table.giveBack(slot);
        return;
      }
      const start = Math.max(end, free);
      free = start + (i32(table.prompt, slot) * link.bytesPerToken) / link.bandwidth;
      underWay.push(free + link.latency, slot);
    };
  }
  const route = makeRouter(options.routing, replicas);
  const advance = (until: number): void => {
    while (underWay.size > 0 && underWay.least <= until) {
      const time = underWay.least;
      const slot = underWay.pop();
      for (const replica of replicas) replica.advance(time);
      table.first[slot] = time;
      table.latest[slot] = time;
      table.received[slot] = 1;
      table.computed[slot] = i32(table.prompt, slot);
      table.prefix[slot] = undefined;
      route(slot).submit(slot, Math.max(time, f64(table.arrival, slot)));
    }
    for (const replica of replicas) replica.advance(until);
  };
  const nextTime = (): number =>
    replicas.reduce((least, replica) => Math.min(least, replica.nextTime()), underWay.size > 0 ? underWay.least : never);
  return { nextTime, advance };
}
