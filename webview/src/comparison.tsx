/** The simulated figures of what is shown, beside those of the file when something else is tried. */
import { figuresOf } from './figures.ts';
import { formatBytes, formatChange, formatPercent, formatPoints, formatSeconds } from './format.ts';
import { differsFromFile, type PanelState } from './state.ts';

interface Row {
  readonly label: string;
  readonly title: string;
  readonly now: string;
  readonly file: string;
  readonly change: string;
  /** True when the change is for the worse; undefined when there is none. */
  readonly worse: boolean | undefined;
}

function rowsOf(state: PanelState): readonly Row[] {
  const shown = state.shown.value;
  const fromFile = state.fromFile.value;
  if (!shown || 'refused' in shown) return [];
  const now = figuresOf(shown);
  const file = fromFile && !('refused' in fromFile) ? figuresOf(fromFile) : undefined;
  const row = (label: string, title: string, value: (of: typeof now) => number, text: (of: typeof now) => string, points = false): Row => {
    const change = !file ? '' : points ? formatPoints(value(file), value(now)) : formatChange(value(file), value(now));
    const worse = !file || change === 'no change' ? undefined : value(now) > value(file);
    return { label, title, now: text(now), file: file ? text(file) : 'cannot run', change, worse };
  };
  return [
    row(
      'Step time',
      'Until the last stage is done with gradient reduction, optimizer and parameter gather',
      (of) => of.stepSeconds,
      (of) => formatSeconds(of.stepSeconds),
    ),
    row(
      'Bubble',
      'Share of the pipeline’s time that stages wait, on average over stages',
      (of) => of.bubbleShare,
      (of) => formatPercent(of.bubbleShare),
      true,
    ),
    row(
      'Peak memory',
      'Of the fullest stage: what it always holds and the activations alive at once',
      (of) => of.peakBytes,
      (of) => `${formatBytes(of.peakBytes)}, stage ${of.fullestStage}`,
    ),
  ];
}

export function Comparison({ state }: { readonly state: PanelState }) {
  const rows = rowsOf(state);
  if (rows.length === 0) return null;
  const other = differsFromFile(state);
  const request = state.job.value?.request;
  const approximate = other && request?.virtualStages !== state.choice.value?.virtualStages;
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
          {rows.map(({ label, title, now, file, change, worse }) => (
            <tr key={label} title={title}>
              <th scope="row">{label}</th>
              <td>{now}</td>
              {other && <td>{file}</td>}
              {other && <td class={worse === undefined ? '' : worse ? 'worse' : 'better'}>{change}</td>}
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
