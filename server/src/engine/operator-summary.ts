/** An operator of PyTorch in one line: its size, its work, and its time on the GPUs looked at. */
import type { KernelDevice } from '../core/kernels/kernel-rule.ts';
import { type KnownOperator, operatorFigures } from '../core/kernels/operators/figures.ts';
import { formatBytes, formatSeconds, formatValue } from './format.ts';

export function operatorSummary(operator: KnownOperator, devices: readonly KernelDevice[]): string {
  const found = devices.flatMap(({ label, accelerator }) => {
    const figures = operatorFigures(operator, accelerator);
    return figures ? [{ label, ...figures }] : [];
  });
  const [first, ...others] = found;
  const work = [`${operator.sizes} ${operator.format}${operator.isFormatAssumed ? ' assumed' : ''}`, formatValue(operator.flops, 'FLOP')];
  if (!first) return work.join(' · ');
  const times = found.map(({ seconds }) => seconds);
  const [low, high] = [Math.min(...times), Math.max(...times)];
  const bounds = [...new Set(found.map(({ bound }) => bound))].join(' or ');
  const where = others.length === 0 ? first.label.replace(/^NVIDIA /, '') : `${found.length} usual GPUs`;
  const time = low === high ? formatSeconds(low) : `${formatSeconds(low)} to ${formatSeconds(high)}`;
  return [...work, formatBytes(first.bytes), `${Math.round(first.intensity)} FLOP/B`, `${time} on ${where}, ${bounds}-bound`].join(' · ');
}
