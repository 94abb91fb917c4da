/**
 * Fills the tables of learned products that the core reads (core/compute/learned.ts): how many times as long as the core's
 * curve a 16-bit product takes on a device, at powers of two.
 */
import { computeCalibration } from '../core/calibration/compute.ts';
import { batchedGemmTime, describeDevice } from '../core/compute/gemm.ts';
import type { LearnedAxis } from '../core/compute/learned.ts';
import type { Accelerator } from '../core/hardware.ts';
import { accelerators } from '../data/index.ts';
import { deviceFigures } from './device.ts';
import { gemm } from './inputs/gemm.ts';
import { InputWriter } from './inputs/inputs.ts';
import type { Network } from './network.ts';

/** At the first m and below the curve stays: products of so few tokens are streams of weights, fitted on whole steps of engines. */
export const axes = { m: { first: 7, last: 16 }, n: { first: 7, last: 17 }, k: { first: 7, last: 15 } } as const satisfies Readonly<
  Record<'m' | 'n' | 'k', LearnedAxis>
>;

/** Corners of the table that no layer has are not trusted further than this. */
const most = 2;

function* sizes(): Generator<{ readonly m: number; readonly n: number; readonly k: number }> {
  for (let a: number = axes.m.first; a <= axes.m.last; a++)
    for (let b: number = axes.n.first; b <= axes.n.last; b++)
      for (let c: number = axes.k.first; c <= axes.k.last; c++) yield { m: 2 ** a, n: 2 ** b, k: 2 ** c };
}

/** Ratios in the order of the axes, the last running fastest; undefined where the device has no figures. */
export function productRatios(network: Network, accelerator: Accelerator): readonly number[] | undefined {
  const figures = deviceFigures(accelerator, accelerators);
  const device = describeDevice(accelerator, 'bf16', computeCalibration(accelerator.architecture));
  if (typeof figures === 'string' || !device) return undefined;
  // The vendor's own library, as an engine calls it for what is not quantized.
  const asked = { format: 'bfloat16', engine: 'vllm', inLayer: true, batch: 1 } as const;
  const all = [...sizes()];
  const writer = new InputWriter(all.length, network.width);
  for (const size of all) gemm.write(writer, { ...asked, ...size }, figures);
  const [outputs, corrections] = network.run(writer.values);
  return all.map((size, at) => {
    if (size.m === 2 ** axes.m.first) return 1;
    const learned = Math.max(
      Math.exp((outputs?.[at] ?? Number.NaN) + (corrections?.[at] ?? 0)) / 1e6,
      gemm.bound({ ...asked, ...size }, figures),
    );
    const ratio = learned / batchedGemmTime(device, 1, size.m, size.n, size.k, false);
    return Number(Math.min(most, Math.max(1 / most, ratio)).toFixed(3));
  });
}
