/** The options of `rooflint simulate` and how their values are written: durations, lengths and service levels. */
import { type Command, Option } from 'commander';
import type { PolicyName, RoutingName, ServingSlo } from '../core/serving/simulation/simulation-options.ts';
import type { Lengths } from '../core/serving/simulation/workload/lengths.ts';
import type { ClusterOptions } from './cluster-options.ts';
import { UsageError } from './io.ts';
import { positive, whole } from './numbers.ts';

export interface SimulateOptions extends ClusterOptions {
  readonly rate?: number;
  readonly arrivals?: 'poisson' | 'fixed' | 'gamma' | 'at-once';
  readonly burst: number;
  readonly concurrency?: number;
  readonly isl?: Lengths;
  readonly osl?: Lengths;
  readonly trace?: string;
  readonly speed: number;
  readonly saveTrace?: string;
  readonly requests?: number;
  readonly duration?: number;
  readonly systemPrompt?: number;
  readonly turns?: number;
  readonly slo?: ServingSlo;
  readonly findRate?: boolean;
  readonly curve?: boolean;
  readonly replicas?: number;
  readonly routing: RoutingName;
  readonly prefillReplicas?: number;
  readonly policy?: PolicyName;
  readonly draft?: number;
  readonly accept?: number;
  readonly job: number;
  readonly seed: number;
  readonly json?: boolean;
}

const units: Readonly<Record<string, number>> = { us: 1e-6, ms: 1e-3, s: 1, m: 60, min: 60, h: 3600, d: 86400 };

/** Seconds, of `500ms`, `2.5s`, `10min`, `24h` or a bare number of seconds. */
export function duration(option: string): (text: string) => number {
  return (text) => {
    const match = /^(\d+(?:\.\d+)?(?:e-?\d+)?)\s*([a-z]*)$/i.exec(text.trim());
    const unit = match?.[2] === '' ? 1 : units[(match?.[2] ?? '').toLowerCase()];
    const value = Number(match?.[1]) * (unit ?? Number.NaN);
    if (!(value > 0 && Number.isFinite(value)))
      throw new UsageError(`${option} must be a time such as 500ms, 30s, 10min or 24h, not "${text}".`);
    return value;
  };
}

/** `1024` fixed, `512-2048` uniform, `1024~1.2` log-normal of that mean and coefficient of variation. */
function lengths(option: string): (text: string) => Lengths {
  return (text) => {
    const numbers = (pattern: RegExp) => pattern.exec(text.trim())?.slice(1).map(Number);
    const number = '(\\d+(?:\\.\\d+)?)';
    const fixed = numbers(new RegExp(`^${number}$`));
    const range = numbers(new RegExp(`^${number}-${number}$`));
    const spread = numbers(new RegExp(`^${number}~${number}$`));
    const [first = 0, second = 0] = fixed ?? range ?? spread ?? [];
    if (!(first >= 1 && first <= 1e8 && second <= 1e8 && (!range || second >= first))) {
      throw new UsageError(
        `${option} must be tokens: 1024, a range 512-2048, or a mean and a coefficient of variation 1024~1.2; not "${text}".`,
      );
    }
    if (fixed) return { kind: 'fixed', tokens: first };
    return range ? { kind: 'uniform', least: first, most: second } : { kind: 'log-normal', mean: first, variation: second };
  };
}

/** `ttft=500ms,tpot=50ms,e2e=10s,share=0.99`. */
export function serviceLevel(text: string): ServingSlo {
  const wanted = '--slo must be like ttft=500ms,tpot=50ms with any of ttft, tpot, e2e and share (0.99 unless told)';
  const found: { ttft?: number; tpot?: number; endToEnd?: number; share: number } = { share: 0.99 };
  for (const part of text.split(',')) {
    const [name, value = ''] = part.split('=').map((word) => word.trim());
    if (name === 'ttft' || name === 'tpot') found[name] = duration('--slo')(value);
    else if (name === 'e2e') found.endToEnd = duration('--slo')(value);
    else if (name === 'share' && Number(value) > 0 && Number(value) <= 1) found.share = Number(value);
    else throw new UsageError(`${wanted}; "${part}" is not.`);
  }
  if (found.ttft === undefined && found.tpot === undefined && found.endToEnd === undefined) throw new UsageError(`${wanted}.`);
  return found;
}

function above0(option: string): (text: string) => number {
  return (text) => {
    const value = positive(option)(text);
    if (value === 0) throw new UsageError(`${option} must be more than 0.`);
    return value;
  };
}

/** Requests per second that a deployment may be asked for: less and more is a slip of the pen. */
function rateOf(option: string): (text: string) => number {
  return (text) => {
    const value = above0(option)(text);
    if (value < 1e-6 || value > 1e9) throw new UsageError(`${option} must be between 0.000001 and 1000000000 requests/s, not "${text}".`);
    return value;
  };
}

function share(option: string): (text: string) => number {
  return (text) => {
    const value = positive(option)(text);
    if (value > 1) throw new UsageError(`${option} must be a share between 0 and 1, not "${text}".`);
    return value;
  };
}

export function withSimulateOptions(command: Command): Command {
  return command
    .option('--rate <R>', "requests per second; those of the file's load unless told", rateOf('--rate'))
    .addOption(
      new Option('--arrivals <KIND>', 'how they arrive; poisson when a rate is given').choices(['poisson', 'fixed', 'gamma', 'at-once']),
    )
    .option('--burst <CV>', 'coefficient of variation of the gaps of gamma arrivals', above0('--burst'), 2)
    .option(
      '--concurrency <N>',
      "requests under way at most: the next is sent when one is answered; that of the file's load unless told",
      whole('--concurrency'),
    )
    .option(
      '--isl <TOKENS>',
      "prompt length: 1024, 512-2048 (uniform) or 1024~1.2 (log-normal: mean~CV); the file's load, or 1024, unless told",
      lengths('--isl'),
    )
    .option('--osl <TOKENS>', "answer length, written alike; the file's load, or 256, unless told", lengths('--osl'))
    .option('--trace <FILE>', 'requests of a trace, JSONL or CSV; with --rate its lengths arrive at that rate')
    .option('--speed <X>', 'play the trace so many times faster', above0('--speed'), 1)
    .option('--save-trace <FILE>', 'write the requests as a JSONL trace')
    .option('--requests <N>', 'requests at most; 2000 unless a duration or a trace says otherwise', whole('--requests'))
    .option('--duration <TIME>', 'time in which requests arrive, such as 10min', duration('--duration'))
    .option('--system-prompt <TOKENS>', 'tokens at the start of all prompts that are the same', whole('--system-prompt'))
    .option('--turns <N>', 'questions of a conversation; each repeats what was said before', whole('--turns'))
    .option('--slo <LEVEL>', 'service level such as ttft=500ms,tpot=50ms,share=0.99', serviceLevel)
    .option('--find-rate', 'search the highest rate that keeps the service level')
    .option('--curve', 'latency and throughput from a tenth of the highest rate up')
    .option('--replicas <N>', 'engine replicas over what the file says', whole('--replicas'))
    .addOption(
      new Option('--routing <KIND>', 'which replica gets a request')
        .choices(['round-robin', 'least-requests', 'prefix-aware'])
        .default('least-requests'),
    )
    .option('--prefill-replicas <N>', 'prefill on so many replicas of their own, decode on the others', whole('--prefill-replicas'))
    .addOption(
      new Option('--policy <NAME>', "another scheduler than the engine's own").choices([
        'vllm',
        'sglang',
        'tensorrt-llm',
        'tensorrt-llm-max-utilization',
        'static',
      ]),
    )
    .option('--draft <K>', 'tokens drafted per step of speculative decoding', whole('--draft'))
    .option('--accept <SHARE>', 'chance that a drafted token is accepted', share('--accept'))
    .option('--job <N>', 'which launch of the file, from 1', whole('--job'), 1)
    .option('--seed <N>', 'seed of all chance', positive('--seed'), 1)
    .option('--json', 'everything as JSON, with the time series');
}

/** How lengths are written for people. */
export function lengthsText(given: Lengths): string {
  if (given.kind === 'fixed') return `${given.tokens}`;
  return given.kind === 'uniform' ? `${given.least} to ${given.most}` : `${given.mean} on average (log-normal, CV ${given.variation})`;
}
