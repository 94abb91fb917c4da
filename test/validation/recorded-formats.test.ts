import { describe, expect, test } from 'vitest';
import { readRows } from '../../server/src/validation/row.ts';
import { rowToJob } from '../../server/src/validation/row-to-job.ts';
import { tableCatalog } from '../../server/src/validation/table-catalog.ts';

/** What is assumed of a small row on eight GPUs. */
function assumedOf(row: Record<string, unknown>): Record<string, string> {
  const model = { layers: 8, hidden: 1024, heads: 8, ffn: 4096, vocab: 50000, seq: 1024 };
  const text = JSON.stringify({ id: 'x', kind: 'memory', model, hardware: { gpu: 'A100 80GB', gpus: 8 }, batch: { micro: 1 }, ...row });
  const [reading] = readRows(text);
  const mapping = reading && 'row' in reading ? rowToJob(reading.row.input, tableCatalog) : undefined;
  if (!mapping || 'refused' in mapping) throw new Error('refused');
  return Object.fromEntries((mapping.candidates[0]?.assumptions ?? []).map(({ field, value }) => [field ?? '', value]));
}

describe('formats and kernels that a row does not state are recorded', () => {
  test('stored weights and gradients', () => {
    expect(assumedOf({ source: 'torchtitan', numerics: { compute: 'bf16' } })['precision.params']).toBe('fp32 weights, fp32 gradients');
    const stated = assumedOf({ source: 'torchtitan', numerics: { compute: 'bf16', param: 'fp32 shards' } });
    expect(stated).toMatchObject({ 'precision.gradients': 'fp32' });
    expect(stated).not.toHaveProperty('precision.params');
  });

  test('adapters and fused kernels', () => {
    const numerics = { param: 'bf16', compute: 'bf16' };
    expect(assumedOf({ source: 'torchtune README', task: 'LoRA', numerics })['adapter.format']).toBe('bf16');
    expect(assumedOf({ source: 'fms, SFTTrainer', task: 'LoRA', numerics, kernels: 'foak-fast-kernels' })['kernels.fusedMlp']).toBe(
      'false',
    );
    expect(assumedOf({ source: 'fms, SFTTrainer', task: 'LoRA', numerics })).not.toHaveProperty('kernels.fusedMlp');
  });
});
