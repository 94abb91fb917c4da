/** Requests in the order of their arrival, one at a time. */
import type { Prefix } from '../request-table.ts';

/** The next request; the same object is filled again and again. */
export interface Arrival {
  time: number;
  prompt: number;
  output: number;
  /** Tokens the client allows; the output when it says nothing. */
  limit: number;
  prefix: Prefix | undefined;
}

export interface Workload {
  /** Fills `into` with the next request; false when there is none. */
  next(into: Arrival): boolean;
}

export const newArrival = (): Arrival => ({ time: 0, prompt: 1, output: 1, limit: 1, prefix: undefined });
