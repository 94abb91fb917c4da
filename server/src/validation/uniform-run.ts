/** Requests of one length through the step timer: in one batch, or as many at once as the engine takes while others wait. */
import type { StepTimer } from '../core/serving/time/step-timer.ts';
import type { Seconds } from '../core/units.ts';
import type { ServingRun } from './serving-run.ts';

/** What the engine lets into one step. */
export interface Limits {
  /** Requests running at once, of those whose cache fits. */
  readonly slots: number;
  /** Tokens of one step. */
  readonly batchedTokens: number;
}

export interface RunTimes {
  /** Until the prompts of all requests of a batch are through. */
  readonly prefill: Seconds;
  /** One decoding step at the middle of the output. */
  readonly perToken: Seconds;
  readonly whole: Seconds;
}

/** Seconds of the prompts of `requests`, in steps of at most the batched tokens; attention is spread over the steps evenly. */
function prefillSeconds(timer: StepTimer, requests: number, prompt: number, batchedTokens: number): Seconds {
  if (prompt === 0) return 0;
  const tokens = requests * prompt;
  const steps = Math.ceil(tokens / Math.max(1, batchedTokens));
  const pairs = (requests * prompt * (prompt + 1)) / 2;
  return steps * timer.seconds(tokens / steps, requests / steps, pairs / steps, 0);
}

/** Steps at which the context is looked at: its length hardly bends the curve between them. */
const looks = 16;

function decodeSeconds(timer: StepTimer, requests: number, prompt: number, output: number): Seconds {
  let sum = 0;
  for (let look = 0; look < looks; look++) {
    sum += timer.seconds(requests, requests, 0, requests * (prompt + ((look + 0.5) / looks) * output));
  }
  return sum / looks;
}

/** Requests whose cache does not fit wait for those that are let in first, which are timed. */
function batchTimes(timer: StepTimer, { requests: all, prompt, output }: ServingRun, limits: Limits): RunTimes {
  const requests = Math.max(1, Math.min(all, limits.slots));
  const prefill = prefillSeconds(timer, requests, prompt, limits.batchedTokens);
  const perToken = output > 1 ? decodeSeconds(timer, requests, prompt, output) : 0;
  // The first token comes out of the prompt.
  return { prefill, perToken, whole: (all / requests) * (prefill + (prompt > 0 ? output - 1 : output) * perToken) };
}

/** Requests that came in with one step and go on together. */
interface Cohort {
  readonly count: number;
  done: number;
}

/** Walks through a run in which requests enter as slots and the tokens of a step allow. */
function queueSeconds(timer: StepTimer, { requests, prompt, output }: ServingRun, limits: Limits): Seconds {
  const slots = Math.max(1, limits.slots);
  // A prompt longer than a step goes in chunks; here it is one step of its own length.
  const batchedTokens = Math.max(limits.batchedTokens, slots + prompt);
  const pairsEach = (prompt * (prompt + 1)) / 2;
  let cohorts: Cohort[] = [];
  let waiting = requests;
  let running = 0;
  let seconds = 0;
  while (waiting > 0 || running > 0) {
    const entering = Math.min(waiting, slots - running, Math.floor((batchedTokens - running) / prompt));
    const live = cohorts.reduce((sum, { count, done }) => sum + count * (prompt + done), 0);
    seconds += timer.seconds(running + entering * prompt, running + entering, entering * pairsEach, live);
    for (const cohort of cohorts) cohort.done += 1;
    if (entering > 0) cohorts.push({ count: entering, done: 1 });
    waiting -= entering;
    running += entering;
    if ((cohorts[0]?.done ?? 0) >= output) {
      running -= cohorts.reduce((sum, { count, done }) => sum + (done >= output ? count : 0), 0);
      cohorts = cohorts.filter(({ done }) => done < output);
    }
  }
  return seconds;
}

/**
 * The mean step when all that leave are followed by others. Where fewer than one prompt comes in a step, most steps only decode and some
 * take in a prompt, or a chunk of a long one.
 */
function mixedStep(timer: StepTimer, running: number, { prompt, output }: ServingRun, batchedTokens: number): Seconds {
  const live = running * (prompt + output / 2);
  const tokens = (running * prompt) / output;
  const pairs = (tokens * (prompt + 1)) / 2;
  const chunk = Math.max(1, Math.min(prompt, batchedTokens - running));
  const share = tokens / chunk;
  if (share >= 1) return timer.seconds(running + tokens, running + running / output, pairs, live);
  const beside = timer.seconds(running + chunk, running + chunk / prompt, pairs / share, live);
  return (1 - share) * timer.seconds(running, running, 0, live) + share * beside;
}

/** Seconds from token to token while `requests` are under way all the time, as far as they fit. */
export function loopSeconds(timer: StepTimer, run: ServingRun, { slots, batchedTokens }: Limits): Seconds {
  return mixedStep(timer, Math.max(1, Math.min(run.requests, slots)), run, batchedTokens);
}

/**
 * Output tokens per second when others always wait: each step decodes for all that run and takes in as many prompts as
 * leave. With fewer requests steps are shorter: the most that keep to the limit; undefined when a single one does not.
 */
export function steadyRate(timer: StepTimer, run: ServingRun, { slots, batchedTokens }: Limits): number | undefined {
  const { prompt, output, tokenLimit } = run;
  const stepSeconds = (running: number): Seconds => mixedStep(timer, running, run, batchedTokens);
  const most = Math.max(1, Math.min(slots, (batchedTokens * output) / (prompt + output)));
  if (tokenLimit !== undefined && stepSeconds(1) > tokenLimit) return undefined;
  let running = most;
  for (let high = most, low = 0, halving = 0; tokenLimit !== undefined && stepSeconds(most) > tokenLimit && halving < 30; halving++) {
    running = (low + high) / 2;
    if (stepSeconds(running) > tokenLimit) high = running;
    else low = running;
  }
  return running / stepSeconds(running);
}

export function runTimes(timer: StepTimer, run: ServingRun, limits: Limits): RunTimes {
  if (run.kind === 'queue') return { prefill: 0, perToken: 0, whole: queueSeconds(timer, run, limits) };
  return batchTimes(timer, run, limits);
}
