/** Tokens per second, MFU, HFU and cost, as terms. */
import { type CountedFlops, countedFlops } from '../compute/flops.ts';
import { type ConventionInfo, flopsConventions } from '../compute/flops-conventions.ts';
import type { TrainingEstimate } from '../estimate.ts';
import type { TrainingJob } from '../estimate-inputs.ts';
import type { FlopsConvention } from '../job-fields.ts';
import type { Band, Term, TermInput } from '../term.ts';
import { rateBand, scaledBand } from './time-bands.ts';

interface Counted extends CountedFlops {
  readonly info: ConventionInfo;
}

/** Rates of FLOPs and their shares of the peak, all by the job's convention; MFU by the others stands below it. */
function flopsTerms(job: TrainingJob, band: Band, tokens: number, gpus: number, step: number, peak: number) {
  const stepInput = { name: 'step', value: step, from: 'time.step' };
  const format = job.precision.compute;
  const peakInput = { name: 'peak', value: peak, field: 'cluster.gpu' as const, from: `dense ${format} rate of the data sheet` };
  const rate = ({ info, ...flops }: Counted, kind: 'model' | 'hardware', share: boolean, id: string, label: string): Term => {
    const value = flops[kind] / step / gpus / (share ? peak : 1);
    const from = `${info.formula}${kind === 'hardware' ? '; recomputation included' : ''}`;
    return {
      id: `throughput.${id}`,
      label,
      value,
      unit: share ? '1' : 'FLOP/s',
      formula: share ? `${kind} FLOPs / (step * GPUs * peak)` : `${kind} FLOPs / step / GPUs`,
      inputs: [
        stepInput,
        { name: `${kind} FLOPs`, value: flops[kind], field: 'report.mfuConvention', from },
        ...(share ? [peakInput] : []),
      ],
      source: info.source,
      band: rateBand(value, step, band),
      note: `${info.label}'s FLOPs: ${info.formula}`,
    };
  };
  const by = (id: FlopsConvention): Counted => ({ info: flopsConventions[id], ...countedFlops(job, tokens, id) });
  const chosen = by(job.mfuConvention);
  const others = (Object.keys(flopsConventions) as FlopsConvention[]).filter((id) => id !== job.mfuConvention);
  return {
    modelFlopsPerGpu: rate(chosen, 'model', false, 'model-flops', 'Model FLOP/s per GPU'),
    hardwareFlopsPerGpu: rate(chosen, 'hardware', false, 'hardware-flops', 'Hardware FLOP/s per GPU'),
    mfu: {
      ...rate(chosen, 'model', true, 'mfu', 'MFU'),
      combine: 'none' as const,
      children: others.map((id) => rate(by(id), 'model', true, `mfu.${id}`, 'MFU')),
    },
    hfu: rate(chosen, 'hardware', true, 'hfu', 'HFU'),
  };
}

export function throughputTerms(
  job: TrainingJob,
  band: Band,
  tokens: number,
  gpus: number,
  step: number,
  peak: number,
): TrainingEstimate['throughput'] {
  const inputs = [
    { name: 'step', value: step, from: 'time.step' },
    { name: 'tokens', value: tokens, field: 'batch.global' as const },
  ];
  const rate = (id: string, label: string, value: number, formula: string, more: readonly TermInput[] = []): Term => ({
    id: `throughput.${id}`,
    label,
    value,
    unit: 'tokens/s',
    formula,
    inputs: [...inputs, ...more],
    band: rateBand(value, step, band),
  });
  return {
    tokensPerSecond: rate('tokens', 'Tokens per second', tokens / step, 'tokens / step'),
    tokensPerSecondPerGpu: rate('tokens-per-gpu', 'Tokens per second and GPU', tokens / step / gpus, 'tokens / step / GPUs', [
      { name: 'GPUs', value: gpus, field: 'cluster.gpus' },
    ]),
    ...flopsTerms(job, band, tokens, gpus, step, peak),
  };
}

export function costTerms(job: TrainingJob, band: Band, gpus: number, step: number, tokens: number): TrainingEstimate['cost'] {
  const price = job.cluster.pricePerGpuHour;
  if (price === undefined) return undefined;
  const perStep = (price * gpus * step) / 3600;
  const inputs = [
    { name: 'price', value: price, field: 'cluster.pricePerGpuHour' as const },
    { name: 'GPUs', value: gpus, field: 'cluster.gpus' as const },
  ];
  const term = (id: string, label: string, value: number, formula: string): Term => ({
    id: `cost.${id}`,
    label,
    value,
    unit: 'USD',
    formula,
    inputs,
    band: scaledBand(value, step, band),
  });
  return {
    perStep: term('per-step', 'Cost of a step', perStep, 'price * GPUs * step / 3600'),
    perBillionTokens: term('per-billion-tokens', 'Cost of a billion tokens', (perStep / tokens) * 1e9, 'cost of a step / tokens * 1e9'),
  };
}
