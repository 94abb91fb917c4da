// Fits the parameters of fused attention to measured prefill kernels: one set per generation of kernel and device.
import { bundled } from '../lib/bundled.mjs';
import { hash, logError, residuals, simplex, store, table } from './lib.mjs';

const { attentionForward, definitions } = await bundled(`
  export { attentionForward } from './server/src/core/compute/attention.ts';
  export { parameters as definitions } from './server/src/core/calibration/fits/attention.json';
`);
const names = Object.keys(definitions);
const sheets = {
  a100_sxm: { peak: 312e12, bandwidth: 2.039e12, multiprocessors: 108 },
  h100_sxm: { peak: 989.4e12, bandwidth: 3.35e12, multiprocessors: 132 },
  b200_sxm: { peak: 2250e12, bandwidth: 7.7e12, multiprocessors: 148 },
  l40s: { peak: 362e12, bandwidth: 0.864e12, multiprocessors: 142 },
};
const sets = [
  { id: 'ampere-flash2', device: 'a100_sxm', backend: 'sglang', kernel: /^flash_attention$/ },
  { id: 'hopper-flash3', device: 'h100_sxm', backend: 'vllm', kernel: /fa3$/ },
  { id: 'blackwell-trtllm', device: 'b200_sxm', backend: 'vllm', kernel: /trtllmprefill$/ },
  { id: 'ada-flash2', device: 'l40s', backend: 'vllm', kernel: /flash_attn_fa2$/ },
];
const start = {
  share64: 0.45,
  share128: 0.6,
  share256: 0.65,
  keyRamp: 120,
  waveLoss: 0.6,
  memoryShare: 0.8,
  overlapLoss: 0.2,
  floor: 5e-6,
};

const moved = (shape) => shape.batch * shape.queries * (shape.heads + 2 * shape.keyValueHeads) * shape.headDim;

for (const set of sets) {
  const rows = table(`aiconfigurator/context_attention.${set.device}.csv.gz`)
    .filter(
      (row) =>
        row.backend === set.backend && set.kernel.test(row.kernel) && row.attn_dtype === 'bfloat16' && row.kv_cache_dtype === 'bfloat16',
    )
    // Prompts without a prefix, long enough to be met in training; heads beyond 256 go another way.
    .filter((row) => row.step === 0 && row.isl >= 256 && row.head_dim <= 256)
    .map((row) => ({
      shape: {
        batch: row.batch_size,
        queries: row.isl,
        keys: row.isl,
        heads: row.num_heads,
        keyValueHeads: row.num_key_value_heads,
        headDim: row.head_dim,
        causal: true,
        ...(row.window_size > 0 && row.window_size < row.isl ? { window: row.window_size } : {}),
        kernel: 'flash',
        dropout: false,
        newest: true,
      },
      seconds: row.latency_ms / 1e3,
      heldOut: hash(`${row.num_heads}x${row.isl}`) % 3 === 0,
    }));
  const training = rows.filter((row) => !row.heldOut);
  const sizes = new Set(rows.map((row) => row.shape.headDim));
  const predictWith = (values) => {
    const newest = Object.fromEntries(names.map((name, index) => [name, values[index]]));
    // Where only one head size was measured, the others take its share.
    if (sizes.size === 1) Object.assign(newest, { share64: newest.share128 * 0.75, share256: newest.share128 });
    const gemm = { peakShare: 1 };
    const calibration = { sustainedShare: 1, attention: { newest }, gemm: { half: gemm } };
    const device = { ...sheets[set.device], alignment: 2, elementBytes: 2, gemm, calibration };
    // The collectors also write queries, keys and values into place and the latter into a cache: bytes per element of them, and a launch.
    const beside = values[names.length] / sheets[set.device].bandwidth;
    const launch = values[names.length + 1];
    return (row) => attentionForward(device, row.shape) + beside * moved(row.shape) + launch;
  };
  const ranges = [...names.map((name) => definitions[name].range), [0.01, 40], [1e-7, 2e-5]];
  const cost = (values) => logError(training, predictWith(values));
  const from = [...names.map((name) => start[name]), 4, 5e-6];
  const values = simplex(cost, simplex(cost, from, ranges, 300), ranges, 200);
  if (sizes.size === 1) {
    values[names.indexOf('share64')] = Number((values[names.indexOf('share128')] * 0.75).toPrecision(3));
    values[names.indexOf('share256')] = values[names.indexOf('share128')];
  }
  const predict = predictWith(values);
  const long = (row) => row.shape.queries >= 2048 && !row.shape.window;
  store('attention', {
    id: set.id,
    values: Object.fromEntries(names.map((name, index) => [name, values[index]])),
    beside: { cacheBytesPerElement: values[names.length], cacheFloor: values[names.length + 1] },
    fittedOn: `aiconfigurator context_attention.${set.device}, ${set.backend} ${set.kernel.source.replaceAll(/[\^$]/g, '')}, bf16, 256 tokens and more; head sizes ${[...sizes].sort((a, b) => a - b).join(', ')}`,
    method: `simplex search on the mean absolute logarithm of the error; a third of the (heads, length) pairs held out by hash${sizes.size === 1 ? '; head size 64 taken as three quarters of 128' : ''}`,
    residuals: {
      fitted: residuals(training, predict),
      heldOut: residuals(
        rows.filter((row) => row.heldOut),
        predict,
      ),
      heldOutLong: residuals(
        rows.filter((row) => row.heldOut && long(row)),
        predict,
      ),
    },
  });
}
