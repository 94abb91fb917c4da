import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import { readRow, readRows } from '../../server/src/validation/row.ts';
import { rowToJob } from '../../server/src/validation/row-to-job.ts';
import { predictRow, validate } from '../../server/src/validation/run.ts';
import { errorsOf, summarize } from '../../server/src/validation/summary.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

const folder = join(process.cwd(), 'test/validation/cases');
const lines = readdirSync(folder)
  .filter((name) => name.endsWith('.jsonl'))
  .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
  .filter((line) => line.trim() !== '');

/** A row with other numbers in `measured`, the words kept. */
function withOtherMeasurements(line: string, factor: number): string {
  const row = JSON.parse(line) as { measured?: Record<string, unknown> };
  const measured = Object.entries(row.measured ?? {}).map(([name, value]) => [name, typeof value === 'number' ? value * factor : value]);
  return JSON.stringify({ ...row, measured: Object.fromEntries(measured) });
}

function blind(line: string): string {
  const row = JSON.parse(line) as { measured?: Record<string, unknown> };
  const words = Object.entries(row.measured ?? {}).filter(([, value]) => typeof value === 'string');
  return JSON.stringify({ ...row, measured: Object.fromEntries(words) });
}

describe('no prediction sees a measurement', () => {
  test('the input of a row holds nothing of `measured` but its two words', () => {
    const reading = readRow('{"id":"a","kind":"memory","measured":{"peak_mem_gib":70.5,"mem_kind":"reserved","mem_scope":"per GPU"}}', 1);
    expect('row' in reading && reading.row.input).toEqual({ id: 'a', kind: 'memory', memKind: 'reserved', memScope: 'per GPU' });
    expect('row' in reading && reading.row.measured).toEqual({ peak_mem_gib: 70.5 });
  });

  test('other measurements, or none, give the same job and the same predictions', () => {
    const some = lines.filter((_, index) => index % 7 === 0);
    const open = validate(some.join('\n'), tableCatalog).rows;
    expect(validate(some.map((line) => withOtherMeasurements(line, 3)).join('\n'), tableCatalog).rows).toEqual(open);
    expect(validate(some.map(blind).join('\n'), tableCatalog).rows).toEqual(open);
  });

  test('a blind row is predicted in full', () => {
    const line = lines.find((text) => text.includes('"titan-2412-t1-FSDP"')) ?? '';
    const [row] = validate(blind(line), tableCatalog).rows;
    expect(row?.refused).toBeNull();
    expect(Object.keys(row?.predicted ?? {})).toEqual(expect.arrayContaining(['peak_mem_gib', 'tokens_per_s_per_gpu', 'iter_s', 'mfu']));
  });
});

describe('rows', () => {
  test('every line is a result, and nothing makes it stop', () => {
    const text = [
      '{ broken',
      '[1]',
      'null',
      '{"id":"a","kind":"dance"}',
      '{"id":"b","kind":"memory","model":{"layers":"many"}}',
      '{"id":"c"}',
    ].join('\n');
    const { rows, summary } = validate(text, tableCatalog);
    expect(rows.map(({ id }) => id)).toEqual(['line 1', 'line 2', 'line 3', 'a', 'b', 'c']);
    for (const { refused } of rows) expect(refused).toMatch(/\S/);
    expect(summary).toMatchObject({ rows: 6, used: 0, refused: 6 });
  });

  test('any text is answered', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(() => validate(text, tableCatalog)).not.toThrow();
      }),
    );
  });

  test('any row of the known form is answered', () => {
    const number = fc.oneof(fc.integer({ min: -2, max: 200 }), fc.constantFrom(0, 1, 8, 4096, 1e308, 0.5));
    const shape = (names: string[]) => fc.record(Object.fromEntries(names.map((name) => [name, number])), { requiredKeys: [] });
    const row = fc.record({
      id: fc.string(),
      kind: fc.constantFrom('memory', 'throughput', 'mfu', 'bubble', 'comm', 'kv_capacity'),
      model: shape(['layers', 'hidden', 'heads', 'kv_heads', 'ffn', 'vocab', 'seq']),
      hardware: fc.record({ gpu: fc.constantFrom('H100', 'A100 80GB', 'not stated', 'TPU v5e', ''), gpus: number }),
      parallel: shape(['tp', 'pp', 'vpp', 'cp', 'dp', 'zero']),
      batch: shape(['micro', 'global', 'grad_accum', 'local']),
    });
    fc.assert(
      fc.property(row, (value) => {
        const { rows } = validate(JSON.stringify(value), tableCatalog);
        expect(rows).toHaveLength(1);
        for (const predicted of Object.values(rows[0]?.predicted ?? {})) expect(Number.isNaN(predicted)).toBe(false);
      }),
    );
  });
});

/** Fields of the job built from the first row whose id starts with `id`. */
function jobOf(id: string, choice = 0) {
  const [reading] = readRows(lines.find((line) => line.includes(`"id": "${id}`)) ?? '');
  const mapping = reading && 'row' in reading ? rowToJob(reading.row.input, tableCatalog) : undefined;
  if (!mapping || 'refused' in mapping) throw new Error(`no job for ${id}`);
  return { ...mapping, job: mapping.candidates[choice]?.job ?? {}, assumptions: mapping.candidates[choice]?.assumptions ?? [] };
}

describe('spellings', () => {
  test('torchtitan: FSDP2, fp32 shards, per-op checkpointing, the power-limited H100', () => {
    const { job, cluster, framework } = jobOf('titan-2412-t1-FSDPtorchcompileFloat8');
    expect(framework).toBe('torchtitan');
    expect(cluster.accelerator.id).toBe('nvidia-h100-sxm-96gb-hbm2e');
    expect(job).toMatchObject({
      'zero.stage': 3,
      'zero.implementation': 'fsdp2',
      'precision.params': 'fp32',
      'precision.fp8': true,
      'recompute.granularity': 'selective',
      'compile.enabled': true,
      'model.gatedMlp': true,
      'model.kvHeads': 8,
    });
  });

  test('torchtitan with a pipeline: the local batch is split over the stages', () => {
    const { job, assumptions } = jobOf('titan-2412-t5-1F1B');
    expect(job).toMatchObject({ 'batch.micro': 4, 'batch.global': 256, 'batch.accumulation': 8, 'parallel.schedule': '1f1b' });
    expect(assumptions.some(({ field }) => field === 'batch.micro')).toBe(true);
  });

  test('Megatron of 2021: no sequence parallelism, unfused attention, fp16, no sharding, virtual stages not stated', () => {
    const { job, framework, cluster } = jobOf('ptdp-t2-PTD-174B-384');
    expect(framework).toBe('megatron-lm');
    expect(cluster).toMatchObject({ gpusPerNode: 8, nodes: 48 });
    expect(job).toMatchObject({
      'parallel.sequence': false,
      'attention.kernel': 'unfused',
      'zero.stage': 0,
      'recompute.granularity': 'full',
      'model.gatedMlp': false,
    });
  });

  test('Megatron-Core: shared embeddings are told from the parameter count; what is not said is tried and recorded', () => {
    const { job, candidates } = jobOf('mcore-h100-177B');
    expect(job['model.tiedEmbeddings']).toBe(false);
    expect(job['parallel.sequence']).toBe(true);
    expect(candidates.map((one) => one.job['recompute.granularity'])).toEqual(['none', 'selective', 'full']);
    expect(candidates[0]?.assumptions.map(({ field }) => field)).toEqual(expect.arrayContaining(['batch.micro', 'recompute.granularity']));
  });

  test('a vLLM start: utilization, quantization from the name, KV type, two GPUs', () => {
    const { job, framework } = jobOf('redhat-vllm-logs-redhatai-llama-3.3-70b-instruct-fp8-dynamic-041');
    expect(framework).toBe('vllm');
    expect(job).toMatchObject({
      'serving.gpuMemoryUtilization': expect.closeTo(0.91, 1),
      'model.quantization': 'fp8-dynamic',
      'model.layers': 80,
    });
  });
});

/** Fields of the job built from a row written here. */
function fieldsOf(row: object): PartialJob {
  const [reading] = readRows(JSON.stringify({ id: 'x', kind: 'memory', hardware: { gpu: 'A100 80GB', gpus: 1 }, ...row }));
  const mapping = reading && 'row' in reading ? rowToJob(reading.row.input, tableCatalog) : undefined;
  if (!mapping || 'refused' in mapping) throw new Error(`no job: ${mapping?.refused}`);
  return mapping.candidates[0]?.job ?? {};
}

describe('fine-tuning rows', () => {
  const model = { name: 'Llama-2-7b-hf', seq: 1024 };
  const batch = { micro: 1, global: 1 };
  const cases: readonly (readonly [string, object, PartialJob])[] = [
    [
      "LitGPT's own defaults",
      { source: 'LitGPT resource tables', task: 'LoRA', numerics: { param: 'bnb.nf4-dq', compute: 'bf16' } },
      {
        'adapter.kind': 'lora',
        'adapter.rank': 8,
        'adapter.targets': 'q,v',
        'model.baseFormat': 'nf4-dq',
        'recompute.granularity': 'none',
      },
    ],
    [
      'stated rank and targets',
      { task: 'QLoRA (GPTQ)', lora: { rank: 16, targets: 'q_proj k_proj' }, numerics: { param: '4-bit GPTQ base', compute: 'float16' } },
      {
        'adapter.kind': 'qlora',
        'adapter.rank': 16,
        'adapter.targets': 'q,k',
        'model.baseFormat': 'gptq-4bit',
        'precision.compute': 'fp16',
      },
    ],
    ['an adapter', { task: 'Adapter v2', source: 'LitGPT resource tables' }, { 'adapter.kind': 'adapter-v2' }],
    [
      'fused loss',
      { note: 'HF SFTTrainer, packed to 4096', kernels: 'foak-fast-kernels-liger' },
      { 'loss.fused': true, 'kernels.fused': true, 'batch.packing': true },
    ],
    [
      'techniques added one after the other',
      { source: 'torchtune README', technique: '+ Chunked Cross Entropy (cumulative on the rows before)' },
      { 'batch.packing': true, 'compile.enabled': true, 'loss.chunks': 8 },
    ],
    [
      'offloading by FSDP',
      { source: 'fsdp_qlora', offload: 'parameters and activations to CPU', parallel: { fsdp: 'FSDP FULL_SHARD', zero: 3 } },
      { 'zero.offloadParam': 'cpu', 'zero.offloadOptimizer': 'cpu', 'offload.activations': true },
    ],
    ['weights as they load', { source: 'PEFT README memory table' }, { 'precision.params': 'fp32', 'precision.compute': 'fp32' }],
  ];
  test.each(cases)('%s', (_, row, expected) => {
    expect(fieldsOf({ model, batch, ...row })).toMatchObject(expected);
  });
});

describe('experts', () => {
  test('latent attention, dense layers in front, groups', () => {
    const job = fieldsOf({
      model: {
        layers: 4,
        hidden: 1024,
        heads: 8,
        seq: 128,
        gated_mlp: true,
        ffn: 4096,
        experts: 64,
        topk: 6,
        moe_ffn: 512,
        shared_expert_ffn: 1024,
        moe_layer_freq: '([0]*3+[1]*1)',
        mla: { 'q-lora-rank': 96, 'kv-lora-rank': 64, 'qk-head-dim': 128, 'qk-pos-emb-head-dim': 64, 'v-head-dim': 128 },
      },
      hardware: { gpu: 'H100', gpus: 8 },
      parallel: { tp: 2, ep: 4, dp: 4, flags: { 'expert-tensor-parallel-size': 1 } },
      batch: { micro: 1, global: 8 },
    });
    expect(job).toMatchObject({
      'model.experts': 64,
      'model.expertsPerToken': 6,
      'model.expertFfn': 512,
      'model.sharedExpertFfn': 1024,
      'model.firstDenseLayers': 3,
      'model.attentionKind': 'MLA',
      'model.qLoraRank': 96,
      'model.qkRopeHeadDim': 64,
      'parallel.expert': 4,
      'parallel.expertTensor': 1,
    });
  });
});

describe('gaps', () => {
  const model = { layers: 32, hidden: 4096, heads: 32, ffn: 16384 };
  test('no length, no batch: defaults of the software, each recorded', () => {
    const [reading] = readRows(
      JSON.stringify({ id: 'x', kind: 'throughput', model, hardware: { gpu: 'H100', gpus: 8 }, parallel: { pp: 8 } }),
    );
    const result = reading && 'row' in reading ? rowToJob(reading.row.input, tableCatalog) : undefined;
    if (!result || 'refused' in result) throw new Error('refused');
    expect(result.candidates[0]?.job).toMatchObject({ 'sequence.length': 2048, 'batch.micro': 1, 'batch.accumulation': 32 });
    const assumed = result.candidates[0]?.assumptions.map(({ field }) => field);
    expect(assumed).toEqual(expect.arrayContaining(['sequence.length', 'batch.micro', 'batch.accumulation']));
  });

  test('layers from the number of parameters, a multiple of the stages', () => {
    const { layers: _, ...shape } = model;
    expect(
      fieldsOf({ model: { ...shape, name: '6.4B', vocab: 50000, seq: 128 }, parallel: { pp: 4 }, batch: { micro: 1, global: 4 } }),
    ).toMatchObject({
      'model.layers': 32,
    });
  });

  test('parallel sizes not stated: TP over the node and growing PP', () => {
    const row = { id: 'x', kind: 'mfu', model: { ...model, seq: 2048 }, hardware: { gpu: 'H100', gpus: 64 }, batch: { global: 64 } };
    const [reading] = readRows(JSON.stringify(row));
    const result = reading && 'row' in reading ? rowToJob(reading.row.input, tableCatalog) : undefined;
    if (!result || 'refused' in result) throw new Error('refused');
    const splits = [
      ...new Set(result.candidates.map(({ job }) => `${job['parallel.tensor']} ${job['parallel.pipeline']} ${job['parallel.data']}`)),
    ];
    expect(splits).toEqual(['8 1 8', '8 2 4', '8 4 2', '8 8 1']);
  });

  test('interleaved groups that do not divide: one group of all', () => {
    const row = {
      model: { ...model, layers: 24, seq: 128 },
      parallel: { pp: 4, vpp: 3, tp: 1, dp: 1 },
      batch: { micro: 1, global: 5 },
      recompute: 'none',
    };
    expect(fieldsOf(row)).toMatchObject({ 'batch.accumulation': 5, 'parallel.microBatchGroup': 5 });
  });

  test('nulls, yes and no, and numbers in quotes are read', () => {
    const row = {
      model: { ...model, seq: '128', vocab: null },
      parallel: { tp: 1, sp: 0 },
      batch: { micro: '2', global: 2 },
      recompute: true,
    };
    expect(fieldsOf(row)).toMatchObject({
      'sequence.length': 128,
      'batch.micro': 2,
      'parallel.sequence': false,
      'recompute.granularity': 'full',
    });
  });
});

describe('refusals name the reason', () => {
  const base = {
    id: 'x',
    kind: 'throughput',
    model: { layers: 32, hidden: 4096, heads: 32, seq: 4096 },
    hardware: { gpu: 'H100', gpus: 8 },
    batch: { micro: 1, global: 8 },
  };
  const cases: readonly (readonly [string, object, RegExp])[] = [
    ['a batch smaller than DP', { parallel: { dp: 16 } }, /global batch of 8 cannot be split over DP 16/],
    ['an unknown card', { hardware: { gpu: 'Quantum 3000', gpus: 8 } }, /Quantum 3000/],
    ['an unknown shape', { model: { name: 'Nobody', seq: 4096 } }, /"Nobody" is not in the row/],
    ['a collective nobody knows', { kind: 'comm', comm: { op: 'dance', ranks: 8, bytes: 1e6 } }, /dance/],
    ['a kernel', { kernel: 'gemm' }, /kernel/],
  ];
  test.each(cases)('%s', (_, change, reason) => {
    const [reading] = readRows(JSON.stringify({ ...base, ...change }));
    const result = reading && 'row' in reading ? predictRow(reading.row.input, tableCatalog) : undefined;
    expect(result?.refused).toMatch(reason);
    expect(result?.predicted).toEqual({});
  });

  test('the row without any of them is predicted', () => {
    const [reading] = readRows(JSON.stringify(base));
    expect(reading && 'row' in reading && predictRow(reading.row.input, tableCatalog).refused).toBeNull();
  });
});

test('a stand-in for an unnamed GPU gives memory and no time', () => {
  const row = {
    id: 'x',
    kind: 'memory',
    model: { layers: 4, hidden: 1024, heads: 16, seq: 512 },
    hardware: { gpu: 'not stated', gpus: 1 },
    batch: { micro: 1, global: 1 },
  };
  const predicted = validate(JSON.stringify(row), tableCatalog).rows[0]?.predicted ?? {};
  expect(predicted).toHaveProperty('peak_mem_gib');
  expect(predicted).not.toHaveProperty('iter_s');
});

test('a collective gives time and the bandwidths of nccl-tests', () => {
  const row = {
    id: 'x',
    kind: 'comm',
    hardware: { gpu: 'H100', gpus: 8, gpus_per_node: 8 },
    comm: { op: 'all_reduce', ranks: 8, bytes: 2 ** 30 },
  };
  const predicted = validate(JSON.stringify(row), tableCatalog).rows[0]?.predicted as Record<string, number>;
  const { time_us, algbw_gb_s, busbw_gb_s } = predicted;
  expect(algbw_gb_s).toBeCloseTo(2 ** 30 / ((time_us ?? 0) * 1e-6) / 1e9, 6);
  expect(busbw_gb_s).toBeCloseTo(((algbw_gb_s ?? 0) * 2 * 7) / 8, 6);
});

describe('summary', () => {
  test('median, p90 and bias of known errors', () => {
    const errors = [-0.1, 0.2, 0.3, -0.4, 0.5].map((error, index) => ({
      id: String(index),
      field: 'iter_s',
      quantity: 'throughput' as const,
      predicted: 1 + error,
      measured: 1,
      error,
    }));
    expect(summarize(errors)).toMatchObject({ rows: 5, median: 0.3, p90: expect.closeTo(0.46, 9), bias: expect.closeTo(0.1, 9) });
    expect(summarize(errors).worst.map(({ id }) => id)).toEqual(['4', '3', '2', '1', '0']);
  });

  test('shares in percent are compared in points, numbers as ratios, and yes or no not at all', () => {
    const errors = errorsOf(
      'a',
      { activation_mem_pct_of_tp_baseline: 40, iter_s: 2, oom: true },
      { activation_mem_pct_of_tp_baseline: 35, iter_s: 4, oom: false },
    );
    expect(errors.map(({ error }) => error)).toEqual([expect.closeTo(0.05, 9), -0.5]);
  });
});
