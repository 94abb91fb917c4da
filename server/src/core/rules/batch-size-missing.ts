/** DeepSpeed can compute two of its three batch keys, but not all of them. */
import { defineRule } from '../finding.ts';
import { isLeftOut } from './shared/origins.ts';

export const batchSizeMissing = defineRule({
  id: 'batch-size-missing',
  group: 'batch',
  severity: 'info',
  frameworks: ['deepspeed'],
  reads: ['zero.stage'],
  mayRead: ['batch.global', 'batch.micro', 'batch.accumulation'],
  check({ sources, report }) {
    if (!isLeftOut(sources, 'batch.global') || !isLeftOut(sources, 'batch.micro')) return;
    report({
      at: isLeftOut(sources, 'batch.accumulation') ? 'zero.stage' : 'batch.accumulation',
      related: ['zero.stage'],
      what: 'Neither train_batch_size nor train_micro_batch_size_per_gpu is given',
      why: 'DeepSpeed stops unless the program that loads this file fills one of them in',
      advice: 'add train_micro_batch_size_per_gpu, or "auto" when the Hugging Face Trainer sets it',
    });
  },
});
