/**
 * What adapters change about a layer's time: the frozen products make no weight gradients, each adapted product runs two
 * thin ones beside it with their scaling and sum (Hu et al. 2021, section 4; PEFT src/peft/tuners/lora/layer.py), and
 * weights stored in fewer bits are brought back to 16 bits before every use (Dettmers et al. 2023, section 3).
 */
import type { TrainingJob } from '../estimate-inputs.ts';
import { adaptedProducts } from '../memory/adapter-parameters.ts';
import { storedBytes } from '../memory/base-weights.ts';
import type { Block } from '../model-shape.ts';
import { bytesPerElement } from '../number-format.ts';
import type { Seconds } from '../units.ts';
import { type Device, gemmTime, streamTime } from './gemm.ts';
import type { Product } from './products.ts';

export interface AdapterWork {
  readonly forward: Seconds;
  readonly backward: Seconds;
}

const none: AdapterWork = { forward: 0, backward: 0 };

export function adapterWork(job: TrainingJob, block: Block, device: Device, tokens: number): AdapterWork {
  const { adapter } = job;
  if (!adapter || adapter.rank <= 0) return none;
  const element = bytesPerElement(job.precision.compute);
  let forward = 0;
  let backward = 0;
  for (const { inputs, outputs } of adaptedProducts(job, block)) {
    const thin = gemmTime(device, tokens, adapter.rank, inputs) + gemmTime(device, tokens, outputs, adapter.rank);
    // Dropout reads the input and writes it with its mask; the result is scaled and added to the frozen product's.
    const dropped = adapter.dropout ? tokens * inputs * (2 * element + 1) : 0;
    forward += thin + streamTime(device, dropped + tokens * outputs * 5 * element);
    backward += 2 * thin + streamTime(device, dropped + tokens * (outputs * 2 + inputs * 3) * element);
  }
  return { forward, backward };
}

/**
 * Bytes a weight costs to unpack where training cannot use the kernels of inference: shifted copies in 32 bits, their low
 * bits in 8, the difference from the zero point and the product with the scale in 16 (AutoGPTQ qlinear_cuda.py, forward).
 */
const gptqUnpacked = 4 + 4 + 1 + 1 + 1 + 1 + 2 + 2;

/** Seconds to bring the stored weights of these products back to 16 bits once; 0 when they are stored so. */
export function dequantizeTime(job: TrainingJob, products: readonly Product[], device: Device): Seconds {
  const stored = storedBytes(job.baseFormat);
  const element = bytesPerElement(job.precision.compute);
  if (!job.adapter || stored >= element) return 0;
  const weights = products.reduce((sum, [n, k]) => sum + n * k, 0);
  return streamTime(device, weights * (stored + element + (job.baseFormat === 'gptq-4bit' ? gptqUnpacked : 0)));
}
