// Holds grouped products against measured layers of experts. What the collector measures around the products is fitted
// beside them (permuting, summing, launches), and so is their rate against single products: it comes out as 1, so nothing is stored.
import { bundled } from '../lib/bundled.mjs';
import { hash, logError, residuals, simplex, table } from './lib.mjs';

const { batchedGemmTime, computeCalibration } = await bundled(`
  export { batchedGemmTime } from './server/src/core/compute/gemm.ts';
  export { computeCalibration } from './server/src/core/calibration/compute.ts';
`);
const sets = [
  {
    id: 'hopper',
    device: 'h100_sxm',
    kernel: /moe_torch_flow_cutlass/,
    sheet: { peak: 989.4e12, bandwidth: 3.35e12, multiprocessors: 132 },
  },
];

for (const set of sets) {
  const rows = table(`aiconfigurator/moe.${set.device}.csv.gz`)
    .filter((row) => row.moe_dtype === 'bfloat16' && set.kernel.test(row.kernel) && row.distribution === 'balanced')
    .map((row) => ({
      experts: row.num_experts / row.moe_ep_size,
      each: (row.num_tokens * row.topk) / row.num_experts,
      tokens: row.num_tokens,
      hidden: row.hidden_size,
      inner: row.inter_size / row.moe_tp_size,
      seconds: row.latency_ms / 1e3,
      heldOut: hash(`${row.hidden_size}x${row.inter_size}x${row.num_experts}`) % 3 === 0,
    }))
    .filter((row) => row.each >= 32);
  const calibration = computeCalibration(set.id);
  const predictWith =
    ([share, visit, token, floor]) =>
    (row) => {
      const gemm = { ...calibration.gemm.half, peakShare: calibration.gemm.half.peakShare * share };
      const device = { ...set.sheet, alignment: 2, elementBytes: 2, gemm, calibration };
      const products =
        batchedGemmTime(device, row.experts, row.each, 2 * row.inner, row.hidden, false) +
        batchedGemmTime(device, row.experts, row.each, row.hidden, row.inner, false);
      const gate = 6 * row.experts * row.each * row.inner;
      const around = visit * row.experts * row.each * row.hidden + token * row.tokens * row.hidden;
      return products + (gate + around) / (set.sheet.bandwidth * 0.85) + floor;
    };
  const fit = rows.filter((row) => !row.heldOut);
  const ranges = [
    [0.3, 1],
    [0.01, 40],
    [0.01, 40],
    [1e-6, 3e-4],
  ];
  const values = simplex((value) => logError(fit, predictWith(value)), [0.8, 6, 4, 3e-5], ranges, 400);
  const predict = predictWith(values);
  console.log(set.id, 'groupedShare, bytes per visit, bytes per token, floor', values);
  console.log(
    '  fitted',
    residuals(fit, predict),
    'held out',
    residuals(
      rows.filter((row) => row.heldOut),
      predict,
    ),
    'large',
    residuals(
      rows.filter((row) => row.each >= 512),
      predict,
    ),
  );
}
