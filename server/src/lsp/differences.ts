/** The numbers of two jobs side by side, for the panel: what a change or another file gives, and which way is better. */
import type { ServingEstimate, TrainingEstimate } from '../core/estimate.ts';
import type { Term } from '../core/term.ts';
import type { JobAnalysis } from '../engine/analysis.ts';
import { formatNumber, formatPercent, formatTerm } from '../engine/format.ts';
import { conventionOf } from '../engine/terms.ts';
import type { DifferenceRow } from '../protocol/what-if.ts';

type Better = 'less' | 'more';

/** Most pipeline ranks whose memory gets a row of its own. */
const mostStages = 16;

/** Rows of what both estimates have; none where one side has no estimate. */
export function differencesOf(before: JobAnalysis, after: JobAnalysis): readonly DifferenceRow[] {
  if (!('estimate' in before.result) || !('estimate' in after.result)) return [];
  const [a, b] = [before.result.estimate, after.result.estimate];
  if (a.kind === 'training' && b.kind === 'training') {
    const sameWork =
      before.job['batch.global'] === after.job['batch.global'] && before.job['sequence.length'] === after.job['sequence.length'];
    return training(a, b, sameWork);
  }
  return a.kind === 'serving' && b.kind === 'serving' ? serving(a, b) : [];
}

function training(a: TrainingEstimate, b: TrainingEstimate, sameWork: boolean): readonly DifferenceRow[] {
  const exposed = b.communication.flatMap((after): DifferenceRow[] => {
    const before = a.communication.find(({ id }) => id === after.id);
    return before && before.busy.value === 0 && after.busy.value === 0
      ? []
      : [ofTerms(exposedLabel(after.label), before?.exposed, after.exposed, 'less', 'Seconds of a step that computation waits for it')];
  });
  const gone = a.communication.filter(({ id }) => b.communication.every((after) => after.id !== id));
  return [
    ofNumbers('GPUs', a.gpus, b.gpus, formatNumber),
    ofTerms('Step time', a.time.step, b.time.step, sameWork ? 'less' : undefined),
    ofTerms('Tokens/s', a.throughput.tokensPerSecond, b.throughput.tokensPerSecond, 'more'),
    ofTerms(
      b.memory.stages.length > 1 ? 'Memory, fullest stage' : 'Memory per GPU',
      a.memory.stages[a.memory.worstStage]?.device,
      b.memory.stages[b.memory.worstStage]?.device,
      'less',
      'As nvidia-smi shows it',
    ),
    ofShares(`${conventionOf(b.throughput.mfu) ?? ''} MFU`.trimStart(), a.throughput.mfu, b.throughput.mfu, 'more'),
    ofShares('Bubble', a.time.shares.bubble, b.time.shares.bubble, 'less', 'Share of the step a GPU waits for other stages'),
    ofShares(
      'Exposed communication',
      a.time.shares.exposedCommunication,
      b.time.shares.exposedCommunication,
      'less',
      'Share of the step computation waits for the network',
    ),
    ...cost('Cost per billion tokens', a.cost?.perBillionTokens, b.cost?.perBillionTokens),
    ...memory(a, b),
    ...[...exposed, ...gone.map(({ label, exposed: before }) => ofTerms(exposedLabel(label), before, undefined, 'less'))].map(asDetail),
  ];
}

/** Inside a phrase only abbreviations keep their capitals. */
const exposedLabel = (label: string): string =>
  `Exposed ${/^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label}`;

/** Of every pipeline rank, while there are few. */
function memory(a: TrainingEstimate, b: TrainingEstimate): readonly DifferenceRow[] {
  const [before, after] = [a.memory.stages, b.memory.stages];
  const most = Math.max(before.length, after.length);
  if (most === 1 || most > mostStages) return [];
  return Array.from({ length: most }, (_, stage) =>
    asDetail(ofTerms(`Memory, stage ${stage}`, before[stage]?.device, after[stage]?.device, 'less', 'As nvidia-smi shows it')),
  );
}

const asDetail = (row: DifferenceRow): DifferenceRow => ({ ...row, detail: true });

function serving(a: ServingEstimate, b: ServingEstimate): readonly DifferenceRow[] {
  return [
    ofNumbers('GPUs', a.gpus, b.gpus, formatNumber),
    ofTerms('Memory per GPU', a.memory.total, b.memory.total, 'less'),
    ofTerms('KV cache', a.kvTokens, b.kvTokens, 'more'),
    ofTerms('Full contexts at once', a.concurrency, b.concurrency, 'more'),
    ofTerms(
      `TPOT at batch ${formatNumber(b.decode.batch)}`,
      a.decode.timePerToken,
      b.decode.timePerToken,
      a.decode.batch === b.decode.batch ? 'less' : undefined,
    ),
    ...(a.load && b.load ? [ofTerms('Sustained by one replica', a.load.sustainedRate, b.load.sustainedRate, 'more')] : []),
    ...cost('Cost per million tokens', a.cost?.perMillionTokens, b.cost?.perMillionTokens),
  ];
}

const cost = (label: string, before: Term | undefined, after: Term | undefined): readonly DifferenceRow[] =>
  before && after ? [ofTerms(label, before, after, 'less')] : [];

function ofTerms(label: string, before: Term | undefined, after: Term | undefined, better?: Better, title?: string): DifferenceRow {
  const text = (term: Term | undefined): string => (term ? formatTerm(term) : 'none');
  return rowOf(label, before?.value, after?.value, text(before), text(after), better, title);
}

function ofNumbers(label: string, before: number, after: number, format: (value: number) => string, better?: Better, title?: string) {
  return rowOf(label, before, after, format(before), format(after), better, title);
}

/** Shares differ in points: a tenth of a tenth is no tenth. */
function ofShares(label: string, before: Term | number, after: Term | number, better: Better, title?: string): DifferenceRow {
  const numberOf = (share: Term | number): number => (typeof share === 'number' ? share : share.value);
  const textOf = (share: Term | number): string => (typeof share === 'number' ? formatPercent(share) : formatTerm(share));
  const [from, to] = [numberOf(before), numberOf(after)];
  const points = (100 * (to - from)).toFixed(1).replace('-', '−');
  const same = Math.abs(to - from) < 0.0005;
  return {
    ...rowOf(label, from, to, textOf(before), textOf(after), same ? undefined : better, title),
    change: same ? noChange : `${to > from ? '+' : ''}${points} points`,
  };
}

function rowOf(
  label: string,
  from: number | undefined,
  to: number | undefined,
  before: string,
  after: string,
  better: Better | undefined,
  title: string | undefined,
): DifferenceRow {
  const change = changeText(from, to);
  const differs = from !== undefined && to !== undefined && change !== noChange;
  const verdict = differs && better !== undefined ? (to > from === (better === 'more') ? 'better' : 'worse') : undefined;
  return { label, before, after, change, ...(verdict === undefined ? {} : { verdict }), ...(title === undefined ? {} : { title }) };
}

const noChange = 'no change';

function changeText(from: number | undefined, to: number | undefined): string {
  if (from === undefined || to === undefined) return from === to ? noChange : from === undefined ? 'new' : 'gone';
  if (from === 0) return to === 0 ? noChange : 'new';
  const percent = 100 * (to / from - 1);
  if (Math.abs(percent) < 0.05) return noChange;
  return `${percent > 0 ? '+' : '−'}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
}
