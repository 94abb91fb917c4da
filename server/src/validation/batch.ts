/** Sequence length and batch sizes of a row, and what is taken when they are not stated. */
import type { Assumption } from '../core/estimate.ts';
import type { PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';
import type { Stack } from './stack.ts';

/** Sequences per GPU that the software trains when nobody tells it, and where that default stands. */
const defaultMicro: Partial<Record<Stack, readonly [number, string]>> = {
  huggingface: [8, 'per_device_train_batch_size of transformers/training_args.py'],
  torchtune: [2, 'batch_size of the recipes in torchtune/recipes/configs'],
};

/** Batch sizes and sequence length; a sentence when what decides the answer is missing. */
export function batchOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): string | undefined {
  const batch = input.batch ?? {};
  const length = lengthOf(input, fields, assumptions);
  fields['sequence.length'] = length;
  const data = fields['parallel.data'] ?? 1;
  const global = batch.global ?? globalFromParts(batch, data, length) ?? usualGlobal(stack, fields, assumptions);
  fields['batch.global'] = global;
  if (global < data) return `a global batch of ${global} cannot be split over DP ${data}`;
  if (batch.micro !== undefined && batch.global !== undefined && global < data * batch.micro)
    return `a global batch of ${global} is less than DP ${data} x micro batch ${batch.micro}`;
  const perRank = Math.max(1, Math.round(global / data));
  fields['batch.micro'] = batch.micro ?? fields['batch.micro'] ?? microOf(input, perRank, assumptions);
  const accumulation = Math.max(1, Math.round(global / (data * fields['batch.micro'])));
  if (!(fields['batch.micro'] >= 1) || !(accumulation < 1e7))
    return `a micro batch of ${fields['batch.micro']} cannot make a batch of ${global}`;
  groupOfMicroBatches(input, accumulation, fields, assumptions);
  fields['batch.accumulation'] = accumulation;
  const whole = accumulation * data * fields['batch.micro'];
  if (whole !== global) {
    fields['batch.global'] = whole;
    assumptions.push({ field: 'batch.global', value: String(whole), why: `${global} is not a whole number of micro batches` });
  }
  return undefined;
}

/** The stated length; else what the data or the model makes likely. */
function lengthOf(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): number {
  const { tokens, global } = input.batch ?? {};
  const assumed = (value: number, why: string): number => {
    assumptions.push({ field: 'sequence.length', value: String(value), why: `sequence length not stated: ${why}` });
    return value;
  };
  const note = input.note ?? '';
  if (/variable sample lengths/i.test(note) && /baseline/i.test(input.technique ?? ''))
    return assumed(512, 'an instruction example, not packed');
  if (input.model?.seq !== undefined) return input.model.seq;
  if (tokens !== undefined && global !== undefined) return Math.max(1, Math.round(tokens / global));
  if (/padding-free/i.test(note)) return assumed(512, 'instruction examples without padding are a few hundred tokens long');
  if (/\(padded\)/i.test(note))
    return assumed(2048, 'a padded batch is as long as its longest example, and instruction examples seldom pass that');
  if (/short samples/i.test(note)) return assumed(128, 'short samples');
  if (/fine-?tun|full|lora|sft|alpaca/i.test(`${input.task ?? ''} ${input.source ?? ''}`)) return assumed(512, 'an instruction example');
  return assumed(Math.min(4096, fields['model.maxPositions'] ?? 2048), 'pre-training uses the length the model is made for');
}

function globalFromParts(batch: NonNullable<CaseInput['batch']>, data: number, length: number): number | undefined {
  if (batch.tokens !== undefined) return Math.max(1, Math.round(batch.tokens / length / data)) * data;
  if (batch.local !== undefined) return batch.local * data * (batch.grad_accum ?? 1);
  if (batch.micro !== undefined) return batch.micro * data * (batch.grad_accum ?? 1);
  return undefined;
}

/** Neither a micro batch nor a global batch is stated: the default of the software, and enough micro batches for a pipeline. */
function usualGlobal(stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): number {
  const [micro, where] = defaultMicro[stack] ?? [1, 'one sequence at a time'];
  fields['batch.micro'] = micro;
  assumptions.push({ field: 'batch.micro', value: String(micro), why: `micro batch not stated: ${where}` });
  const stages = fields['parallel.pipeline'] ?? 1;
  const count = stages > 1 ? 4 * stages : 1;
  const why =
    stages > 1
      ? 'global batch not stated: four micro batches per stage (Huang et al. 2019, GPipe, section 2)'
      : 'global batch not stated: no accumulation';
  assumptions.push({ field: 'batch.accumulation', value: String(count), why });
  return micro * count * (fields['parallel.data'] ?? 1);
}

/** torchtitan splits the local batch over as many micro batches as there are stages; else one sequence at a time. */
function microOf(input: CaseInput, perRank: number, assumptions: Assumption[]): number {
  const local = input.batch?.local;
  const stages = input.parallel?.pp ?? 1;
  const accumulation = input.batch?.grad_accum;
  if (local === undefined && accumulation !== undefined) return Math.max(1, Math.round(perRank / accumulation));
  const micro = local === undefined ? 1 : Math.max(1, Math.floor(local / stages));
  const why = local === undefined ? 'micro batch not stated' : 'the local batch is split into as many micro batches as there are stages';
  assumptions.push({ field: 'batch.micro', value: String(micro), why });
  return Math.min(micro, perRank);
}

/**
 * Interleaved pipelines run micro batches in groups, of one per stage unless the job says otherwise. A number that does
 * not divide by the stages needs another group size: the next that divides.
 */
function groupOfMicroBatches(input: CaseInput, accumulation: number, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const { pp = 1, vpp = 1 } = input.parallel ?? {};
  if (vpp <= 1 || pp <= 1 || accumulation % pp === 0 || accumulation < pp) return;
  const group =
    Array.from({ length: accumulation - pp }, (_, index) => pp + 1 + index).find((size) => accumulation % size === 0) ?? accumulation;
  fields['parallel.microBatchGroup'] = group;
  const why = `not stated, and ${accumulation} micro batches do not divide into groups of ${pp}`;
  assumptions.push({ field: 'parallel.microBatchGroup', value: String(group), why });
}
