/** What neighbouring values of the fields people turn would give. */
import type { EstimateResult } from '../core/estimate.ts';
import { fieldInfo } from '../core/fields.ts';
import type { JobField } from '../core/job-fields.ts';
import { formatFieldValue, formatTerm } from '../engine/format.ts';
import { worstStageOf } from '../engine/terms.ts';
import { plain, tableOf } from './markdown-text.ts';
import type { ReportSubject } from './subject.ts';
import { quantityLabel } from './term-words.ts';

const trainingFields: readonly JobField[] = [
  'parallel.tensor',
  'parallel.pipeline',
  'parallel.virtualStages',
  'batch.micro',
  'recompute.granularity',
  'zero.stage',
  'attention.kernel',
  'sequence.length',
];
const servingFields: readonly JobField[] = [
  'parallel.tensor',
  'serving.maxModelLen',
  'serving.gpuMemoryUtilization',
  'serving.kvCacheDtype',
];

const verdicts = { yes: 'yes', no: 'no', close: 'perhaps' } as const;

/** One table over all fields; undefined when there is nothing to compare. */
export function alternativesSection({ job, alternatives }: ReportSubject): string | undefined {
  if (alternatives === undefined || !('estimate' in job.result)) return undefined;
  const { estimate } = job.result;
  const training = estimate.kind === 'training';
  const rows: string[][] = [];
  for (const field of training ? trainingFields : servingFields) {
    const values = alternatives(field);
    if (values.length < 2) continue;
    for (const { value, current, result } of values) {
      rows.push([`${plain(fieldInfo[field].short)} ${plain(formatFieldValue(value))}${current ? ' (now)' : ''}`, ...resultCells(result)]);
    }
  }
  if (rows.length === 0) return undefined;
  const head = training
    ? ['change', 'memory per GPU', 'fits', 'step', plain(quantityLabel(estimate.throughput.mfu))]
    : ['change', 'memory per GPU', 'fits', 'KV cache', 'full contexts'];
  return ['## What if', 'One value at a time, everything that follows from it worked out again.', tableOf(head, rows, [1, 3, 4])].join(
    '\n\n',
  );
}

function resultCells(result: EstimateResult): string[] {
  if ('refusal' in result) return [plain(result.refusal.why), '', '', ''];
  const { estimate } = result;
  if (estimate.kind === 'serving') {
    const { memory, kvTokens, concurrency } = estimate;
    return [plain(formatTerm(memory.total)), verdicts[memory.fits], plain(formatTerm(kvTokens)), plain(formatTerm(concurrency))];
  }
  const worst = worstStageOf(estimate);
  const { memory, time, throughput } = estimate;
  return [
    worst ? plain(formatTerm(worst.device)) : '',
    verdicts[memory.fits],
    plain(formatTerm(time.step)),
    plain(formatTerm(throughput.mfu)),
  ];
}
