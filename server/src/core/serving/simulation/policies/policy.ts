/** What a scheduler decides: which requests take part in the next step of a lane, with how many tokens. */
import type { Lane } from '../lane.ts';
import type { Replica } from '../replica.ts';

export interface Policy {
  /** Running requests of one lane at most. */
  readonly maxRunning: number;
  /** Fills the lane's step; an empty one means that nothing can run until something changes. */
  schedule(replica: Replica, lane: Lane): void;
  /** After a step of decoding alone: whoever waits cannot be admitted before a request ends. */
  isSteady(replica: Replica, lane: Lane): boolean;
  /** A request ended, or was preempted. */
  ended?(replica: Replica, lane: Lane, slot: number): void;
  /** A request began to decode. */
  began?(replica: Replica, lane: Lane, slot: number): void;
}
