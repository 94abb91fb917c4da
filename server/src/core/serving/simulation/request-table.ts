/** The requests that are in the system, as columns: a slot is taken on arrival and given back at the end, so memory follows the load. */
import { grownFloats, grownInts } from './typed.ts';

/** Pieces of a prompt (and of its answer) that other requests may share, from its first token on. */
export interface Prefix {
  /** An id stands for a piece together with all pieces before it. */
  readonly ids: readonly number[];
  /** Tokens of each piece. */
  readonly tokens: readonly number[];
}

export const phase = { waiting: 0, prefill: 1, decode: 2 } as const;

export class RequestTable {
  private size = 64;
  private used = 0;
  private given: number[] = [];
  /** Requests ever put in: the serial number of the next one. */
  total = 0;

  serial = new Float64Array(this.size);
  arrival = new Float64Array(this.size);
  /** When its first token was there; NaN before. */
  first = new Float64Array(this.size);
  /** When its latest token was there, as of its last change of phase. */
  latest = new Float64Array(this.size);
  /** Tokens it gains in a decode step: 1 unless it speculates. */
  rate = new Float64Array(this.size);
  prompt = new Int32Array(this.size);
  output = new Int32Array(this.size);
  /** Tokens the client allows it to generate; engines that plan ahead plan for these. */
  limit = new Int32Array(this.size);
  phase = new Int32Array(this.size);
  /** Tokens whose keys and values are in the cache; while decoding, as of the start of decoding. */
  computed = new Int32Array(this.size);
  /** Tokens generated; while decoding, as of the start of decoding. */
  generated = new Int32Array(this.size);
  /** The decode step of its lane at which it began, and how many it needs. */
  begun = new Int32Array(this.size);
  steps = new Int32Array(this.size);
  /** Blocks that are its own before decoding, those it shares, the pieces it holds and how much of the next one. */
  own = new Int32Array(this.size);
  shared = new Int32Array(this.size);
  held = new Int32Array(this.size);
  part = new Int32Array(this.size);
  /** Blocks it shared when it was preempted: what it left behind stands behind these. */
  left = new Int32Array(this.size);
  /** Blocks promised to it by a policy that plans to the end. */
  promised = new Int32Array(this.size);
  preempted = new Int32Array(this.size);
  /** 1: keys and values of the prompt came from a prefill engine. */
  received = new Int32Array(this.size);
  previous = new Int32Array(this.size);
  next = new Int32Array(this.size);
  previousDue = new Int32Array(this.size);
  nextDue = new Int32Array(this.size);
  prefix: (Prefix | undefined)[] = [];

  /** Requests in the system. */
  get live(): number {
    return this.used - this.given.length;
  }

  put(arrival: number, prompt: number, output: number, limit: number, prefix: Prefix | undefined): number {
    const slot = this.given.pop() ?? this.used++;
    if (slot >= this.size) this.grow();
    this.serial[slot] = this.total++;
    this.arrival[slot] = arrival;
    this.first[slot] = Number.NaN;
    this.latest[slot] = Number.NaN;
    this.prompt[slot] = prompt;
    this.output[slot] = output;
    this.limit[slot] = Math.max(limit, output);
    this.phase[slot] = phase.waiting;
    for (const column of [this.computed, this.generated, this.own, this.shared, this.held, this.part, this.left]) column[slot] = 0;
    this.promised[slot] = 0;
    this.preempted[slot] = 0;
    this.received[slot] = 0;
    this.prefix[slot] = prefix;
    return slot;
  }

  giveBack(slot: number): void {
    this.prefix[slot] = undefined;
    this.given.push(slot);
  }

  private grow(): void {
    this.size *= 2;
    const { size } = this;
    this.serial = grownFloats(this.serial, size);
    this.arrival = grownFloats(this.arrival, size);
    this.first = grownFloats(this.first, size);
    this.latest = grownFloats(this.latest, size);
    this.rate = grownFloats(this.rate, size);
    this.prompt = grownInts(this.prompt, size);
    this.output = grownInts(this.output, size);
    this.limit = grownInts(this.limit, size);
    this.phase = grownInts(this.phase, size);
    this.computed = grownInts(this.computed, size);
    this.generated = grownInts(this.generated, size);
    this.begun = grownInts(this.begun, size);
    this.steps = grownInts(this.steps, size);
    this.own = grownInts(this.own, size);
    this.shared = grownInts(this.shared, size);
    this.held = grownInts(this.held, size);
    this.part = grownInts(this.part, size);
    this.left = grownInts(this.left, size);
    this.promised = grownInts(this.promised, size);
    this.preempted = grownInts(this.preempted, size);
    this.received = grownInts(this.received, size);
    this.previous = grownInts(this.previous, size);
    this.next = grownInts(this.next, size);
    this.previousDue = grownInts(this.previousDue, size);
    this.nextDue = grownInts(this.nextDue, size);
  }
}
