/** Rules about kernels: what they see and what they report. */
import type { Severity } from '../finding.ts';
import type { Accelerator } from '../hardware.ts';
import type { Range } from '../origin.ts';
import type { Architecture } from './architecture.ts';
import type { KernelConfiguration } from './configuration.ts';
import type { Kernel, KernelFile, KernelLanguage } from './facts.ts';

/** A GPU the kernels may run on. */
export interface KernelDevice {
  readonly label: string;
  readonly architecture: Architecture;
  readonly accelerator: Accelerator;
}

export interface KernelTextChange {
  readonly range: Range;
  readonly text: string;
}

export interface KernelFix {
  readonly title: string;
  readonly changes: readonly KernelTextChange[];
}

export interface KernelFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly range: Range;
  /** Other places that take part. */
  readonly related: readonly { readonly range: Range; readonly message: string }[];
  /** One short line, understandable alone, without a full stop. */
  readonly what: string;
  /** Why it matters, in one short sentence without a full stop. */
  readonly why: string;
  readonly advice?: string;
  readonly fixes: readonly KernelFix[];
}

export type ReportKernel = (
  finding: Omit<KernelFinding, 'rule' | 'severity' | 'related' | 'fixes'> & Partial<Pick<KernelFinding, 'severity' | 'related' | 'fixes'>>,
) => void;

export interface KernelRuleInput {
  readonly file: KernelFile;
  /** Every launch of every kernel; a kernel without a known launch stands for itself. */
  readonly configurations: readonly KernelConfiguration[];
  readonly kernels: readonly Kernel[];
  /** The GPU of the settings or of a comment; several usual ones where none is named, and then a verdict must hold on all of them. */
  readonly devices: readonly KernelDevice[];
  readonly isDeviceNamed: boolean;
  readonly text: string;
  readonly report: ReportKernel;
}

export interface KernelRule {
  readonly id: string;
  readonly group: 'kernels';
  readonly severity: Severity;
  readonly languages: readonly KernelLanguage[];
  /** Rests on a compiler's word, so it is asked only where there is one. */
  readonly needsCompiler?: true;
  readonly check: (input: KernelRuleInput) => void;
}

/** Defines a rule; languages are CUDA and HIP unless told. */
export function defineKernelRule(rule: Omit<KernelRule, 'group' | 'languages'> & Partial<Pick<KernelRule, 'languages'>>): KernelRule {
  return { group: 'kernels', languages: ['cuda', 'hip'], ...rule };
}
