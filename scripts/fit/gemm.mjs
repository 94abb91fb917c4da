// Fits the parameters of matrix products to measured kernels: one set per generation and number format.
import { bundled } from '../lib/bundled.mjs';
import { hash, logError, residuals, simplex, store, table } from './lib.mjs';

const { batchedGemmTime, definitions } = await bundled(`
  export { batchedGemmTime } from './server/src/core/compute/gemm.ts';
  export { parameters as definitions } from './server/src/core/calibration/fits/gemm.json';
`);
const names = Object.keys(definitions);
const sheets = {
  a100_sxm: { half: 312e12, bandwidth: 2.039e12, multiprocessors: 108 },
  h100_sxm: { half: 989.4e12, fp8: 1978.9e12, bandwidth: 3.35e12, multiprocessors: 132 },
  b200_sxm: { half: 2250e12, fp8: 4500e12, fp8Block: 4500e12, fp4: 9000e12, bandwidth: 7.7e12, multiprocessors: 148 },
  l40s: { half: 362e12, fp8: 733e12, bandwidth: 0.864e12, multiprocessors: 142 },
};
/** `cast`: the collector quantizes the activations inside the measured time, which is fitted as bytes moved per element and left out. */
const sets = [
  { id: 'ampere-half', device: 'a100_sxm', dtype: 'bfloat16', format: 'half', bytes: 2 },
  { id: 'hopper-half', device: 'h100_sxm', dtype: 'bfloat16', format: 'half', bytes: 2 },
  { id: 'hopper-fp8', device: 'h100_sxm', dtype: 'fp8', backend: 'trtllm', format: 'fp8', bytes: 1, cast: 6 },
  { id: 'hopper-fp8Block', device: 'h100_sxm', dtype: 'fp8_block', backend: 'trtllm', format: 'fp8Block', peak: 'fp8', bytes: 1, cast: 4 },
  { id: 'blackwell-half', device: 'b200_sxm', dtype: 'bfloat16', format: 'half', bytes: 2 },
  { id: 'blackwell-fp8', device: 'b200_sxm', dtype: 'fp8', backend: 'trtllm', format: 'fp8', bytes: 1, cast: 6 },
  {
    id: 'blackwell-fp8Block',
    device: 'b200_sxm',
    dtype: 'fp8_block',
    backend: 'trtllm',
    format: 'fp8Block',
    peak: 'fp8',
    bytes: 1,
    cast: 4,
  },
  { id: 'blackwell-fp4', device: 'b200_sxm', dtype: 'nvfp4', backend: 'trtllm', format: 'fp4', bytes: 0.5625, cast: 4 },
  { id: 'ada-half', device: 'l40s', dtype: 'bfloat16', format: 'half', bytes: 2 },
  { id: 'ada-fp8', device: 'l40s', dtype: 'fp8', backend: 'trtllm', format: 'fp8', bytes: 1, cast: 6 },
];

const start = {
  peakShare: 0.75,
  depthRamp: 130,
  waveLoss: 0.2,
  mediumTile: 0.8,
  smallTile: 0.7,
  tinyTile: 0.5,
  memoryShare: 0.8,
  overlapLoss: 0.15,
  floor: 3e-6,
};
const servingRows = (set) =>
  table(`aiconfigurator/gemm.${set.device}.csv.gz`)
    .filter((row) => row.gemm_dtype === set.dtype && (!set.backend || row.backend === set.backend))
    .map((row) => ({ m: row.m, n: row.n, k: row.k, seconds: row.latency_ms / 1e3 }));
const only = process.argv[3];

for (const set of sets.filter(({ id }) => !only || id === only)) {
  const sheet = sheets[set.device];
  const rows = servingRows(set).map((row) => ({ ...row, heldOut: hash(`${row.n}x${row.k}`) % 3 === 0 }));
  const sampled = rows.filter((row) => !row.heldOut && hash(`${row.m},${row.n},${row.k}`) % 4 === 0);
  const predictWith = (values) => {
    const gemm = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    const device = {
      ...sheet,
      peak: sheet[set.peak ?? set.format],
      alignment: set.bytes,
      elementBytes: set.bytes,
      gemm,
      calibration: { sustainedShare: 1 },
    };
    const cast = set.cast ? values[names.length] / (sheet.bandwidth * gemm.memoryShare) : 0;
    const castFloor = set.cast ? values[names.length + 1] : 0;
    return (row) => batchedGemmTime(device, 1, row.m, row.n, row.k, false) + cast * row.m * row.k + castFloor;
  };
  const from = [...names.map((name) => start[name]), ...(set.cast ? [set.cast, 5e-6] : [])];
  // Beside a cast the floor of the product itself cannot be told from that of the cast: it is kept near that of 16 bits.
  const rangeOf = (name) => (set.cast && name === 'floor' ? [2e-6, 4e-6] : definitions[name].range);
  const ranges = [
    ...names.map(rangeOf),
    ...(set.cast
      ? [
          [1, 12],
          [1e-7, 2e-5],
        ]
      : []),
  ];
  const at = (name) => names.indexOf(name);
  // Smaller tiles load more bytes per FLOP, so they are never the better ones.
  const disorder = (values) =>
    Math.max(0, Math.log(values[at('smallTile')] / values[at('mediumTile')])) +
    Math.max(0, Math.log(values[at('tinyTile')] / values[at('smallTile')]));
  const cost = (values) => logError(sampled, predictWith(values)) + disorder(values);
  // A second search from where the first ended gets out of corners of the simplex.
  const values = simplex(cost, simplex(cost, from, ranges, 350), ranges, 250);
  const predict = predictWith(values);
  const large = (row) => row.m >= 2048 && row.n >= 1024 && row.k >= 1024;
  store('gemm', {
    id: set.id,
    values: Object.fromEntries(names.map((name, index) => [name, values[index]])),
    ...(set.cast ? { beside: { castBytesPerActivation: values[names.length], castFloor: values[names.length + 1] } } : {}),
    fittedOn: `aiconfigurator gemm.${set.device}, ${set.dtype}${set.backend ? `, ${set.backend}` : ''}: a quarter of the shapes, by hash`,
    method: 'simplex search on the mean absolute logarithm of the error; a third of the (n, k) pairs held out by hash',
    residuals: {
      fitted: residuals(sampled, predict),
      heldOut: residuals(
        rows.filter((row) => row.heldOut),
        predict,
      ),
      heldOutLarge: residuals(
        rows.filter((row) => row.heldOut && large(row)),
        predict,
      ),
    },
  });
}
