/** Steps that take longer or shorter by the same factor: the ends of the band of a step's time. */
import type { StepTimer } from './step-timer.ts';

export const scaledTimer = (timer: StepTimer, factor: number): StepTimer => ({
  seconds: (tokens, sampled, pairs, live) => factor * timer.seconds(tokens, sampled, pairs, live),
});
