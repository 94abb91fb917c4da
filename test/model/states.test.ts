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
    // DeepSpeed's bf16 optimizer divides its states by itself and adds gradients up in whole fp32 buffers.
    ['ZeRO 0 in bf16', { 'precision.gradients': 'bf16' }, 'deepspeed', 0, 6 + 12 / d],
    ['ZeRO 1 in bf16', { 'precision.gradients': 'bf16' }, 'deepspeed', 1, 6 + 12 / d],
    ['ZeRO 1', { 'precision.compute': 'fp16', 'precision.gradients': 'fp16' }, 'deepspeed', 1, 4 + 12 / d],
    ['ZeRO 2', { 'precision.gradients': 'bf16' }, 'deepspeed', 2, 2 + 14 / d],
    ['ZeRO 3', { 'precision.gradients': 'bf16' }, 'deepspeed', 3, 16 / d],
    ['FSDP2 of 16-bit weights with fp32 masters', {}, 'fsdp2', 3, 18 / d],
    ['bf16 moments', { 'optimizer.firstMoment': 'bf16', 'optimizer.secondMoment': 'bf16' }, 'megatron-distributed-optimizer', 1, 6 + 8 / d],
    ['SGD', { 'optimizer.kind': 'sgd' }, 'megatron-distributed-optimizer', 0, 14],
  ] as const)('%s', (_name, fields, implementation, stage, perParameter) => {
    const bytes = stateBytes(trainingJob({ ...fields, 'zero.implementation': implementation, 'zero.stage': stage }));
    const sum =
      bytes.weights / bytes.weightShards + bytes.gradients / bytes.gradientShards + (bytes.master + bytes.moments) / bytes.optimizerShards;
    expect(sum).toBeCloseTo(perParameter, 9);
  });
});
