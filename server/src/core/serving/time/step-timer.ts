/**
 * What a scheduler needs to know of the model: how long one engine step takes. A step is described by four sums instead of its
 * requests, so that a simulation may ask millions of times.
 */
import type { Seconds } from '../../units.ts';

export interface StepTimer {
  /**
   * Seconds of one step on one engine replica.
   *
   * - `tokens`: tokens that run through the layers, of prompts and one (or more, when speculating) per decoding request;
   * - `sampled`: requests of which a token is drawn at the end;
   * - `pairs`: query-key pairs of the prompts' attention: a chunk of `c` tokens behind `k` cached ones has c * k + c * (c + 1) / 2;
   * - `live`: cached tokens that decoding requests read.
   */
  seconds(tokens: number, sampled: number, pairs: number, live: number): Seconds;
}
