/** What a kernel computes, in a few words for a lens or a line: "2 * K * M * N FLOPs", or with sizes its intensity, bound and time. */
import type { KernelConfiguration } from '../core/kernels/configuration.ts';
import { type Polynomial, sum, textOf } from '../core/kernels/intensity/polynomial.ts';
import type { TritonKernel } from '../core/kernels/triton/facts.ts';
import type { KernelsAnalysis } from './analysis.ts';
import { formatTerm } from './format.ts';
import { boundText, timeTerm } from './kernel-terms.ts';
import { type KernelWork, kernelWork, tritonWork } from './kernel-work.ts';

/** Longer formulas are for the hover. */
const longest = 48;

const degree = (powers: Polynomial[number]['powers']): number => powers.reduce((all, [, power]) => all + power, 0);

/** The terms of the highest degree, which decide for large sizes. */
function leading(count: Polynomial): Polynomial {
  const most = Math.max(...count.map(({ powers }) => degree(powers)));
  return count.filter(({ powers }) => degree(powers) === most);
}

export function workText(work: KernelWork): string | undefined {
  if (work.intensity.unread.length > 0) return undefined;
  const all = sum(...work.intensity.flops.map(({ count }) => count));
  const [only, ...others] = work.roofs;
  if (only) {
    const place = `${Number(only.roof.intensity.toPrecision(3))} FLOP/B`;
    const times = work.roofs.map(timeTerm);
    const [first] = times;
    const bounds = [...new Set(work.roofs.map(({ roof }) => boundText(roof)))].join(' or ');
    const value = (seconds: number): string => formatTerm({ id: 'kernel.time', label: '', value: seconds, unit: 's' });
    const range = times.map(({ value: seconds }) => seconds);
    const time =
      others.length === 0 && first
        ? formatTerm(first)
        : `${value(Math.min(...range))} to ${value(Math.max(...range))} on ${times.length} usual GPUs`;
    return [all.length === 0 ? undefined : place, bounds, time].filter((part) => part !== undefined).join(' · ');
  }
  if (all.length === 0) return undefined;
  const text = textOf(leading(all));
  return text.length > longest ? undefined : `${text} FLOPs`;
}

/** The same of a Triton kernel, by its first configuration. */
export function tritonWorkSummary(kernels: KernelsAnalysis, kernel: TritonKernel): string | undefined {
  const first = kernels.triton?.configurations.find((one) => one.kernel === kernel);
  const work = first && tritonWork(kernels, first);
  return work && workText(work);
}

export function workSummary(kernels: KernelsAnalysis, configuration: KernelConfiguration): string | undefined {
  const work = kernelWork(kernels, configuration);
  return work && workText(work);
}
