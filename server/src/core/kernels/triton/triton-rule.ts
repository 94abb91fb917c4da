/** Rules about Triton kernels. */
import type { Severity } from '../../finding.ts';
import type { KernelDevice, ReportKernel } from '../kernel-rule.ts';
import type { TritonConfiguration } from './configuration.ts';
import type { TritonFile } from './facts.ts';

export interface TritonRuleInput {
  readonly file: TritonFile;
  readonly text: string;
  readonly configurations: readonly TritonConfiguration[];
  /** The GPU that is named; several usual ones where none is, and then a verdict must hold on all of them. */
  readonly devices: readonly KernelDevice[];
  readonly report: ReportKernel;
}

export interface TritonRule {
  readonly id: string;
  readonly group: 'kernels';
  readonly severity: Severity;
  readonly languages: readonly ['triton'];
  readonly check: (input: TritonRuleInput) => void;
}

export function defineTritonRule(rule: Omit<TritonRule, 'group' | 'languages'>): TritonRule {
  return { group: 'kernels', languages: ['triton'], ...rule };
}

/** "BM 128, BN 256, num_warps 8, num_stages 3". */
export function spelt({ values, numWarps, numStages }: TritonConfiguration): string {
  const own = [...values].filter(([name]) => name !== 'num_warps' && name !== 'num_stages').map(([name, value]) => `${name} ${value}`);
  return [...own, `num_warps ${numWarps}`, `num_stages ${numStages}`].join(', ');
}
