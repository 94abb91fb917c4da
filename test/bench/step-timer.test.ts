/** Asking the step timer against working the same steps out: a ratio of two times of one process. */
import { expect, test } from 'vitest';
import { stepParts } from '../../server/src/core/serving/time/step-parts.ts';
import { stepTimer } from '../../server/src/core/serving/time/timer-of-job.ts';
import { servingJob } from '../model/serving-jobs.ts';

const job = servingJob('Llama-3.1-70B', 'h100-sxm-80gb', { 'parallel.tensor': 4, 'serving.quantization': 'fp8' });
const timer = stepTimer(job);
const { layers, collectives, head, attention, host } = stepParts(job);
const steps = 2000;

function asked(): number {
  let sum = 0;
  for (let step = 1; step <= steps; step++) sum += timer.seconds(step, step & 255, 0, 1000 * step);
  return sum;
}

function workedOut(): number {
  let sum = 0;
  for (let step = 1; step <= steps; step++) {
    const device = layers(step) + collectives(step) + head(step & 255) + attention.decode(step & 255, 1000 * step);
    sum += device + host.waits(device, step & 255, 0);
  }
  return sum;
}

function best(work: () => number): number {
  const times = Array.from({ length: 9 }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

test('a step is asked for at least ten times faster than it is worked out, with nearly the same answer', () => {
  expect(Math.abs(asked() / workedOut() - 1)).toBeLessThan(0.02);
  expect(best(workedOut) / best(asked)).toBeGreaterThan(10);
});
