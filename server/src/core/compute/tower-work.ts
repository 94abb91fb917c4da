/** Time of the towers beside the main stack for one micro batch: image encoders, and encoders of encoder-decoder models. */
import type { TrainingJob } from '../estimate-inputs.ts';
import type { Devices } from './block-work.ts';
import { gemmTime } from './gemm.ts';
import type { EndWork } from './head.ts';
import { mixingWork } from './mixing-work.ts';
import { commonProducts, mixerProducts } from './products.ts';

export function towerWork(job: TrainingJob, devices: Devices): EndWork {
  let forward = 0;
  let backward = 0;
  for (const { block, hidden, layers, tokens } of job.model.towers) {
    const length = tokens > 0 ? tokens : job.sequenceLength;
    const all = job.batch.micro * length;
    const { mixer, feedForward } = block;
    const products = [
      ...(mixer ? mixerProducts(mixer, hidden, job.parallel.tensor) : []),
      ...(feedForward ? commonProducts(feedForward, hidden, job.parallel.tensor) : []),
    ];
    for (const [n, k] of products) {
      forward += layers * gemmTime(devices.linear, all, n, k);
      backward += layers * (gemmTime(devices.linear, all, k, n) + gemmTime(devices.linear, n, k, all));
    }
    if (!mixer) continue;
    const mixing = mixingWork({ ...job, sequenceLength: length, documentLength: length }, mixer, devices.plain, all);
    forward += layers * mixing.forward;
    backward += layers * mixing.backward;
  }
  return { forward, backward };
}
