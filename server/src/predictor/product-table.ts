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

/**
 * `time`: the learned time itself. `shape`: only how it varies between sizes, where the efficiencies beside the curve were fitted
 * on whole steps of the device and hold its level: the middle ratio of products of layers is taken out.
 */
export type Use = 'time' | 'shape';

/** Exponents between which a product counts as one of a layer: 4096 to 16384 tokens, widths of 2048 to 16384. */
const layer = { m: [12, 14], n: [11, 14], k: [11, 14] } as const;
const within = (exponent: number, [least, most]: readonly [number, number]): boolean => exponent >= least && exponent <= most;

/** Corners of the table that no layer has are not trusted further than this. */
const most = 2;

function sizes(): readonly { readonly m: number; readonly n: number; readonly k: number; readonly ofLayer: boolean }[] {
  const { m, n, k } = axes;
  const found = [];
  for (let a: number = m.first; a <= m.last; a++)
    for (let b: number = n.first; b <= n.last; b++)
      for (let c: number = k.first; c <= k.last; c++)
        found.push({ m: 2 ** a, n: 2 ** b, k: 2 ** c, ofLayer: within(a, layer.m) && within(b, layer.n) && within(c, layer.k) });
  return found;
}

/** Ratios in the order of the axes, the last running fastest; undefined where the device has no figures. */
export function productRatios(network: Network, accelerator: Accelerator, use: Use): readonly number[] | undefined {
  const figures = deviceFigures(accelerator, accelerators);
  const device = describeDevice(accelerator, 'bf16', computeCalibration(accelerator.architecture));
  if (typeof figures === 'string' || !device) return undefined;
  // The vendor's own library, as an engine calls it for what is not quantized.
  const asked = { format: 'bfloat16', engine: 'vllm', batch: 1 } as const;
  const all = sizes();
  const writer = new InputWriter(all.length, network.width);
  for (const size of all) gemm.write(writer, { ...asked, ...size }, figures);
  const [outputs, corrections] = network.run(writer.values);
  const ratios = all.map((size, at) => {
    const learned = Math.exp((outputs?.[at] ?? Number.NaN) + (corrections?.[at] ?? 0)) / 1e6;
    return Math.max(learned, gemm.bound({ ...asked, ...size }, figures)) / batchedGemmTime(device, 1, size.m, size.n, size.k, false);
  });
  const level = use === 'time' ? 1 : middle(ratios.filter((_, at) => all[at]?.ofLayer));
  return ratios.map((ratio, at) =>
    all[at]?.m === 2 ** axes.m.first ? 1 : Number(Math.min(most, Math.max(1 / most, ratio / level)).toFixed(3)),
  );
}

function middle(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 1;
}
