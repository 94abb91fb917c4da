/** `rooflint predict` against every spelling its tables use, and against rows that are wrong in one place. */
import { describe, expect, test } from 'vitest';
import { type Prediction, Predictor } from '../../server/src/predictor/predict.ts';
import { modelFolder } from './models.ts';

const predictor = new Predictor(modelFolder);
const ask = async (...rows: readonly unknown[]): Promise<readonly Prediction[]> => predictor.predict(rows);
const product = { op: 'gemm', device: 'h100_sxm', gemm_dtype: 'bfloat16', m: 512, n: 4096, k: 4096 };
const exchange = { device: 'h100_sxm', num_gpus: 8, message_size: 2 ** 24, nccl_dtype: 'half' };
const experts = { num_tokens: 128, hidden_size: 4096, inter_size: 1536, topk: 8, num_experts: 128, moe_dtype: 'fp8' };
const attention = { batch_size: 4, isl: 2048, step: 0, num_heads: 32, num_key_value_heads: 8, head_dim: 128 };
const cached = { ...attention, isl: 1, step: 2048 };

function expectAnswer(answer: Prediction | undefined): void {
  expect(answer?.error).toBeUndefined();
  expect(answer?.latency_ms).toBeGreaterThan(0);
  expect(answer?.low).toBeLessThanOrEqual(answer?.latency_ms ?? 0);
  expect(answer?.high).toBeGreaterThanOrEqual(answer?.latency_ms ?? Number.POSITIVE_INFINITY);
  expect(answer?.model).toBeTruthy();
}

describe('every operator of the tables', () => {
  test.each([
    ['gemm', product],
    ['gemm_power', product],
    ['bmm', { ...product, batch: 16 }],
    ['context_attention', attention],
    ['generation_attention', cached],
    ['attention', cached],
    ['context_mla', { ...attention, mla_dtype: 'bfloat16' }],
    ['generation_mla', cached],
    ['wideep_generation_mla', cached],
    ['moe', experts],
    ['wideep_context_moe', experts],
    ['mla_bmm', { bmm_dtype: 'bfloat16', num_tokens: 64, num_heads: 16, op_name: 'mla_gen_post' }],
    ['mla_gen_pre', { bmm_dtype: 'fp8', num_tokens: 64, num_heads: 16 }],
    ['nccl', { ...exchange, op_name: 'all_gather' }],
    ['oneccl', { ...exchange, op_name: 'all_reduce' }],
    ['custom_allreduce', exchange],
    ['trtllm_allreduce', exchange],
    ['all_reduce', exchange],
    ['AllReduce', exchange],
    ['reduce_scatter', exchange],
    ['all-to-all', exchange],
    ['broadcast', exchange],
    ['send_recv', exchange],
  ])('%s has a time, a band, a model and a power', async (op, row) => {
    for (const device of ['h100_sxm', 'h200_sxm', 'rtx_pro_6000_server', 'NVIDIA A100-SXM4-80GB', 'mi300x', 'v100']) {
      const [answer] = await ask({ ...row, op, device });
      expectAnswer(answer);
      expect(answer?.power_w).toBeGreaterThan(0);
    }
  });

  test.each(['float32', 'tf32', 'mxfp8', 'mxfp4', 'w4a8', 'FP8', 'torch.bfloat16', 'fp8_block', 'nvfp4', 'int8', 'int4_wo', 'fp8_static'])(
    'products in %s are answered on every GPU',
    async (gemm_dtype) => {
      for (const device of ['h100_sxm', 'b200_sxm', 'a100_sxm', 'rtx4090', 'h20'])
        expectAnswer((await ask({ ...product, gemm_dtype, device }))[0]);
    },
  );

  test('an operator may be named by the column that tells the parts of a table apart', async () => {
    const [named, part] = await ask({ ...exchange, op: 'all_gather' }, { ...exchange, op_name: 'all_gather' });
    expectAnswer(part);
    expect(part).toEqual(named);
  });

  test('the two products of latent attention are batches with a product for each head', async () => {
    const row = { device: 'h100_sxm', bmm_dtype: 'bfloat16', num_tokens: 64, num_heads: 16, op: 'mla_bmm' };
    const sizes = { ...row, op: 'bmm', gemm_dtype: 'bfloat16', batch: 16, m: 64 };
    const [before, after, plain, other] = await ask(
      { ...row, op_name: 'mla_gen_pre' },
      { ...row, op_name: 'mla_gen_post' },
      { ...sizes, n: 512, k: 128 },
      { ...sizes, n: 128, k: 512 },
    );
    expect(before).toEqual(plain);
    expect(after).toEqual(other);
    expect(before?.model).toMatch(/stand on single products/);
  });

  test('without an engine the time is that of the device, not that of the host of one engine', async () => {
    const row = { ...product, m: 16, n: 1024, k: 1024, gemm_dtype: 'fp8_block' };
    const [bare, vllm, trtllm] = await ask(row, { ...row, backend: 'vllm' }, { ...row, backend: 'trtllm' });
    expect(vllm?.latency_ms).toBeGreaterThan(0.05);
    expect(bare?.latency_ms).toBeLessThan(0.5 * (vllm?.latency_ms ?? 0));
    const width = (answer: Prediction | undefined) => (answer?.high ?? 0) / (answer?.low ?? 1);
    expect(width(bare)).toBeGreaterThan(width(trtllm));
  });

  test('a format nobody measured is said to stand on another, with a wider band', async () => {
    const [known, foreign] = await ask(product, { ...product, gemm_dtype: 'tf32' });
    expect(known?.model).toMatch(/trained on this device/);
    expect(foreign?.model).toMatch(/tf32 was never measured and stands on bfloat16/);
    expect((foreign?.high ?? 0) / (foreign?.latency_ms ?? 1)).toBeGreaterThan((known?.high ?? 0) / (known?.latency_ms ?? 1));
    expect(foreign?.latency_ms).toBeGreaterThan(known?.latency_ms ?? 0);
  });

  test('kinds a device was not measured with have a wider band than those it was', async () => {
    const [bf16, fp4] = await ask(
      { ...product, device: 'rtx_pro_6000_server' },
      { ...product, device: 'rtx_pro_6000_server', gemm_dtype: 'nvfp4' },
    );
    expect(fp4?.model).toMatch(/not measured|not trained/);
    expect((fp4?.high ?? 0) / (fp4?.latency_ms ?? 1)).toBeGreaterThan((bf16?.high ?? 0) / (bf16?.latency_ms ?? 1));
  });

  test('a row of the table of powers has the time of its product, not its share of the limit', async () => {
    const [time, power] = await ask(
      { ...product, device: 'gb200' },
      { ...product, op: 'gemm_power', device: 'gb200', power_limit_w: '1200' },
    );
    expect(power?.latency_ms).toBe(time?.latency_ms);
    expect(power?.power_w).toBeGreaterThan(150);
    expect(power?.power_w).toBeLessThanOrEqual(1200);
  });

  test('a batch of products takes longer than one and not much longer than one after the other', async () => {
    const [one, batch] = await ask({ ...product, m: 2048 }, { ...product, m: 2048, batch: 8 });
    expect(batch?.latency_ms).toBeGreaterThan(3 * (one?.latency_ms ?? 0));
    expect(batch?.latency_ms).toBeLessThan(16 * (one?.latency_ms ?? 0));
  });
});

describe('collectives', () => {
  test('over more GPUs than a node has they are worked out by the network formulas', async () => {
    const answers = await ask(...[8, 16, 64, 256].map((num_gpus) => ({ ...exchange, op: 'all_reduce', num_gpus })));
    for (const answer of answers) expectAnswer(answer);
    expect(answers[0]?.model).toMatch(/collective\.onnx/);
    expect(answers[1]?.model).toMatch(/analytic, all_reduce of 16 GPUs over 2 nodes/);
    expect(answers[1]?.latency_ms).toBeGreaterThan(answers[0]?.latency_ms ?? 0);
  });

  test('one GPU has nothing to exchange', async () => {
    const [answer] = await ask({ ...exchange, op: 'all_reduce', num_gpus: 1 });
    expect(answer).toMatchObject({ latency_ms: 0, low: 0, high: 0, power_w: null });
    expect(answer?.error).toBeUndefined();
  });
});

describe('rows that are wrong say where, and cost no other row', () => {
  test.each([
    [{}, /the column op is missing/],
    [{ op: 'gemm' }, /the column device is missing/],
    [{ ...product, device: 'abacus' }, /the device "abacus" is not among the data sheets/],
    [{ ...product, m: undefined }, /the column m is missing/],
    [{ ...product, m: 'many' }, /m is "many", which is no number/],
    [{ ...product, m: -4 }, /m is -4/],
    [{ ...product, m: 1e30 }, /more than any kernel has/],
    [{ ...product, gemm_dtype: 'x'.repeat(500) }, /gemm_dtype is "x{40}\.\.\."/],
    [{ ...product, op: 'conv2d' }, /op is "conv2d"/],
    [{ ...exchange, op: 'nccl' }, /the column op_name is missing/],
    [{ ...attention, op: 'context_attention', device: 'h100', num_key_value_heads: 64 }, /more than num_heads/],
    [null, /a row is an object/],
    [[1, 2], /a row is an object/],
  ])('%j', async (row, reason) => {
    const [before, answer, after] = await ask(product, row, product);
    expectAnswer(before);
    expect(answer?.error).toMatch(reason);
    expect(answer).toMatchObject({ latency_ms: null, low: null, high: null, power_w: null, model: null });
    expect(after).toEqual(before);
  });

  test('numbers may be text, and names may be written otherwise', async () => {
    const [plain, text] = await ask(product, {
      OP: 'GEMM',
      System: 'NVIDIA H100 80GB HBM3',
      'GEMM-dtype': 'BF16',
      m: '512',
      n: '4,096',
      k: ' 4096.0 ',
      extra: null,
    });
    expect({ ...text, id: null }).toEqual({ ...plain, id: null });
  });

  test('an unknown spread of tokens is answered as an even one and said', async () => {
    const [even, other, steep] = await ask(
      ...['balanced', 'zigzag', 'power_law_1.4'].map((distribution) => ({ ...experts, op: 'moe', device: 'h100_sxm', distribution })),
    );
    expect(even?.model).toMatch(/trained on this device/);
    expect(other?.model).toMatch(/"zigzag" was never measured and stands on balanced/);
    expect(steep?.model).toMatch(/stands on power_law_1\.2/);
  });
});
