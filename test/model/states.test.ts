import { describe, expect, it } from 'vitest';
import { stateBytes } from '../../server/src/core/memory/states.ts';
import { trainingJob } from './shapes.ts';

/** Rajbhandari et al. 2020, figure 1, and Megatron-LM's table of the distributed optimizer: bytes per parameter. */
describe('bytes per parameter of weights, gradients and optimizer', () => {
  const d = 16;
  it.each([
    ['Megatron, bf16 with fp32 gradients', {}, 'megatron-distributed-optimizer', 0, 18],
    ['the same with the distributed optimizer', {}, 'megatron-distributed-optimizer', 1, 6 + 12 / d],
    ['bf16 gradients and the distributed optimizer', { 'precision.gradients': 'bf16' }, 'megatron-distributed-optimizer', 1, 4 + 12 / d],
    ['ZeRO 0', { 'precision.compute': 'fp16', 'precision.gradients': 'fp16' }, 'deepspeed', 0, 16],
    ['ZeRO 0 in bf16, where DeepSpeed divides the optimizer itself', { 'precision.gradients': 'bf16' }, 'deepspeed', 0, 4 + 12 / d],
    ['ZeRO 1', { 'precision.gradients': 'bf16' }, 'deepspeed', 1, 4 + 12 / d],
    ['ZeRO 2', { 'precision.gradients': 'bf16' }, 'deepspeed', 2, 2 + 14 / d],
    ['ZeRO 3', { 'precision.gradients': 'bf16' }, 'deepspeed', 3, 16 / d],
    ['FSDP2 with fp32 shards', { 'precision.params': 'fp32' }, 'fsdp2', 3, 16 / d],
    ['SGD', { 'optimizer.kind': 'sgd' }, 'megatron-distributed-optimizer', 0, 14],
  ] as const)('%s', (_name, fields, implementation, stage, perParameter) => {
    const bytes = stateBytes(trainingJob({ ...fields, 'zero.implementation': implementation, 'zero.stage': stage }));
    const sum =
      bytes.weights / bytes.weightShards + bytes.gradients / bytes.gradientShards + (bytes.master + bytes.moments) / bytes.optimizerShards;
    expect(sum).toBeCloseTo(perParameter, 9);
  });
});
