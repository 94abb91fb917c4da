/** Latency against throughput: one chart for TTFT and one for TPOT. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { sentence } from '../describe.ts';
import { readTheme } from '../theme.ts';
import { Tooltip } from '../tooltip.tsx';
import { type CurveChart, curveCharts } from './curve.ts';
import { describeRate } from './describe.ts';
import { curveHeight, curveX, drawCurve } from './draw-curve.ts';
import type { ServingRun } from './run.ts';
import type { ServingState } from './serving-state.ts';

interface CurveProps {
  readonly state: ServingState;
  readonly run: ServingRun;
  readonly width: number;
}

/** Below this width the charts stand under each other. */
const sideBySide = 760;
const gap = 20;

export function CurveView({ state, run, width }: CurveProps) {
  const charts = useMemo(() => curveCharts(run), [run]);
  if (run.curve.points.length === 0) return null;
  const each = width >= sideBySide ? Math.floor((width - gap) / 2) : width;
  return (
    <section class="charts" aria-label="Latency against throughput">
      <div class="caption">
        <h2>Latency against throughput</h2>
        <ul class="legend" aria-label="Legend">
          <li>
            <span class="swatch steady" />
            Steady state with its band
          </li>
          <li>
            <span class="swatch simulated" />
            Simulated mean up to p99
          </li>
          <li>
            <span class="swatch here" />
            This load
          </li>
        </ul>
      </div>
      <div class="curves">
        {charts.map((chart) => (
          <OneCurve key={chart.label} state={state} chart={chart} width={each} />
        ))}
      </div>
    </section>
  );
}

function OneCurve({ state, chart, width }: { readonly state: ServingState; readonly chart: CurveChart; readonly width: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [at, setAt] = useState<{ readonly index: number; readonly x: number; readonly y: number; readonly spoken: boolean } | undefined>();
  const point = at && chart.line[at.index];
  const description = at && describeRate(chart, at.index);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current) drawCurve(canvas.current, width, chart, readTheme(), point?.rate);
    });
    return () => cancelAnimationFrame(frame);
  }, [chart, width, point, state.themeChanges.value]);
  const nearest = (x: number): number => {
    const away = chart.line.map(({ rate }) => Math.abs(curveX(chart.x, width, rate) - x));
    return away.indexOf(Math.min(...away));
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') setAt(undefined);
    if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
    event.preventDefault();
    const by = event.key === 'ArrowRight' ? 1 : -1;
    const index = Math.min(chart.line.length - 1, Math.max(0, at === undefined ? 0 : at.index + by));
    const box = canvas.current?.getBoundingClientRect();
    setAt({ index, x: (box?.left ?? 0) + curveX(chart.x, width, chart.line[index]?.rate ?? 0), y: (box?.top ?? 0) + 40, spoken: true });
  };
  return (
    <figure class="curve">
      <figcaption>
        {chart.label}
        {chart.y.logarithmic ? ', logarithmic' : ''}
      </figcaption>
      <canvas
        ref={canvas}
        style={{ width: `${width}px`, height: `${curveHeight}px` }}
        tabIndex={0}
        role="img"
        aria-label={`${chart.label} against requests per second; arrows go from rate to rate, the same as a table is below`}
        onKeyDown={onKey}
        onBlur={() => setAt(undefined)}
        onPointerMove={(event) => {
          const index = nearest(event.clientX - event.currentTarget.getBoundingClientRect().left);
          setAt(index < 0 ? undefined : { index, x: event.clientX, y: event.clientY, spoken: false });
        }}
        onPointerLeave={() => setAt(undefined)}
      />
      {at && description && <Tooltip x={at.x} y={at.y} description={description} />}
      <p class="hidden" aria-live="polite">
        {at?.spoken && description ? sentence(description) : ''}
      </p>
    </figure>
  );
}
