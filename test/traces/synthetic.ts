/**
 * Makes traces of a training job that never ran, in every format that is read: the same kernels with the same times, so that one expectation
 * holds for all of them. Nothing is random. Used by the tests and, for the small files kept in `samples/`, by `write-samples.mjs`.
 */

/** Seconds of what one layer does in one direction, per micro batch. */
export interface LayerTimes {
  readonly gemm: number;
  readonly attention: number;
  readonly streaming: number;
  /** An all-reduce of tensor parallelism after it; nothing computes meanwhile. */
  readonly tensor: number;
}

export interface SyntheticRun {
  readonly steps: number;
  readonly microBatches: number;
  readonly layers: number;
  readonly forward: LayerTimes;
  readonly backward: LayerTimes;
  /** Reduce-scatter of gradients, of which `hidden` runs beside the backward pass on a stream of its own. */
  readonly gradientReduction: number;
  readonly hidden: number;
  readonly optimizer: number;
  /** The GPU waits for the host at the end of each step. */
  readonly idle: number;
  /** Elements of two bytes of one all-reduce of TP and of the reduction of gradients. */
  readonly tensorElements: number;
  readonly dataElements: number;
}

export interface Slice {
  readonly name: string;
  /** Seconds. */
  readonly start: number;
  readonly duration: number;
  readonly stream: number;
  readonly kind: 'kernel' | 'copy';
  readonly message?: {
    readonly name: string;
    readonly elements: number;
    readonly group: number;
    readonly description: string;
    readonly ranks: string;
  };
}

export interface SyntheticTrace {
  readonly slices: readonly Slice[];
  readonly steps: readonly { readonly name: string; readonly start: number; readonly end: number }[];
}

export const smallRun: SyntheticRun = {
  steps: 3,
  microBatches: 2,
  layers: 4,
  forward: { gemm: 4e-3, attention: 1e-3, streaming: 0.8e-3, tensor: 0.3e-3 },
  backward: { gemm: 8e-3, attention: 2.5e-3, streaming: 1.2e-3, tensor: 0.3e-3 },
  gradientReduction: 12e-3,
  hidden: 9e-3,
  optimizer: 2e-3,
  idle: 1e-3,
  tensorElements: 16_777_216,
  dataElements: 67_108_864,
};

/** A run of samples/train.sh, somewhat slower than predicted. */
export const sampleRun: SyntheticRun = {
  steps: 4,
  microBatches: 2,
  layers: 4,
  forward: { gemm: 3.9e-3, attention: 0.5e-3, streaming: 0.8e-3, tensor: 0.31e-3 },
  backward: { gemm: 8.1e-3, attention: 1.35e-3, streaming: 1.3e-3, tensor: 0.31e-3 },
  gradientReduction: 5.2e-3,
  hidden: 3.6e-3,
  optimizer: 9e-3,
  idle: 2e-3,
  tensorElements: 33_554_432,
  dataElements: 1_134_000_000,
};

const names = {
  gemm: 'nvjet_hsh_256x128_64x4_1x2_h_bz_coopA_TNT',
  forward:
    'void flash_fwd_kernel<Flash_fwd_kernel_traits<128, 128, 64, 4, false, false, cutlass::bfloat16_t>, false, true>(Flash_fwd_params)',
  backward: 'void flash_bwd_dq_dk_dv_loop_seqk_parallel_kernel<Flash_bwd_kernel_traits<128, 64, 128, 8>, false, true>(Flash_bwd_params)',
  streaming: 'void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<c10::BFloat16>, std::array<char*, 3ul> >(int)',
  allReduce: 'ncclDevKernel_AllReduce_Sum_bf16_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
  reduceScatter: 'ncclDevKernel_ReduceScatter_Sum_f32_RING_LL(ncclDevKernelArgsStorage<4096ul>)',
  optimizer: 'void multi_tensor_apply_kernel<TensorListMetadata<4>, AdamFunctor<float, float, int>, float, float>(long)',
} as const;

const tensorMessage = (elements: number) =>
  ({ name: 'allreduce', elements, group: 2, description: 'TENSOR_MODEL_PARALLEL_GROUP', ranks: '[0, 1]' }) as const;
const dataMessage = (elements: number) =>
  ({ name: '_reduce_scatter_base', elements, group: 4, description: 'DATA_PARALLEL_GROUP', ranks: '[0, 2, 4, 6]' }) as const;

/** The run as slices on two streams. */
export function synthetic(run: SyntheticRun): SyntheticTrace {
  const slices: Slice[] = [];
  const steps: SyntheticTrace['steps'][number][] = [];
  let now = 1e-3;
  const add = (name: string, duration: number, more: Partial<Slice> = {}): void => {
    slices.push({ name, start: now, duration, stream: 7, kind: 'kernel', ...more });
    now += duration;
  };
  const layer = (times: LayerTimes, attention: string): void => {
    add(names.gemm, times.gemm);
    add(attention, times.attention);
    add(names.streaming, times.streaming);
    if (times.tensor > 0) add(names.allReduce, times.tensor, { stream: 20, message: tensorMessage(run.tensorElements) });
  };
  for (let step = 0; step < run.steps; step++) {
    const start = now;
    for (let micro = 0; micro < run.microBatches; micro++) {
      for (let at = 0; at < run.layers; at++) layer(run.forward, names.forward);
      for (let at = 0; at < run.layers; at++) layer(run.backward, names.backward);
    }
    if (run.gradientReduction > 0) {
      const reduced = { kind: 'kernel', stream: 24, message: dataMessage(run.dataElements), name: names.reduceScatter } as const;
      slices.push({ ...reduced, start: now - run.hidden, duration: run.gradientReduction });
      now += run.gradientReduction - run.hidden;
    }
    add(names.optimizer, run.optimizer);
    now += run.idle;
    steps.push({ name: `ProfilerStep#${step + 1}`, start, end: now });
  }
  return { slices, steps };
}

const microseconds = (seconds: number): number => Math.round(seconds * 1e9) / 1e3;

/** As libkineto writes it: host events first, then what ran on the GPU. `noise`: host operators per slice, which no reader needs. */
export function* kinetoPieces({ slices, steps }: SyntheticTrace, rank = 0, noise = 1, gpu = 'NVIDIA H100 80GB HBM3'): Generator<string> {
  const device = { id: 0, name: gpu, totalGlobalMem: 85_028_765_696, computeMajor: 9, computeMinor: 0, numSms: 132 };
  yield `{\n  "schemaVersion": 1,\n  "deviceProperties": [${JSON.stringify(device)}],\n`;
  yield `  "distributedInfo": ${JSON.stringify({ backend: 'nccl', rank, world_size: 8, nccl_version: '2.27.3' })},\n`;
  yield '  "displayTimeUnit": "ms",\n  "baseTimeNanoseconds": 1700000000000000000,\n  "traceEvents": [\n';
  const lead = `  {"ph": "M", "name": "process_name", "pid": 4242, "tid": 0, "ts": 0, "args": {"name": "python"}}`;
  yield lead;
  const host = { pid: 4242, tid: 4242 };
  for (const { name, start, end } of steps) {
    yield `,\n  ${JSON.stringify({ ph: 'X', cat: 'user_annotation', name, ...host, ts: microseconds(start), dur: microseconds(end - start), args: { 'External id': 1 } })}`;
  }
  let correlation = 100;
  for (const { start } of slices) {
    correlation++;
    const at = { ...host, ts: microseconds(start) - 5, dur: 4 };
    for (let one = 0; one < noise; one++) {
      const shapes = {
        'External id': correlation,
        'Record function id': 0,
        'Input Dims': '[[4096, 8192], [8192, 8192]]',
        'Ev Idx': correlation,
      };
      yield `,\n  ${JSON.stringify({ ph: 'X', cat: 'cpu_op', name: 'aten::"mm" {é}', ...at, args: shapes })}`;
    }
    yield `,\n  ${JSON.stringify({ ph: 'X', cat: 'cuda_runtime', name: 'cudaLaunchKernel', ...at, args: { correlation, cbid: 211 } })}`;
  }
  correlation = 100;
  for (const { name, start, duration, stream, kind, message } of slices) {
    correlation++;
    const told = message && {
      'Collective name': message.name,
      'In msg nelems': message.elements,
      'Out msg nelems': message.elements,
      'Group size': message.group,
      dtype: 'BFloat16',
      'Process Group Description': message.description,
      'Process Group Ranks': message.ranks,
    };
    const args = { 'External id': correlation, device: 0, context: 1, stream, correlation, grid: [132, 1, 1], block: [384, 1, 1], ...told };
    const cat = kind === 'copy' ? 'gpu_memcpy' : 'kernel';
    yield `,\n  ${JSON.stringify({ ph: 'X', cat, name, pid: 0, tid: stream, ts: microseconds(start), dur: microseconds(duration), args })}`;
  }
  yield '\n  ],\n  "traceName": "synthetic"\n}\n';
}

export const kinetoText = (trace: SyntheticTrace, rank = 0, gpu?: string): string => [...kinetoPieces(trace, rank, 1, gpu)].join('');

/** The list form of Chrome, with lanes named as XLA names them. */
export function chromeText({ slices, steps }: SyntheticTrace): string {
  const named = [
    { ph: 'M', name: 'process_name', pid: 1, args: { name: '/device:GPU:0' } },
    { ph: 'M', name: 'process_name', pid: 2, args: { name: '/host:CPU' } },
  ];
  const marks = steps.map(({ start, end }, at) => ({
    ph: 'X',
    name: `train_step ${at}`,
    pid: 2,
    tid: 1,
    ts: microseconds(start),
    dur: microseconds(end - start),
  }));
  const host = slices.map(({ start }) => ({ ph: 'X', name: 'dispatch', pid: 2, tid: 1, ts: microseconds(start), dur: 2 }));
  const device = slices.flatMap(({ name, start, duration, stream }) => {
    const lane = { name, pid: 1, tid: stream };
    // Half of them as pairs of begin and end.
    if (stream !== 7) return [{ ph: 'X', ...lane, ts: microseconds(start), dur: microseconds(duration) }];
    return [
      { ph: 'B', ...lane, ts: microseconds(start) },
      { ph: 'E', pid: 1, tid: stream, ts: microseconds(start + duration) },
    ];
  });
  return `[${[...marks, ...host, ...device, ...named].map((event) => JSON.stringify(event)).join(',\n')}]`;
}

/** Statements that make the tables of an export of Nsight Systems. */
export function* nsightStatements({ slices, steps }: SyntheticTrace, gpu = 'NVIDIA H100 80GB HBM3'): Generator<string> {
  yield 'CREATE TABLE StringIds (id INTEGER NOT NULL PRIMARY KEY, value TEXT NOT NULL)';
  yield 'CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER NOT NULL, "end" INTEGER NOT NULL, deviceId INTEGER NOT NULL, contextId INTEGER, streamId INTEGER NOT NULL, correlationId INTEGER, globalPid INTEGER, demangledName INTEGER NOT NULL, shortName INTEGER NOT NULL)';
  yield 'CREATE TABLE NVTX_EVENTS (start INTEGER NOT NULL, "end" INTEGER, eventType INTEGER NOT NULL, text TEXT, globalTid INTEGER, textId INTEGER)';
  yield 'CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INTEGER NOT NULL, "end" INTEGER NOT NULL, globalTid INTEGER, correlationId INTEGER, nameId INTEGER NOT NULL)';
  yield 'CREATE TABLE TARGET_INFO_GPU (id INTEGER, name TEXT)';
  yield `INSERT INTO TARGET_INFO_GPU VALUES (0, '${gpu}')`;
  const used = [...new Set(slices.map(({ name }) => name)), 'cudaLaunchKernel_v7000'];
  for (const [id, name] of used.entries()) yield `INSERT INTO StringIds VALUES (${id}, '${name.replaceAll("'", "''")}')`;
  const nanoseconds = (seconds: number): number => Math.round(seconds * 1e9) + 5_000_000_000;
  yield 'BEGIN';
  for (const [at, { start, end }] of steps.entries())
    yield `INSERT INTO NVTX_EVENTS VALUES (${nanoseconds(start)}, ${nanoseconds(end)}, 59, 'iteration ${at}', 1, NULL)`;
  for (const { name, start, duration, stream } of slices) {
    const id = used.indexOf(name);
    yield `INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (${nanoseconds(start)}, ${nanoseconds(start + duration)}, 0, 1, ${stream}, 1, 1, ${id}, ${id})`;
    yield `INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (${nanoseconds(start) - 5000}, ${nanoseconds(start)}, 1, 1, ${used.length - 1})`;
  }
  yield 'COMMIT';
}

/** Iteration lines as Megatron-LM writes them. */
export function megatronText(stepSeconds: number, allocated = 61234.5, iterations = 12): string {
  const lines = [
    `[Rank 0] (after 2 iterations) memory (MB) | allocated: ${allocated / 2} | max allocated: ${allocated} | reserved: ${allocated + 500} | max reserved: ${allocated + 500}`,
  ];
  for (let at = 1; at <= iterations; at++) {
    const seconds = at === 1 ? 6 * stepSeconds : stepSeconds * (1 + 0.01 * (at % 3));
    lines.push(
      ` [2026-01-01 00:00:0${at % 10}] iteration ${String(at).padStart(8)}/  500000 | consumed samples: ${at * 16} | elapsed time per iteration (ms): ${(seconds * 1e3).toFixed(1)} | throughput per GPU (TFLOP/s/GPU): 402.5 | learning rate: 1.0E-05 | global batch size:    16 | lm loss: 1.1E+01 | loss scale: 1.0 | grad norm: 1.000 | number of skipped iterations:   0 | number of nan iterations:   0 |`,
      '(min, max) time across ranks (ms):',
      `    forward-backward ...............................: (${(seconds * 900).toFixed(2)}, ${(seconds * 930).toFixed(2)})`,
      `    optimizer ......................................: (${(seconds * 20).toFixed(2)}, ${(seconds * 25).toFixed(2)})`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** A start and some minutes of a vLLM server. */
export const vllmText = `INFO 11-20 10:00:00 [gpu_model_runner.py:2007] Model loading took 14.9889 GiB and 3.21 seconds
INFO 11-20 10:00:09 [gpu_worker.py:276] Available KV cache memory: 54.32 GiB
INFO 11-20 10:00:09 [kv_cache_utils.py:1013] GPU KV cache size: 444,992 tokens
INFO 11-20 10:00:09 [kv_cache_utils.py:1017] Maximum concurrency for 8,192 tokens per request: 54.32x
INFO 11-20 10:00:20 [gpu_model_runner.py:2607] Graph capturing finished in 11 secs, took 0.52 GiB
INFO 11-20 10:01:00 [loggers.py:123] Engine 000: Avg prompt throughput: 4096.0 tokens/s, Avg generation throughput: 1024.0 tokens/s, Running: 32 reqs, Waiting: 0 reqs, GPU KV cache usage: 12.0%, Prefix cache hit rate: 0.0%
INFO 11-20 10:01:10 [loggers.py:123] Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 3200.0 tokens/s, Running: 32 reqs, Waiting: 0 reqs, GPU KV cache usage: 14.0%, Prefix cache hit rate: 0.0%
INFO 11-20 10:01:20 [loggers.py:123] Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 3200.0 tokens/s, Running: 32 reqs, Waiting: 0 reqs, GPU KV cache usage: 15.0%, Prefix cache hit rate: 0.0%
INFO 11-20 10:01:30 [loggers.py:123] Engine 000: Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 0.0 tokens/s, Running: 0 reqs, Waiting: 0 reqs, GPU KV cache usage: 0.0%, Prefix cache hit rate: 0.0%
`;
