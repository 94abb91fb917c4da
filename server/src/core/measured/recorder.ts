/**
 * Takes the events of a trace one by one and keeps what the analysis needs, in arrays of numbers. What is kept is bounded: beyond
 * `limit` kernels only the totals by name go on, and the recording says so.
 */
import type { Seconds } from '../units.ts';
import type { Collective } from './collective.ts';
import { isCollective, type KernelKind, kernelKind, kernelKinds } from './kernel-kind.ts';

export interface KernelEvent {
  readonly name: string;
  readonly start: Seconds;
  readonly duration: Seconds;
  readonly device: number;
  readonly stream: number;
  /** Of communication kernels whose message is told. */
  readonly collective?: Collective;
  /** Known from the format rather than the name, e.g. a copy. */
  readonly kind?: KernelKind;
}

/** A stretch of time with a name: an iteration, a phase. */
export interface NamedRange {
  readonly name: string;
  readonly start: Seconds;
  readonly end: Seconds;
  /** The device whose steps these are; all of them when absent. */
  readonly device?: number;
}

/** Seconds and count of all kernels of one name. */
export interface KernelTotal {
  readonly name: string;
  readonly kind: KernelKind;
  count: number;
  seconds: Seconds;
}

/** Kernels as columns, in the order they were read. */
export interface KernelColumns {
  readonly count: number;
  readonly start: Float64Array;
  readonly duration: Float64Array;
  /** Index into `kernelKinds`. */
  readonly kind: Uint8Array;
  readonly device: Uint16Array;
  readonly stream: Uint16Array;
  /** Index into `names`. */
  readonly name: Uint16Array;
  /** Index into `collectives`, or -1. */
  readonly collective: Int32Array;
}

/** What a trace of one process holds. */
export interface Recording {
  readonly kernels: KernelColumns;
  readonly names: readonly KernelTotal[];
  readonly collectives: readonly Collective[];
  /** Numbers the trace gives its streams. */
  readonly streams: readonly number[];
  readonly steps: readonly NamedRange[];
  /** Kernels beyond the limit, which count in `names` alone. */
  readonly beyond: number;
  /** Calls that start kernels, and the gaps between calls in a row on one thread, as counts by size. */
  readonly launches: LaunchGaps;
}

/** Gaps between launches in a row: `counts[i]` of about `2^(i/4)` ns. */
export interface LaunchGaps {
  readonly calls: number;
  readonly counts: readonly number[];
}

/** About 80 MB of columns. */
export const usualLimit = 2_000_000;
/** No kernel takes eleven days, and no clock is that far from its zero, whatever its unit: such events are damaged. */
const longestKernel = 1e6;
export const latestStart = 1e15;
const mostNames = 20_000;
const mostCollectives = 50_000;
const mostSteps = 20_000;
/** A longer pause between launches is waiting, not issuing. */
const longestGap = 1e-3;
const binsPerOctave = 4;
const bins = 30 * binsPerOctave;

export class Recorder {
  private readonly limit: number;
  private capacity = 1024;
  private count = 0;
  private beyond = 0;
  private start = new Float64Array(1024);
  private duration = new Float64Array(1024);
  private kind = new Uint8Array(1024);
  private device = new Uint16Array(1024);
  private stream = new Uint16Array(1024);
  private name = new Uint16Array(1024);
  private collective = new Int32Array(1024);
  private readonly names: KernelTotal[] = [];
  private readonly nameIndex = new Map<string, number>();
  private readonly collectives: Collective[] = [];
  private readonly collectiveIndex = new Map<string, number>();
  private readonly streams: number[] = [];
  private readonly streamIndex = new Map<number, number>();
  private readonly steps: NamedRange[] = [];
  private readonly lastLaunch = new Map<number, Seconds>();
  private readonly gaps = new Array<number>(bins).fill(0);
  private calls = 0;

  constructor(limit: number = usualLimit) {
    this.limit = limit;
  }

  /** Kernels kept so far. */
  get kernels(): number {
    return this.count;
  }

  kernel(event: KernelEvent): void {
    if (!(event.duration >= 0 && event.duration <= longestKernel) || !(Math.abs(event.start) <= latestStart)) return;
    const index = this.nameOf(event);
    const total = this.names[index];
    if (!total) return;
    total.count++;
    total.seconds += event.duration;
    if (this.count >= this.limit) {
      this.beyond++;
      return;
    }
    if (this.count === this.capacity) this.grow();
    const at = this.count++;
    this.start[at] = event.start;
    this.duration[at] = event.duration;
    this.kind[at] = kernelKinds.indexOf(total.kind);
    this.device[at] = event.device;
    this.stream[at] = indexOf(this.streamIndex, this.streams, event.stream, event.stream, 65535);
    this.name[at] = index;
    this.collective[at] = event.collective && isCollective(total.kind) ? this.collectiveOf(event.collective) : -1;
  }

  step(range: NamedRange): void {
    if (range.end > range.start && this.steps.length < mostSteps) this.steps.push(range);
  }

  /** A call that starts a kernel, in the order of time on its thread. */
  launch(thread: number, start: Seconds): void {
    this.calls++;
    const before = this.lastLaunch.get(thread);
    if (this.lastLaunch.size < 1024 || before !== undefined) this.lastLaunch.set(thread, start);
    const gap = before === undefined ? 0 : start - before;
    if (!(gap > 1e-9) || gap > longestGap) return;
    const bin = Math.min(bins - 1, Math.floor(binsPerOctave * Math.log2(gap * 1e9)));
    this.gaps[bin] = (this.gaps[bin] ?? 0) + 1;
  }

  finish(): Recording {
    const { count } = this;
    return {
      kernels: {
        count,
        start: this.start.subarray(0, count),
        duration: this.duration.subarray(0, count),
        kind: this.kind.subarray(0, count),
        device: this.device.subarray(0, count),
        stream: this.stream.subarray(0, count),
        name: this.name.subarray(0, count),
        collective: this.collective.subarray(0, count),
      },
      names: this.names,
      collectives: this.collectives,
      streams: this.streams,
      steps: this.steps,
      beyond: this.beyond,
      launches: { calls: this.calls, counts: this.gaps },
    };
  }

  private nameOf(event: KernelEvent): number {
    const kind = event.kind ?? event.collective?.kind;
    // The same kernel runs different operations when only the message tells them apart (RCCL).
    const key = kind === undefined ? event.name : `${kind} ${event.name}`;
    const known = this.nameIndex.get(key);
    if (known !== undefined) return known;
    const full = this.names.length >= mostNames;
    const of = kind ?? kernelKind(event.name);
    const shortKey = full ? `${of} and others` : key;
    const shared = this.nameIndex.get(shortKey);
    if (shared !== undefined) return shared;
    const index = this.names.push({ name: full ? `other ${of} kernels` : clip(event.name), kind: of, count: 0, seconds: 0 }) - 1;
    this.nameIndex.set(shortKey, index);
    return index;
  }

  private collectiveOf(collective: Collective): number {
    const { kind, bytes, groupSize, group, stride } = collective;
    const key = `${kind} ${bytes} ${groupSize} ${group} ${stride}`;
    return indexOf(this.collectiveIndex, this.collectives, key, collective, mostCollectives);
  }

  private grow(): void {
    this.capacity *= 2;
    const larger = <A extends Float64Array | Uint8Array | Uint16Array | Int32Array>(old: A, made: A): A => {
      made.set(old as never);
      return made;
    };
    this.start = larger(this.start, new Float64Array(this.capacity));
    this.duration = larger(this.duration, new Float64Array(this.capacity));
    this.kind = larger(this.kind, new Uint8Array(this.capacity));
    this.device = larger(this.device, new Uint16Array(this.capacity));
    this.stream = larger(this.stream, new Uint16Array(this.capacity));
    this.name = larger(this.name, new Uint16Array(this.capacity));
    this.collective = larger(this.collective, new Int32Array(this.capacity));
  }
}

/** Names of templates run to thousands of letters, and the end says little. The copy does not hold on to the text it was cut from. */
function clip(name: string): string {
  const most = 300;
  return name.length <= most ? name : `${name.slice(0, most)}…`;
}

/** Where a thing stands in a list, added when it is new; -1 (or the last place of a column) when the list is full. */
function indexOf<K, V>(index: Map<K, number>, list: V[], key: K, value: V, most: number): number {
  const known = index.get(key);
  if (known !== undefined) return known;
  if (list.length >= most) return -1;
  const at = list.push(value) - 1;
  index.set(key, at);
  return at;
}

/** Seconds between launches in a row, half of them shorter; undefined when there are too few to say. */
export function medianGap({ counts }: LaunchGaps): Seconds | undefined {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all < 20) return undefined;
  let below = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    below += counts[bin] ?? 0;
    if (below >= all / 2) return 2 ** ((bin + 0.5) / binsPerOctave) * 1e-9;
  }
  return undefined;
}
