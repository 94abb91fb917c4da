/** Measured runs for the tests and the screenshots: a synthetic run of two ranks beside a prediction. */
import { compareStep } from '../../server/src/core/measured/compare-step.ts';
import { measuredStep, slotsOf } from '../../server/src/core/measured/measured-step.ts';
import { partIds } from '../../server/src/core/measured/parts.ts';
import { Recorder } from '../../server/src/core/measured/recorder.ts';
import { tracksOf } from '../../server/src/core/measured/tracks.ts';
import type { PanelMeasured } from '../../server/src/protocol/measured.ts';
import { smallRun, synthetic } from '../traces/synthetic.ts';

/** The synthetic run, slowed down to about the length of the sample job's step. */
export function sampleMeasured(): PanelMeasured {
  const recorder = new Recorder();
  const trace = synthetic({ ...smallRun, layers: 12, microBatches: 24 });
  const slower = 2.4;
  for (const { name, start, duration, stream } of trace.slices)
    recorder.kernel({ name, start: start * slower, duration: duration * slower, device: 0, stream });
  for (const { name, start, end } of trace.steps) recorder.step({ name, start: start * slower, end: end * slower });
  const recording = recorder.finish();
  const slots = slotsOf(recording, undefined);
  const step = measuredStep(recording, 0, undefined, slots);
  const predicted = {
    seconds: 6.9,
    stage: 2,
    wholePasses: [],
    parts: partIds.map((id) => ({
      id,
      visible: ({ gemm: 4.1, attention: 0.9, 'memory-bound': 0.7, optimizer: 0.12, idle: 1.08 } as Record<string, number>)[id] ?? 0,
    })),
  };
  const { parts, step: whole, words } = compareStep(step, predicted);
  const device = {
    title: 'rank2.json, rank 2',
    basis: 'PyTorch profiler; mean of 3 of 3 steps, 8.90 s to 8.90 s',
    stage: 2,
    seconds: step.shown.end - step.shown.start,
    parts,
    step: whole,
    words,
    ...tracksOf(recording, slots, 0, step.shown),
  };
  return {
    devices: [device, { ...device, title: 'rank3.json, rank 3', stage: 3 }],
    logs: [],
    doubts: ['rank2.json was measured on NVIDIA H100, the estimate is for A100 SXM 80 GB.'],
  };
}
