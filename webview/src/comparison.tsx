/** The figures of what is shown, beside those of the file when something else is tried. */
import type { PanelJob } from '../../server/src/protocol/panel.ts';
import { bandOf } from './band-of.ts';
import { type Figures, figuresOf } from './figures.ts';
import { formatBytes, formatChange, formatCount, formatPercent, formatPoints, formatSeconds } from './format.ts';
import { differsFromFile, type PanelState } from './state.ts';
import { DifferenceTable } from './what-if/difference-table.tsx';
import { answerTo } from './what-if/trial.ts';

interface Row {
  readonly label: string;
  readonly title: string;
  readonly value: (of: Figures) => number;
  readonly text: (of: Figures) => string;
  readonly change: (from: number, to: number) => string;
  /** How far the figure may be off, where the estimate tells it. */
  readonly band?: (of: Figures, told: NonNullable<PanelJob['banded']>) => string | undefined;
  /** Which way is better; undefined where that depends on how much work a step is. */
  readonly better: (sameWork: boolean) => 'less' | 'more' | undefined;
}

const rows: readonly Row[] = [
  {
    label: 'Step time',
    title: 'Until the last stage is done with gradient reduction, optimizer and parameter gather',
    value: (of) => of.stepSeconds,
    text: (of) => formatSeconds(of.stepSeconds),
    band: ({ stepSeconds }, { step }) => bandOf(step, stepSeconds, formatSeconds),
    change: formatChange,
    better: (sameWork) => (sameWork ? 'less' : undefined),
  },
  {
    label: 'Micro batches per second',
    title: 'The throughput is proportional to it',
    value: (of) => of.microBatchesPerSecond,
    text: (of) => formatCount(of.microBatchesPerSecond),
    change: formatChange,
    better: () => 'more',
  },
  {
    label: 'Bubble',
    title: 'Share of the pipeline’s time that stages wait, on average over stages',
    value: (of) => of.bubbleShare,
    text: (of) => formatPercent(of.bubbleShare),
    change: formatPoints,
    better: () => 'less',
  },
  {
    label: 'Peak memory',
    title: 'Of the fullest stage: what it always holds and the activations alive at once',
    value: (of) => of.peakBytes,
    text: (of) => `${formatBytes(of.peakBytes)}, stage ${of.fullestStage}`,
    band: ({ peakBytes, fullestStage }, { memory }) => bandOf(memory[fullestStage], peakBytes, formatBytes),
    change: formatChange,
    better: () => 'less',
  },
];

export function Comparison({ state }: { readonly state: PanelState }) {
  const answer = differsFromFile(state) ? answerTo(state.trial, state.job.value, state.change.value) : undefined;
  if (!answer || answer.rows.length === 0) return <Simulated state={state} />;
  return (
    <section class="comparison" aria-label="Estimated figures">
      <DifferenceTable label="What is tried beside the file" rows={answer.rows} before="This file" after="Tried here" />
    </section>
  );
}

/** By this panel's own simulation: for the file, and until the host has worked out what is tried. */
function Simulated({ state }: { readonly state: PanelState }) {
  const shown = state.shown.value;
  const fromFile = state.fromFile.value;
  if (!shown || 'refused' in shown) return null;
  const now = figuresOf(shown);
  const file = fromFile && !('refused' in fromFile) ? figuresOf(fromFile) : undefined;
  const other = differsFromFile(state);
  const request = state.job.value?.request;
  const banded = other ? undefined : state.job.value?.banded;
  const sameWork = request?.microBatches === shown.request.microBatches;
  const approximate = other && request?.virtualStages !== shown.request.virtualStages;
  return (
    <section class="comparison" aria-label="Simulated figures">
      <table>
        <thead>
          <tr>
            <th scope="col">Simulated</th>
            <th scope="col">{other ? 'Tried here' : 'This file'}</th>
            {other && <th scope="col">This file</th>}
            {other && <th scope="col">Difference</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.label} title={row.title}>
              <th scope="row">{row.label}</th>
              <td>
                {row.text(now)}
                <Band text={banded && row.band?.(now, banded)} />
              </td>
              {other && <td>{file ? row.text(file) : 'cannot run'}</td>}
              {other && <Change row={row} file={file} now={now} sameWork={sameWork} />}
            </tr>
          ))}
        </tbody>
      </table>
      {approximate && (
        <p class="note">Approximation: each stage’s time and activations are divided evenly over its chunks, as if its layers did.</p>
      )}
    </section>
  );
}

const Band = ({ text }: { readonly text: string | undefined }) => (text === undefined ? null : <span class="band"> {text}</span>);

interface ChangeProps {
  readonly row: Row;
  readonly file: Figures | undefined;
  readonly now: Figures;
  readonly sameWork: boolean;
}

function Change({ row, file, now, sameWork }: ChangeProps) {
  if (!file) return <td />;
  const [from, to] = [row.value(file), row.value(now)];
  const text = row.change(from, to);
  const better = row.better(sameWork);
  const judged = better !== undefined && text !== 'no change';
  return <td class={judged ? (to > from === (better === 'more') ? 'better' : 'worse') : ''}>{text}</td>;
}
