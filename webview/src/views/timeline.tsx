/** The timeline of the step with the memory under it, on one time axis. */
import { useMemo, useRef } from 'preact/hooks';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { edge, gutter } from '../canvas.ts';
import { describe } from '../describe.ts';
import { figuresOf } from '../figures.ts';
import { setView } from '../gestures.ts';
import { computeSpan, isNarrow } from '../layout.ts';
import { Legend } from '../legend.tsx';
import { MemoryView } from '../memory-view.tsx';
import type { PanelState } from '../state.ts';
import { clampView, type TimeScale, zoomView } from '../time-scale.ts';
import { keyHelp } from '../timeline/keys.ts';
import { MiniMap } from '../timeline/mini-map.tsx';
import { RangeSums } from '../timeline/range-sums.tsx';
import { CriticalFigures, SelectionLinks } from '../timeline/selection.tsx';
import { summaryOf } from '../timeline/summary.ts';
import { Toolbar } from '../timeline/toolbar.tsx';
import { useIdle } from '../timeline/use-idle.ts';
import { TimelineView } from '../timeline-view.tsx';
import { Tooltip } from '../tooltip.tsx';
import { useWidth } from '../use-width.ts';
import { ZoomButtons } from '../zoom-buttons.tsx';
import type { PanelView, ViewProps } from './view.ts';

export const timelineView: PanelView = {
  id: 'timeline',
  label: 'Timeline',
  component: ({ simulation, ...props }) =>
    simulation && (
      <>
        <Charts {...props} simulation={simulation} />
        <PointerTooltip state={props.state} />
      </>
    ),
};

function Charts({ state, post, simulation }: ViewProps & { readonly simulation: Simulation }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const total = simulation.stepSeconds;
  const wanted = state.view.value;
  const scale: TimeScale = useMemo(() => {
    const view = clampView(wanted ?? { start: 0, end: total }, total);
    return { ...view, left: gutter, width: Math.max(40, width - gutter - edge) };
  }, [wanted, total, width]);
  const stage = Math.min(state.stage.value ?? figuresOf(simulation).fullestStage, simulation.request.stages - 1);
  const idle = useIdle(simulation, state.timeline.causes.value);
  const summary = useMemo(() => summaryOf(simulation, idle), [simulation, idle]);
  const legend = useMemo(() => <Legend simulation={simulation} idle={idle} />, [simulation, idle]);
  const chart = { state, simulation, scale, width, stage };
  const zoom = (factor: number): void => setView(state, zoomView(scale, total, factor, (scale.start + scale.end) / 2), total);
  return (
    <div class="charts" ref={box}>
      <h2 class="hidden">Timeline</h2>
      <Toolbar {...chart} post={post}>
        <ZoomButtons zoom={zoom} whole={() => setView(state, { start: 0, end: total }, total)} isWhole={state.view.value === undefined} />
      </Toolbar>
      {width > 0 && <MiniMap state={state} simulation={simulation} scale={scale} width={width} />}
      {width > 0 && <TimelineView {...chart} post={post} idle={idle} />}
      {legend}
      <p class="hidden" id="timeline-summary">
        {summary}
      </p>
      <p class="keys" id="timeline-keys">
        {isNarrow(computeSpan(simulation, 0, scale), scale) && 'Operations narrower than a pixel: heights are their shares of the time. '}
        Ctrl + wheel or W and S to zoom, drag or A and D to pan, arrows to go from operation to operation, Shift + drag to sum up a stretch
        of time; click a stage for its memory.
      </p>
      <SelectionLinks {...chart} />
      <CriticalFigures {...chart} />
      <RangeSums state={state} simulation={simulation} />
      {keys}
      {width > 0 && <MemoryView {...chart} />}
    </div>
  );
}

const keys = (
  <details class="keys">
    <summary>All keys of the timeline</summary>
    <dl>
      {keyHelp.map(([key, what]) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  </details>
);

function PointerTooltip({ state }: { readonly state: PanelState }) {
  const pointer = state.pointer.value;
  const shown = state.shown.value;
  if (!pointer || !shown || 'refused' in shown) return null;
  return <Tooltip x={pointer.x} y={pointer.y} description={describe(shown, pointer.target)} />;
}
