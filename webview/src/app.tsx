/** The panel: header, controls, figures, timeline and memory, or why there is nothing to show. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Simulation } from '../../server/src/core/schedules/simulate.ts';
import type { PanelReply } from '../../server/src/protocol/panel.ts';
import { edge, gutter } from './canvas.ts';
import { Comparison } from './comparison.tsx';
import { Controls } from './controls.tsx';
import { describe } from './describe.ts';
import { figuresOf } from './figures.ts';
import { setView } from './gestures.ts';
import { Assumptions, Header } from './header.tsx';
import { computeSpan, isNarrow } from './layout.ts';
import { Legend } from './legend.tsx';
import { MemoryView } from './memory-view.tsx';
import type { PanelState } from './state.ts';
import { clampView, type TimeScale, zoomView } from './time-scale.ts';
import { TimelineView } from './timeline-view.tsx';
import { Tooltip } from './tooltip.tsx';
import { useWidth } from './use-width.ts';
import { ZoomButtons } from './zoom-buttons.tsx';

interface AppProps {
  readonly state: PanelState;
  readonly post: (reply: PanelReply) => void;
}

export function App({ state, post }: AppProps) {
  const shown = state.shown.value;
  const good = shown && !('refused' in shown) ? shown : undefined;
  const last = useRef<Simulation | undefined>(undefined);
  useEffect(() => {
    last.current = good ?? last.current;
  }, [good]);
  const why = state.why.value ?? (shown && 'refused' in shown ? shown.refused : undefined);
  const simulation = good ?? last.current;
  return (
    <main class={state.why.value !== undefined ? 'stale' : good ? '' : 'refused'}>
      {why !== undefined && (
        <p class="why" role="status">
          {why}
        </p>
      )}
      <Header subject={state.job.value} />
      <div class="tools">
        <Controls state={state} post={post} />
        <Comparison state={state} />
      </div>
      {simulation && <Charts state={state} post={post} simulation={simulation} />}
      <Assumptions assumptions={state.job.value?.assumptions ?? []} />
      <PointerTooltip state={state} />
    </main>
  );
}

function Charts({ state, post, simulation }: AppProps & { readonly simulation: Simulation }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const total = simulation.stepSeconds;
  const wanted = state.view.value;
  const scale: TimeScale = useMemo(() => {
    const view = clampView(wanted ?? { start: 0, end: total }, total);
    return { ...view, left: gutter, width: Math.max(40, width - gutter - edge) };
  }, [wanted, total, width]);
  const stage = Math.min(state.stage.value ?? figuresOf(simulation).fullestStage, simulation.request.stages - 1);
  const chart = { state, simulation, scale, width, stage };
  const zoom = (factor: number): void => setView(state, zoomView(scale, total, factor, (scale.start + scale.end) / 2), total);
  return (
    <div class="charts" ref={box}>
      <div class="caption">
        <h2>Timeline</h2>
        <Legend state={state} />
        <ZoomButtons zoom={zoom} whole={() => setView(state, { start: 0, end: total }, total)} isWhole={state.view.value === undefined} />
      </div>
      {width > 0 && <TimelineView {...chart} post={post} />}
      <p class="keys" id="timeline-keys">
        {isNarrow(computeSpan(simulation, 0, scale), scale) && 'Operations narrower than a pixel: heights are their shares of the time. '}
        Ctrl + wheel or + − to zoom, drag or Shift + arrows to pan, arrows to go from operation to operation, Home for the whole step; click
        a stage for its memory.
      </p>
      {width > 0 && <MemoryView {...chart} />}
    </div>
  );
}

function PointerTooltip({ state }: { readonly state: PanelState }) {
  const pointer = state.pointer.value;
  const shown = state.shown.value;
  if (!pointer || !shown || 'refused' in shown) return null;
  return <Tooltip x={pointer.x} y={pointer.y} description={describe(shown, pointer.target)} />;
}
