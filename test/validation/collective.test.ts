/** Rows of collective benchmarks: names of operations, and what a row leaves out. */
import { describe, expect, it } from 'vitest';
import { readRows } from '../../server/src/validation/row.ts';
import { predictRow } from '../../server/src/validation/run.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

const predict = (row: object) => {
  const [reading] = readRows(JSON.stringify({ id: 'x', kind: 'comm', ...row }));
  if (!reading || !('row' in reading)) throw new Error('the row cannot be read');
  return predictRow(reading.row.input, tableCatalog);
};
const h100 = { gpu: 'H100', gpus: 8, gpus_per_node: 8 };
const comm = (op: string) => ({ op, ranks: 8, bytes: 2 ** 26 });

describe('the operation', () => {
  it.each(['all_reduce', 'AllReduce', 'ncclAllReduce', 'all-reduce', 'allreduce'])('%s is an all-reduce', (op) => {
    expect(predict({ hardware: h100, comm: comm(op) }).predicted).toEqual(predict({ hardware: h100, comm: comm('all_reduce') }).predicted);
  });

  it.each(['all2all', 'all_to_all_single', 'alltoall', 'p2p', 'sendrecv', 'broadcast', 'all_gather_into_tensor', 'reduce_scatter_tensor'])(
    '%s is known',
    (op) => {
      expect(predict({ hardware: h100, comm: comm(op) }).refused).toBeNull();
    },
  );
});

describe('what a row leaves out', () => {
  it('a size: the bandwidth of large messages, and no time', () => {
    const { predicted, assumptions } = predict({ hardware: h100, comm: { op: 'all_reduce', ranks: 8 } });
    expect(predicted).toHaveProperty('busbw_gb_s');
    expect(predicted).not.toHaveProperty('time_us');
    expect(assumptions.some(({ why }) => why.includes('size is not stated'))).toBe(true);
  });

  it('a GPU: nodes with NVSwitch, and it says so', () => {
    const { refused, assumptions } = predict({ hardware: { gpu: 'not stated', gpus_per_node: 8 }, comm: comm('all_reduce') });
    expect(refused).toBeNull();
    expect(assumptions.some(({ field, why }) => field === 'cluster.gpu' && why.includes('not stated'))).toBe(true);
  });

  it('ranks: those of its remark', () => {
    const bare = { op: 'all_reduce', bytes: 2 ** 30 };
    const stated = predict({ hardware: { gpus: 32 }, comm: { ...bare, ranks: 32 } }).predicted;
    expect(predict({ hardware: {}, comm: bare, note: 'sample output, n=32 ranks' }).predicted).toEqual(stated);
  });

  it('everything: a refusal in a sentence', () => {
    expect(predict({ comm: { op: 'all_reduce', bytes: 1024 } }).refused).toMatch(/ranks/);
  });
});

describe('the machine', () => {
  const time = (hardware: object, ranks: number) =>
    Number(predict({ hardware, comm: { op: 'all_reduce', ranks, bytes: 2 ** 30 } }).predicted.time_us);

  it('named in a remark or as the system brings its network', () => {
    const bare = { gpu: 'A100 80GB', gpus_per_node: 8 };
    const remark = predict({ hardware: bare, note: 'nodes of the site (JZ)', comm: { op: 'all_reduce', ranks: 32, bytes: 2 ** 30 } });
    expect(Number(remark.predicted.time_us)).toBeGreaterThan(2 * time(bare, 32));
    expect(time({ ...bare, system: 'p4de.24xlarge' }, 32)).toBeGreaterThan(2 * time(bare, 32));
  });

  it('with slices ends its links where a slice does', () => {
    const chips = { gpu: 'TPU v5e', gpus: 512 };
    expect(time({ ...chips, slices: 4 }, 512)).toBeGreaterThan(time({ ...chips, slices: 2 }, 512));
  });

  it('of eight MI250X counts dies', () => {
    const { assumptions } = predict({ hardware: { gpu: 'MI250X', gpus: 8, gpus_per_node: 8 }, comm: comm('all_reduce') });
    expect(assumptions.some(({ why }) => why.includes('die'))).toBe(true);
  });
});

describe('who measured', () => {
  it('a script in a framework pays for the call, nccl-tests does not', () => {
    const time = (source: string) => predict({ source, hardware: h100, comm: { ...comm('all_reduce'), bytes: 4096 } }).predicted.time_us;
    expect(Number(time('all_reduce_bench.py'))).toBeGreaterThan(Number(time('nccl-tests')) + 20);
  });
});

describe('an exchange of tokens', () => {
  const row = (ranks: number, source: string) => ({
    source,
    hardware: { gpu: 'H800', gpus_per_node: 8, inter: 'CX7 400 Gb/s' },
    comm: { op: 'moe_dispatch', ranks, tokens_per_rank: 4096, hidden: 7168, topk: 8, dtype: 'fp8 dispatch / bf16 combine' },
  });

  it('counts what arrives from the own node too, so it can seem faster than the port', () => {
    const { predicted } = predict(row(32, 'normal kernels'));
    expect(Number(predicted.bottleneck_bw_gb_s)).toBeGreaterThan(50);
  });

  it('takes longer to bring back in bf16 than to send in fp8', () => {
    const out = row(32, 'normal kernels');
    const back = { ...out, comm: { ...out.comm, op: 'moe_combine' } };
    expect(Number(predict(back).predicted.time_us)).toBeGreaterThan(1.5 * Number(predict(out).predicted.time_us));
  });
});
