/** How a source counts what it reports: FLOPs, which memory counter, and what its GB is. Told from words of the row only. */
import { flopsConventions } from '../core/compute/flops-conventions.ts';
import type { Assumption } from '../core/estimate.ts';
import type { FlopsConvention } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';
import { type Stack, stackOf } from './stack.ts';

export type MemoryCounter = 'allocated' | 'reserved' | 'device';

export interface Reporting {
  readonly flops: FlopsConvention;
  readonly memory: MemoryCounter;
  /** Bytes of what the source calls GB. */
  readonly gigabyte: number;
  /** Iterations of the source per optimizer step: it may call one micro batch an iteration. */
  readonly iterationIsMicroBatch: boolean;
  readonly assumptions: readonly Assumption[];
}

const gib = 2 ** 30;

/** Words of source and note, and the formula they mean; the first that is found wins. */
const formulas: readonly (readonly [RegExp, FlopsConvention])[] = [
  [/megatron-bridge/i, 'megatron-causal'],
  [/maxtext/i, 'maxtext'],
  [/llm-foundry|fms-fsdp|kempnerforge/i, 'llm-foundry'],
  [/older formula/i, 'layers-only'],
  [/torchtitan/i, 'torchtitan'],
];

/** Counters that the logging of a stack prints, where the row does not say which. */
const counters: Partial<Record<Stack, readonly [MemoryCounter, string]>> = {
  litgpt: ['allocated', 'litgpt prints torch.cuda.max_memory_allocated'],
  torchtune: ['allocated', 'torchtune/training/memory.py logs active and allocated peaks'],
  torchtitan: ['reserved', 'torchtitan/metrics.py logs max_reserved'],
  nanotron: ['allocated', 'nanotron logs max_memory_allocated as the peak'],
};

export function reportingOf(input: CaseInput): Reporting {
  const words = `${input.source ?? ''} ${input.note ?? ''}`;
  const stack = stackOf(input);
  const flops = formulas.find(([pattern]) => pattern.test(words))?.[1] ?? 'megatron';
  const [memory, counterWhy] = counterOf(input, stack);
  const binary = /GiB|1024/.test(input.note ?? '') || stack === 'torchtune' || stack === 'torchtitan';
  const { label, formula } = flopsConventions[flops];
  const assumptions: Assumption[] = [{ value: `${label}: ${formula}`, why: 'MFU and FLOP/s are counted as the source does' }];
  if (counterWhy !== undefined) assumptions.push({ value: `${memory} memory`, why: `the counter is not stated: ${counterWhy}` });
  return {
    flops,
    memory,
    gigabyte: binary ? gib : 1e9,
    iterationIsMicroBatch: /one iteration = one micro batch/i.test(input.note ?? ''),
    assumptions,
  };
}

/** Which of the three figures the row's peak is, and why it is taken for that; undefined when the row says so. */
function counterOf(input: CaseInput, stack: Stack): readonly [MemoryCounter, string | undefined] {
  const stated = input.memKind ?? '';
  if (/reserved/i.test(stated)) return ['reserved', undefined];
  if (/alloc|active/i.test(stated)) return ['allocated', undefined];
  if (/nvidia|device|smi/i.test(stated)) return ['device', undefined];
  const note = input.note ?? '';
  if (/peak reserved|max_reserved/i.test(note)) return ['reserved', undefined];
  if (/peak memory active|memory allocated/i.test(note)) return ['allocated', undefined];
  if (/max on first\/last nodes/i.test(note)) return ['device', 'read per node, so from nvidia-smi'];
  if (/qwenlm/i.test(input.source ?? '')) return ['device', 'totals over the GPUs of a run, as nvidia-smi lists them'];
  const usual = counters[stack];
  if (usual) return usual;
  if (/peft readme/i.test(input.source ?? '')) return ['allocated', 'the examples of peft print torch.cuda.max_memory_allocated'];
  return ['reserved', 'what the allocator holds is what most logs print'];
}
