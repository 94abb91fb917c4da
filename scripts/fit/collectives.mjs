// Fits the parameters of collectives inside a node to measured NCCL calls: one set per generation of GPU.
import { bundled } from '../lib/bundled.mjs';
import { hash, logError, residuals, simplex, store, table } from './lib.mjs';

const core = await bundled(`
  export { allGatherTime, allReduceTime } from './server/src/core/comms/collectives.ts';
  export { allToAllTime } from './server/src/core/comms/all-to-all.ts';
  export { place } from './server/src/core/comms/network.ts';
  export { timingOf } from './server/src/core/calibration/network.ts';
  export { findAccelerator, findNetwork } from './server/src/data/index.ts';
  export { parameters as definitions } from './server/src/core/calibration/fits/collectives.json';
`);
const names = Object.keys(core.definitions);
const ranges = names.map((name) => core.definitions[name].range);
const times = {
  all_reduce: core.allReduceTime,
  all_gather: core.allGatherTime,
  reduce_scatter: core.allGatherTime,
  alltoall: core.allToAllTime,
};
const sets = [
  { id: 'ampere', devices: { a100_sxm: 'nvidia-a100-sxm-80gb' }, limit: 87.7e9, inSwitch: false },
  { id: 'hopper', devices: { h100_sxm: 'nvidia-h100-sxm-80gb' }, limit: 141e9, inSwitch: true },
  { id: 'blackwell', devices: { b200_sxm: 'nvidia-b200-sxm-180gb' }, limit: 282e9, inSwitch: true },
];
const start = {
  start: 7e-6,
  simpleStart: 1e-5,
  stepLowLatency: 9e-7,
  stepLowLatency128: 1.5e-6,
  stepSimple: 4e-6,
  shareLowLatency: 0.3,
  shareLowLatency128: 0.52,
  shareSimple: 0.79,
  inSwitchShare: 0.64,
  inSwitchStart: 1.2e-5,
  inSwitchFill: 7e-6,
  exchangeStart: 6e-6,
  exchangeStep: 5e-7,
  exchangeFill: 5e-6,
  exchangeShare: 0.7,
};

for (const set of sets) {
  const rows = Object.entries(set.devices).flatMap(([device, id]) => {
    const accelerator = core.findAccelerator(id);
    const cluster = { accelerator, gpusPerNode: 8, nodes: 1, scaleOut: core.findNetwork('infiniband-ndr-400') };
    return table(`aiconfigurator/nccl.${device}.csv.gz`).map((row) => ({
      operation: row.op_name,
      ranks: row.num_gpus,
      // The tables count elements.
      bytes: row.message_size * (row.nccl_dtype === 'half' ? 2 : 1),
      placement: core.place(cluster, { size: row.num_gpus, stride: 1 }),
      seconds: row.latency_ms / 1e3,
      heldOut: hash(`${row.num_gpus}x${row.message_size}`) % 3 === 0,
    }));
  });
  const training = rows.filter((row) => !row.heldOut);
  const predictWith = (values) => {
    const timing = core.timingOf(Object.fromEntries(names.map((name, index) => [name, values[index]])), set.limit, set.inSwitch);
    return (row) => {
      const level = { ...row.placement.level, share: timing.share, bandwidth: row.placement.level.line * timing.share[2] };
      return times[row.operation]({ ...row.placement, timing, level, intra: level }, row.ranks, row.bytes);
    };
  };
  const cost = (values) => logError(training, predictWith(values));
  const from = names.map((name) => start[name]);
  const values = simplex(cost, simplex(cost, simplex(cost, from, ranges, 500), ranges, 400), ranges, 300);
  const used = names.filter((name) => set.inSwitch || !name.startsWith('inSwitch'));
  const held = rows.filter((row) => row.heldOut);
  const large = (row) => row.bytes >= 2 ** 24;
  store('collectives', {
    id: set.id,
    values: Object.fromEntries(names.map((name, index) => [name, values[index]]).filter(([name]) => used.includes(name))),
    fittedOn: `aiconfigurator nccl.${Object.keys(set.devices).join(', ')}: all-reduce, all-gather, reduce-scatter and all-to-all over 2, 4 and 8 GPUs, 512 B to 512 MiB`,
    method: 'simplex search on the mean absolute logarithm of the error; a third of the (ranks, size) pairs held out by hash',
    residuals: {
      fitted: residuals(training, predictWith(values)),
      heldOut: residuals(held, predictWith(values)),
      heldOutLarge: residuals(held.filter(large), predictWith(values)),
    },
  });
}
