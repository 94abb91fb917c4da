/** The few numbers by which two simulations are compared. Pure. */
import type { Simulation } from '../../server/src/core/schedules/simulate.ts';
import type { Bytes, Seconds } from '../../server/src/core/units.ts';

export interface Figures {
  readonly stepSeconds: Seconds;
  /** Micro batches the pipeline is through with in a second: what the throughput is proportional to. */
  readonly microBatchesPerSecond: number;
  /** Share of the makespan that ranks wait, on average. */
  readonly bubbleShare: number;
  readonly peakBytes: Bytes;
  /** The fullest stage. */
  readonly fullestStage: number;
}

/** Sums a simulation up. */
export function figuresOf(simulation: Simulation): Figures {
  let waited = 0;
  for (const seconds of simulation.bubbleSeconds) waited += seconds;
  let fullestStage = 0;
  simulation.peakBytes.forEach((bytes, rank) => {
    if (bytes > (simulation.peakBytes[fullestStage] ?? 0)) fullestStage = rank;
  });
  return {
    stepSeconds: simulation.stepSeconds,
    microBatchesPerSecond: simulation.stepSeconds > 0 ? simulation.request.microBatches / simulation.stepSeconds : 0,
    bubbleShare: simulation.stepSeconds > 0 ? waited / (simulation.request.stages * simulation.stepSeconds) : 0,
    peakBytes: simulation.peakBytes[fullestStage] ?? 0,
    fullestStage,
  };
}
