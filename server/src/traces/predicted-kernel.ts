/** What the slices of a trace that Rooflint exported stand for (core/schedules/chrome-trace.ts): passes, transfers, and what follows them. */
import type { Collective } from '../core/measured/collective.ts';
import type { KernelKind } from '../core/measured/kernel-kind.ts';

interface What {
  readonly kind: KernelKind;
  readonly collective?: Collective;
}

const afterwards: Readonly<Record<string, What>> = {
  'Gradient reduction': { kind: 'all-reduce', collective: { kind: 'all-reduce', group: 'data' } },
  'Parameter gather': { kind: 'all-gather', collective: { kind: 'all-gather', group: 'data' } },
  Optimizer: { kind: 'optimizer' },
};

export function predictedKernel(name: string, category: string): What {
  if (category === 'transfer') return { kind: 'send-recv', collective: { kind: 'send-recv', group: 'pipeline' } };
  return afterwards[name] ?? { kind: 'pass' };
}
