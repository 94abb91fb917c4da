/** Figures of a log beside those of the estimate. */
import type { ServingEstimate, TrainingEstimate } from '../estimate.ts';
import type { Unit } from '../units.ts';
import type { ComparedFigure } from './compared-figure.ts';
import type { Series, ServingLog, TrainingLog } from './trace.ts';

function figure(label: string, unit: Unit, measured: number | Series | undefined, predicted?: number): readonly ComparedFigure[] {
  if (measured === undefined) return [];
  const told = typeof measured === 'number' ? { measured } : { measured: measured.median, low: measured.low, high: measured.high };
  return [{ label, unit, ...told, ...(predicted === undefined ? {} : { predicted }) }];
}

export function compareTrainingLog(log: TrainingLog, estimate: TrainingEstimate | undefined): readonly ComparedFigure[] {
  const worst = estimate?.memory.stages[estimate.memory.worstStage];
  return [
    ...figure('Step', 's', log.step, estimate?.time.step.value),
    ...figure('Model FLOP/s per GPU', 'FLOP/s', log.flopsPerGpu, estimate?.throughput.modelFlopsPerGpu.value),
    ...figure('Tokens per second and GPU', 'tokens/s', log.tokensPerSecondPerGpu, estimate?.throughput.tokensPerSecondPerGpu.value),
    ...figure('Allocated at the peak', 'B', log.allocated, worst?.allocated.value),
    ...figure('Reserved at the peak', 'B', log.reserved, worst?.reserved.value),
    ...log.timers.flatMap(({ name, seconds }) => figure(`Timer ${name}`, 's', seconds)),
  ];
}

export function compareServingLog(log: ServingLog, estimate: ServingEstimate | undefined): readonly ComparedFigure[] {
  const { running } = log;
  const batch = running ? ` with ${Math.round(running.median)} requests running` : '';
  // Times per token hang on the batch: only those of about the estimated one can be compared.
  const sameBatch = estimate && running && Math.abs(running.median - estimate.decode.batch) <= 0.1 * estimate.decode.batch;
  return [
    ...figure('Weights', 'B', log.weights, estimate?.memory.weights.value),
    ...figure('Activation peak', 'B', log.activations),
    ...figure('CUDA graphs', 'B', log.graphs),
    ...figure('KV cache', 'B', log.kvCache, estimate?.memory.kvCache.value),
    ...figure('KV cache', 'tokens', log.kvTokens, estimate?.kvTokens.value),
    ...figure('Full contexts at once', '1', log.concurrency, estimate?.concurrency.value),
    ...figure('Prompt tokens per second', 'tokens/s', log.promptRate),
    ...figure(
      `Generated tokens per second${batch}`,
      'tokens/s',
      log.generationRate,
      sameBatch ? estimate.decode.tokensPerSecond.value : undefined,
    ),
    ...figure(`Time per token${batch}`, 's', log.perToken, sameBatch ? estimate.decode.timePerToken.value : undefined),
  ];
}
