// Products in single precision, alone and in batches, that NeuSight measured through PyTorch (TF32 off). Only long ones: a short
// one's time is that of the host that starts it, which is no matter of the format.
import { join } from 'node:path';
import { hash } from '../lib/hash.mjs';
import { readTable } from './read-table.mjs';

const devices = {
  'NVIDIA A100-PCIE-40GB': 'a100 pcie 40gb',
  'NVIDIA A100 80GB PCIe': 'a100 pcie 80gb',
  'NVIDIA H100 80GB HBM3': 'h100',
  'Tesla V100-PCIE-32GB': 'v100 pcie 32gb',
  'Tesla T4': 't4',
};
const leastMilliseconds = 0.15;

function products(data, file) {
  return readTable(join(data, `neusight/${file}.csv.gz`)).flatMap(({ device, b, m, n, k, latency_ms }) =>
    devices[device] && Number(latency_ms) >= leastMilliseconds
      ? [{ device: devices[device], gemm_dtype: 'float32', batch: b || '1', m, n, k, latency_ms }]
      : [],
  );
}

export const singlePrecision = (data) => [
  ...products(data, 'linear'),
  ...products(data, 'bmm').filter((row) => hash(JSON.stringify(row)) % 3 === 0),
];
