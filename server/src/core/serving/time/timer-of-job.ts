/** The timer of a complete serving job: what depends on tokens alone on a grid, attention by its sums. */
import type { ServingJob } from '../../estimate-inputs.ts';
import { onGrid } from './grid.ts';
import { stepParts } from './step-parts.ts';
import type { StepTimer } from './step-timer.ts';

export function stepTimer(job: ServingJob): StepTimer {
  const { layers, collectives, head, attention, host } = stepParts(job);
  const dense = onGrid((tokens) => layers(tokens) + collectives(tokens));
  const sampling = onGrid(head);
  return {
    seconds(tokens, sampled, pairs, live) {
      const device = dense(tokens) + sampling(sampled) + attention.prompts(tokens, pairs) + attention.decode(sampled, live);
      return device + host.waits(device, sampled, pairs);
    },
  };
}
