/** `rooflint predict`: rows in, one answer each. */
import { describe, expect, test } from 'vitest';
import type { Prediction } from '../../server/src/predictor/predict.ts';
import { folderWith, rooflint } from './run.ts';

async function predicted(rows: readonly unknown[]): Promise<readonly Prediction[]> {
  const folder = folderWith({ 'cases.jsonl': rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n') });
  const { out, code } = await rooflint(['predict', '--cases', 'cases.jsonl'], folder);
  expect(code).toBe(0);
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Prediction);
}

const gemm = { id: 'a', op: 'gemm', device: 'h100_sxm', backend: 'vllm', gemm_dtype: 'bfloat16', m: 4096, n: 4096, k: 4096 };

describe('rooflint predict', () => {
  test('takes a cell that a data frame left empty as missing', async () => {
    const row = { op: 'generation_attention', device: 'h100', batch_size: 4, step: 4096, num_heads: 32 };
    const [plain, empty] = await predicted([row, { ...row, window_size: 'nan', isl: ' ' }]);
    expect(plain?.latency_ms).toBeGreaterThan(0);
    expect(empty).toEqual(plain);
  });

  test('answers a row of every operator', async () => {
    const device = 'h100_sxm';
    const attention = {
      device,
      attn_dtype: 'bfloat16',
      kv_cache_dtype: 'bfloat16',
      batch_size: 4,
      num_heads: 32,
      num_key_value_heads: 8,
      head_dim: 128,
    };
    const latent = { device, mla_dtype: 'bfloat16', kv_cache_dtype: 'bfloat16', num_heads: 16, batch_size: 4, tp_size: 8 };
    const rows = [
      gemm,
      { ...attention, id: 1, op: 'context_attention', isl: 2048, step: 0, window_size: 0 },
      { ...attention, id: 2, op: 'generation_attention', isl: 1, step: 2047, window_size: 0 },
      { ...latent, id: 3, op: 'context_mla', isl: 2048, step: 0 },
      { ...latent, id: 4, op: 'generation_mla', isl: 1, step: 2047 },
      {
        id: 5,
        op: 'moe',
        device,
        moe_dtype: 'fp8',
        num_tokens: 512,
        hidden_size: 4096,
        inter_size: 14336,
        topk: 2,
        num_experts: 8,
        moe_tp_size: 2,
        moe_ep_size: 1,
        distribution: 'balanced',
      },
      { id: 6, op: 'nccl', device, op_name: 'all_reduce', nccl_dtype: 'half', num_gpus: 8, message_size: 268435456 },
      { id: 7, op: 'custom_allreduce', device, allreduce_dtype: 'bfloat16', num_gpus: 4, message_size: 65536 },
    ];
    for (const [index, answer] of (await predicted(rows)).entries()) {
      expect(answer.error).toBeUndefined();
      expect(answer.id).toBe(rows[index]?.id);
      expect(answer.latency_ms).toBeGreaterThan(0);
      expect(answer.low).toBeLessThanOrEqual(answer.latency_ms ?? 0);
      expect(answer.high).toBeGreaterThanOrEqual(answer.latency_ms ?? 0);
      expect(answer.power_w).toBeGreaterThan(0);
    }
  });

  test('is near what was measured', async () => {
    // 8-GPU half all-reduce of 268435456 elements on H100: 2.11 ms (aiconfigurator, nccl table).
    const [product, sum] = await predicted([
      gemm,
      { op: 'nccl', device: 'h100', op_name: 'all_reduce', nccl_dtype: 'half', num_gpus: 8, message_size: 268435456 },
    ]);
    // Versions of NCCL lie apart, and one answer stands for all of them.
    expect(sum?.low).toBeLessThan(2.11);
    expect(sum?.high).toBeGreaterThan(2.11);
    // 137 GFLOP at 989 TFLOP/s take 0.139 ms at the least.
    expect(product?.latency_ms).toBeGreaterThan(0.139);
    expect(product?.latency_ms).toBeLessThan(0.25);
    expect(product?.power_w).toBeGreaterThan(200);
  });

  test('reads numbers given as text, other spellings of columns, formats and devices', async () => {
    const [one, two, three] = await predicted([
      gemm,
      { ...gemm, device: 'NVIDIA H100 80GB HBM3', gemm_dtype: 'torch.bfloat16', m: '4096', n: '4096', k: '4096' },
      { ID: 1, OP: 'GEMM', Device: 'H100', Backend: 'vLLM', dtype: 'BF16', M: 4096, N: 4096, K: 4096 },
    ]);
    expect(two?.latency_ms).toBe(one?.latency_ms);
    expect(three?.latency_ms).toBe(one?.latency_ms);
  });

  test('answers for devices that were not measured, with a wider band', async () => {
    const devices = ['h100_sxm', 'h200_sxm', 'rtx_pro_6000_server', 'l4', 'mi300x', 'a30', 'h20', 'rtx 4090', 'v100'];
    const answers = await predicted(devices.map((device) => ({ ...gemm, device })));
    for (const answer of answers) expect(answer.error).toBeUndefined();
    const width = (answer: Prediction | undefined) => (answer?.high ?? 0) / (answer?.low ?? 1);
    expect(width(answers[2])).toBeGreaterThan(width(answers[0]));
  });

  test('says of each row it cannot answer why', async () => {
    const answers = await predicted([
      { ...gemm, op: 'conv' },
      { id: 'a', op: 'context_attention', device: 'tpu v5e', batch_size: 1, isl: 8, num_heads: 1 },
      { ...gemm, device: 'z9000' },
      { ...gemm, gemm_dtype: 'fp3' },
      { ...gemm, m: -4 },
      { ...gemm, m: 'many' },
      { id: 'g', op: 'gemm', device: 'h100_sxm', gemm_dtype: 'fp8', m: 1, n: 2 },
      'no json',
      '[1]',
      { id: 'n', op: 'nccl', device: 'h100_sxm', op_name: 'gossip', num_gpus: 4, message_size: 1024 },
    ]);
    const reasons = [
      /^op is "conv", .* known are gemm/,
      /is not a GPU of the kind/,
      /^the device "z9000" is not among the data sheets\.$/,
      /^gemm_dtype is "fp3", .* known are bfloat16, fp8/,
      /^m is -4; a whole number from 1 up is needed\.$/,
      /^m is "many", which is no number\.$/,
      /^the column k is missing\.$/,
      /^this line is no JSON/,
      /^a row is an object of columns\.$/,
      /^op_name is "gossip", which was never measured/,
    ];
    for (const [index, reason] of reasons.entries()) expect(answers[index]?.error).toMatch(reason);
    for (const answer of answers) expect(answer.latency_ms).toBeNull();
  });

  test('gives one object with --json, and refuses a file that is not there', async () => {
    const folder = folderWith({ 'cases.jsonl': JSON.stringify(gemm) });
    const { out } = await rooflint(['predict', '--cases', 'cases.jsonl', '--json', '--no-native'], folder);
    expect(JSON.parse(out)).toMatchObject({ rows: [{ id: 'a' }], summary: { rows: 1, refused: 0 } });
    expect((await rooflint(['predict', '--cases', 'none.jsonl'], folder)).code).toBe(2);
  });
});
