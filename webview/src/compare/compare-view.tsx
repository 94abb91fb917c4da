/** Two jobs on one time axis: this one (with what is tried) above another file's, or this file's at its last commit; and their numbers. */
import { signal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { edge, gutter } from '../canvas.ts';
import { setView } from '../gestures.ts';
import type { PanelState } from '../state.ts';
import { clampView, type TimeScale, zoomView } from '../time-scale.ts';
import { createTimelineState } from '../timeline/timeline-state.ts';
import { TimelineView } from '../timeline-view.tsx';
import { useWidth } from '../use-width.ts';
import type { PanelView, ViewProps } from '../views/view.ts';
import { DifferenceTable } from '../what-if/difference-table.tsx';
import { ZoomButtons } from '../zoom-buttons.tsx';
import { forgetBeside } from './beside.ts';

export const compareView: PanelView = {
  id: 'compare',
  label: 'Compare',
  component: (props) => (
    <section class="compare" aria-label="Comparison with another job">
      <Chooser {...props} />
      <Message state={props.state} />
      {props.simulation && <Pair {...props} simulation={props.simulation} />}
      <Numbers state={props.state} />
    </section>
  ),
};

function Chooser({ state, post }: ViewProps) {
  const { message, others } = state.beside;
  return (
    <div class="chooser">
      <button type="button" onClick={() => post({ type: 'compare', other: 'choose' })}>
        Compare with a file…
      </button>
      <button type="button" onClick={() => post({ type: 'compare', other: 'last-commit' })}>
        Compare with the last commit
      </button>
      {message.value && (
        <button
          type="button"
          onClick={() => {
            forgetBeside(state.beside);
            post({ type: 'compare', other: 'none' });
          }}
        >
          End the comparison
        </button>
      )}
      {others.value && (
        <label>
          Job{' '}
          <select
            value=""
            onChange={({ currentTarget: { value } }) => {
              const chosen = others.value?.[Number(value)];
              if (value !== '' && chosen) post({ type: 'compare', other: { file: chosen.file, job: chosen.job } });
            }}
          >
            <option value="">{others.value.length === 0 ? 'There is no other job here' : 'Choose one'}</option>
            {others.value.map(({ file, job, title }, index) => (
              <option key={`${job} ${file}`} value={String(index)}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
    </div>
  );
}

function Message({ state }: { readonly state: PanelState }) {
  const { message, simulation } = state.beside;
  const beside = simulation.value;
  if (!message.value) return <p class="note">Nothing is compared yet.</p>;
  if (!beside || !('refused' in beside)) return null;
  return (
    <p class="why" role="status">
      {beside.refused}
    </p>
  );
}

/** Both on a scale that holds the longer step; zoom and pan move both. */
function Pair({ state, post, simulation }: ViewProps & { readonly simulation: Simulation }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const beside = state.beside.simulation.value;
  const other = beside && !('refused' in beside) ? beside : undefined;
  const total = Math.max(simulation.stepSeconds, other?.stepSeconds ?? 0);
  const wanted = state.view.value;
  const scale: TimeScale = useMemo(() => {
    const view = clampView(wanted ?? { start: 0, end: total }, total);
    return { ...view, left: gutter, width: Math.max(40, width - gutter - edge) };
  }, [wanted, total, width]);
  // What is selected or pointed at in one of the two means nothing in the other.
  const otherState = useMemo(
    (): PanelState => ({
      ...state,
      shown: state.beside.simulation,
      found: signal(undefined),
      selected: signal(undefined),
      pointer: signal(undefined),
      stage: signal(undefined),
      timeline: createTimelineState(),
    }),
    [state],
  );
  const zoom = (factor: number): void => setView(state, zoomView(scale, total, factor, (scale.start + scale.end) / 2), total);
  const shared = { scale, width, stage: -1, end: total, idle: undefined };
  return (
    <div class="charts" ref={box}>
      {other && (
        <div class="caption">
          <h2>On one time axis</h2>
          <ZoomButtons zoom={zoom} whole={() => setView(state, { start: 0, end: total }, total)} isWhole={wanted === undefined} />
        </div>
      )}
      {other && width > 0 && (
        <>
          <h3>{state.subject.value?.title ?? 'This job'}</h3>
          <TimelineView {...shared} state={state} simulation={simulation} post={post} />
          <h3>{state.beside.message.value?.title}</h3>
          <TimelineView {...shared} state={otherState} simulation={other} post={post} />
        </>
      )}
    </div>
  );
}

function Numbers({ state }: { readonly state: PanelState }) {
  const message = state.beside.message.value;
  if (!message || message.rows.length === 0) return null;
  return (
    <div class="comparison">
      <DifferenceTable label="This file beside the other job" rows={message.rows} before={message.title} after="This file" whole />
    </div>
  );
}
