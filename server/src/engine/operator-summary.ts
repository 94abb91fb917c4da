/** An operator of PyTorch in one line: its size, its work, and its time on the GPUs looked at. */
import type { KernelDevice } from '../core/kernels/kernel-rule.ts';
import { type KnownOperator, type OperatorFigures, operatorFigures } from '../core/kernels/operators/figures.ts';
import { formatBytes, formatSeconds, formatTerm, formatValue } from './format.ts';

/** `173 µs (139 to 225)`. */
export function operatorTime({ seconds, low, high }: OperatorFigures): string {
  const basis = 'p90 error of published times of single kernels (docs/accuracy.md)';
  return formatTerm({ id: 'operator.time', label: 'time', value: seconds, unit: 's', band: { low, high, basis } });
}

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
  const time = others.length === 0 ? operatorTime(first) : `${formatSeconds(low)} to ${formatSeconds(high)}`;
  return [...work, formatBytes(first.bytes), `${Math.round(first.intensity)} FLOP/B`, `${time} on ${where}, ${bounds}-bound`].join(' · ');
}
