// The analytic model's answer for a measured row, beside which the learned one is held; 0 where it has none of that kind.
import { bundled } from '../lib/bundled.mjs';

const core = await bundled(`
  export { batchedGemmTime, describeDevice } from './server/src/core/compute/gemm.ts';
  export { computeCalibration } from './server/src/core/calibration/compute.ts';
`);
const gemmFormats = {
  bfloat16: ['bf16', 'tensor'],
  fp8: ['fp8', 'tensor'],
  fp8_block: ['fp8', 'block'],
  nvfp4: ['fp4', 'tensor'],
  sq: ['int8', 'tensor'],
};

const devices = new Map();
function deviceOf(accelerator, format, scales) {
  const key = `${accelerator.id} ${format} ${scales}`;
  if (!devices.has(key))
    devices.set(key, core.describeDevice(accelerator, format, core.computeCalibration(accelerator.architecture), scales));
  return devices.get(key);
}

export function analytic(family, row, accelerator) {
  if (family !== 'gemm' && family !== 'gemm_power') return 0;
  const named = gemmFormats[row.gemm_dtype];
  if (!named) return 0;
  const device = deviceOf(accelerator, ...named);
  return device ? core.batchedGemmTime(device, 1, Number(row.m), Number(row.n), Number(row.k), false) : 0;
}
