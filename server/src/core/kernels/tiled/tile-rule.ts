/** Rules about kernels of tile languages. */
import type { Severity } from '../../finding.ts';
import type { KernelDevice, ReportKernel } from '../kernel-rule.ts';
import type { TileConfiguration } from './configuration.ts';
import type { TileDialect, TileFile } from './facts.ts';

export interface TileRuleInput {
  readonly file: TileFile;
  readonly configurations: readonly TileConfiguration[];
  /** The GPU that is named; several usual ones where none is, and then a verdict must hold on all of them. */
  readonly devices: readonly KernelDevice[];
  readonly isDeviceNamed: boolean;
  readonly report: ReportKernel;
}

export interface TileRule {
  readonly id: string;
  readonly group: 'kernels';
  readonly severity: Severity;
  readonly languages: readonly TileDialect[];
  readonly check: (input: TileRuleInput) => void;
}

/** The rule sees only kernels of its languages. */
export function defineTileRule(rule: Omit<TileRule, 'group'>): TileRule {
  return {
    group: 'kernels',
    ...rule,
    check: (input) =>
      rule.check({ ...input, configurations: input.configurations.filter(({ kernel }) => rule.languages.includes(kernel.dialect)) }),
  };
}
