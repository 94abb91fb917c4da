/** What the engines do over time: the chart with its gestures, its keys, and the sentence a screen reader hears. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { edge, gutter } from '../canvas.ts';
import { sentence } from '../describe.ts';
import { onViewKey, onWheel, setView, startDrag } from '../gestures.ts';
import { readTheme } from '../theme.ts';
import { clampView, revealInView, type TimeScale, toTime, zoomView } from '../time-scale.ts';
import { ZoomButtons } from '../zoom-buttons.tsx';
import { describeStretch } from './describe.ts';
import { drawSeries, seriesHeight } from './draw-series.ts';
import type { ServingRun } from './run.ts';
import { bridged, columnsOf, endOf, pointAt, stretchOf } from './series.ts';
import type { ServingState } from './serving-state.ts';

interface SeriesProps {
  readonly state: ServingState;
  readonly run: ServingRun;
  readonly width: number;
  readonly drawn: (milliseconds: number) => void;
}

export function SeriesView({ state, run, width, drawn }: SeriesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { result, engine } = run;
  const series = useMemo(() => bridged(result.series, 4 * result.meanStepSeconds), [result]);
  const total = endOf(series);
  const wanted = state.view.value;
  const scale: TimeScale = useMemo(() => {
    return { ...clampView(wanted ?? { start: 0, end: total }, total), left: gutter, width: Math.max(40, width - gutter - edge) };
  }, [wanted, total, width]);
  const columns = useMemo(() => columnsOf(series, scale), [series, scale]);
  const pointer = state.pointer.value;
  const at = pointer?.chart === 'series' ? pointer.index : state.selected.value;
  const point = at === undefined ? undefined : stretchOf(series, at, at + 1);
  const mark = point && (point.start + point.end) / 2;

  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (!canvas.current) return;
      const start = performance.now();
      drawSeries(canvas.current, width, {
        columns,
        scale,
        theme: readTheme(),
        kvTokens: engine.kvTokens,
        maxSequences: engine.maxSequences,
        mark,
      });
      canvas.current.dataset.steps = String(result.steps);
      canvas.current.dataset.drawn = String(Number(canvas.current.dataset.drawn ?? 0) + 1);
      drawn(performance.now() - start);
    });
    return () => cancelAnimationFrame(frame);
  }, [columns, scale, width, engine, mark, state.themeChanges.value]);

  useEffect(() => {
    const element = canvas.current;
    const listen = (event: WheelEvent): void => onWheel(event, state, scale, total, element?.getBoundingClientRect().left ?? 0);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [state, scale, total]);

  const zoom = (factor: number): void => setView(state, zoomView(scale, total, factor, (scale.start + scale.end) / 2), total);
  const go = (by: number): void => {
    const last = series.length - 1;
    const next = Math.min(last, Math.max(0, (state.selected.value ?? pointAt(series, scale.start) - by) + by));
    state.selected.value = next;
    const width = series[0]?.seconds ?? 0;
    setView(state, revealInView(scale, total, next * width, (next + 1) * width), total);
  };
  const perColumn = Math.max(1, Math.round((scale.end - scale.start) / Math.max(1e-12, series[0]?.seconds ?? 1) / 100));
  const onKey = (event: KeyboardEvent): void => {
    if (onViewKey(event, state, scale, total)) event.preventDefault();
    else if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
      event.preventDefault();
      go(event.key === 'ArrowRight' ? perColumn : -perColumn);
    } else if (event.key === 'Escape') state.selected.value = undefined;
  };
  return (
    <section class="charts" aria-label="The engines over time">
      <div class="caption">
        <h2>The engines over time</h2>
        <SeriesLegend />
        <ZoomButtons zoom={zoom} whole={() => setView(state, { start: 0, end: total }, total)} isWhole={wanted === undefined} />
      </div>
      <canvas
        ref={canvas}
        class="series"
        style={{ width: `${width}px`, height: `${seriesHeight}px` }}
        tabIndex={0}
        role="img"
        aria-label={`Tokens per step, requests and KV cache over ${result.steps} steps; the same as a table is below`}
        aria-describedby="series-keys"
        onKeyDown={onKey}
        onPointerMove={(event) => {
          const time = toTime(scale, event.clientX - event.currentTarget.getBoundingClientRect().left);
          const inside = time >= scale.start && time <= scale.end && event.buttons === 0;
          state.pointer.value = inside ? { x: event.clientX, y: event.clientY, chart: 'series', index: pointAt(series, time) } : undefined;
        }}
        onPointerLeave={() => {
          state.pointer.value = undefined;
        }}
        onPointerDown={(event) => startDrag(event, state, scale, total, () => {})}
      />
      <p class="told" aria-live="polite">
        {state.selected.value !== undefined && point ? sentence(describeStretch(point, engine.kvTokens)) : ''}
      </p>
      <p class="keys" id="series-keys">
        Ctrl + wheel or + − to zoom, drag or Shift + arrows to pan, arrows to go along, Home for the whole run.
      </p>
    </section>
  );
}

const kinds = [
  ['prefill', 'Prompts'],
  ['decode', 'Decodes'],
  ['running', 'Running'],
  ['waiting', 'Waiting'],
  ['cache', 'KV cache in use'],
] as const;

function SeriesLegend() {
  return (
    <ul class="legend" aria-label="Legend">
      {kinds.map(([kind, label]) => (
        <li key={kind}>
          <span class={`swatch ${kind}`} />
          {label}
        </li>
      ))}
    </ul>
  );
}
