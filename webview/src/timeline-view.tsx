/** The timeline canvas and what the pointer and the keyboard do on it. */
import { computed } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { IdleSlots } from '../../server/src/core/schedules/idle-slots.ts';
import type { Simulation } from '../../server/src/core/schedules/simulate.ts';
import type { PanelReply } from '../../server/src/protocol/panel.ts';
import { describe, sentence } from './describe.ts';
import { drawTimeline, type TimelinePicture } from './draw-timeline.ts';
import { onWheel, startDrag, startRange } from './gestures.ts';
import { axisHeight, firstInView, layoutRows, type Rows, type Target, targetAt } from './layout.ts';
import { pixelLayer } from './pixel-layer.ts';
import type { PanelState } from './state.ts';
import { readTheme } from './theme.ts';
import { type TimeScale, toTime, toX } from './time-scale.ts';
import { criticalPathOf } from './timeline/analysis.ts';
import { drawMarks, type Marks } from './timeline/draw-marks.ts';
import { drawPath } from './timeline/draw-path.ts';
import { onTimelineKey } from './timeline/keys.ts';
import { hasLane } from './timeline/lanes.ts';
import { sizeText } from './timeline/summary.ts';
import { useSlab } from './timeline/use-slab.ts';
import { Tooltip } from './tooltip.tsx';

export interface ChartProps {
  readonly state: PanelState;
  readonly simulation: Simulation;
  readonly scale: TimeScale;
  /** Width of the canvas in CSS pixels. */
  readonly width: number;
  readonly stage: number;
}

interface TimelineProps extends ChartProps {
  readonly post: (reply: PanelReply) => void;
  readonly idle: IdleSlots | undefined;
  /** The end of the time axis, where it is not that of this step. */
  readonly end?: number;
}

export function TimelineView({ post, idle, end, ...chart }: TimelineProps) {
  const { state, simulation, scale, width, stage } = chart;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const [focused, setFocused] = useState(false);
  const rows = useMemo(() => layoutRows(simulation.request.stages, hasLane(simulation)), [simulation]);
  const slab = useSlab(box, rows.height);
  const total = end ?? simulation.stepSeconds;
  const themeChanges = state.themeChanges.value;
  // The theme is read anew when it may have changed.
  const theme = useMemo(readTheme, [themeChanges]);
  const critical = state.timeline.critical.value;
  const picture = useMemo(
    () => ({ simulation, rows, scale, theme, stage, width, slab, idle, critical }),
    [simulation, rows, scale, theme, stage, width, slab, idle, critical],
  );
  usePainting({ state, post, canvas, marks, picture });
  useWheel(box, state, scale, total);

  const placeOf = (event: PointerEvent): readonly [number, number] => {
    const { left, top } = box.current?.getBoundingClientRect() ?? { left: 0, top: 0 };
    return [event.clientX - left, event.clientY - top];
  };
  const targetOf = (event: PointerEvent) => targetAt(simulation, rows, scale, ...placeOf(event));
  const size = { width: `${width}px`, height: `${slab.height}px`, top: `${slab.top}px` };
  return (
    <div class="stack" ref={box} style={{ height: `${rows.height}px` }}>
      {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a picture that takes keys of its own is what "application" is for */}
      <canvas
        ref={canvas}
        class="timeline"
        style={size}
        tabIndex={0}
        role="application"
        aria-roledescription="pipeline timeline"
        aria-label={`Pipeline timeline: ${sizeText(simulation.request)}`}
        aria-describedby="timeline-keys timeline-summary"
        onPointerMove={(event) => {
          const [x] = placeOf(event);
          const target = targetOf(event);
          const time = toTime(scale, x);
          state.timeline.cursor.value = time >= scale.start && time <= scale.end ? time : undefined;
          state.pointer.value = target && event.buttons === 0 ? { x: event.clientX, y: event.clientY, target } : undefined;
        }}
        onPointerLeave={() => {
          state.timeline.cursor.value = undefined;
          state.pointer.value = undefined;
        }}
        onPointerDown={(event) => {
          const [x, y] = placeOf(event);
          const choose = (range: typeof state.timeline.range.value): void => {
            state.timeline.range.value = range;
          };
          if (event.shiftKey || y < axisHeight) startRange(event, scale, total, event.clientX - x, choose);
          else startDrag(event, state, scale, total, () => select(state, targetOf(event)));
        }}
        onKeyDown={(event) => {
          if (onTimelineKey(event, chart)) event.preventDefault();
        }}
        onBlur={() => setFocused(false)}
        onFocus={(event) => {
          setFocused(true);
          // Coming back to the window is not coming to the timeline: what was let go stays so.
          const arrives = event.relatedTarget !== null && event.currentTarget.matches(':focus-visible');
          if (arrives) state.selected.value ??= firstInView(simulation, scale.start);
        }}
      />
      <canvas ref={marks} class="marks" style={size} tabIndex={-1} aria-hidden="true" />
      <FocusedTooltip {...chart} rows={rows} box={focused ? box.current : null} />
    </div>
  );
}

interface Painting {
  readonly state: PanelState;
  readonly post: (reply: PanelReply) => void;
  readonly canvas: { readonly current: HTMLCanvasElement | null };
  readonly marks: { readonly current: HTMLCanvasElement | null };
  readonly picture: TimelinePicture & { readonly width: number; readonly critical: boolean };
}

/** Paints in the next frame; the rows only when they changed, the marks over them also when the pointer moved. */
function usePainting({ state, post, canvas, marks, picture }: Painting): void {
  const hovered = useMemo(() => computed(() => hoveredOperation(state)), [state]).value;
  const selected = state.selected.value;
  const cursor = state.timeline.cursor.value;
  const range = state.timeline.range.value;
  const matches = state.found.value?.matches;
  const painted = useRef<typeof picture | undefined>(undefined);
  const pixels = useMemo(pixelLayer, []);
  // At once after rendering, so that a move of the pointer or the wheel is painted in the same frame.
  useLayoutEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      if (!element || !marks.current) return;
      const began = performance.now();
      const { width } = picture;
      if (painted.current !== picture) {
        element.dataset.operations = String(drawTimeline(element, width, picture, pixels));
        const context = picture.critical ? element.getContext('2d') : undefined;
        if (context) drawPath(context, picture, criticalPathOf(picture.simulation).operations);
      }
      painted.current = picture;
      const over: Marks = { hovered, selected, cursor, range, matches };
      drawMarks(marks.current, width, picture, over);
      element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
      post({ type: 'drawn', operations: Number(element.dataset.operations), milliseconds: performance.now() - began });
    });
    return () => cancelAnimationFrame(frame);
  }, [canvas, marks, picture, hovered, selected, cursor, range, matches, post, pixels]);
}

function useWheel(box: { readonly current: HTMLElement | null }, state: PanelState, scale: TimeScale, total: number): void {
  useEffect(() => {
    const element = box.current;
    const listen = (event: WheelEvent): void => onWheel(event, state, scale, total, element?.getBoundingClientRect().left ?? 0);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [box, state, scale, total]);
}

function hoveredOperation(state: PanelState): number | undefined {
  const target = state.pointer.value?.target;
  return target?.type === 'operation' ? target.index : undefined;
}

function select(state: PanelState, target: Target | undefined): void {
  if (!target) return;
  state.selected.value = target.type === 'operation' ? target.index : undefined;
  const shown = state.shown.value;
  if (target.type !== 'operation') state.stage.value = target.rank;
  else if (shown && !('refused' in shown)) state.stage.value = shown.rank[target.index];
}

interface FocusedProps extends ChartProps {
  readonly rows: Rows;
  /** Around the canvas while it has the focus. */
  readonly box: HTMLElement | null;
}

/** The numbers of the operation the keyboard is at, unless the pointer shows others; also read aloud. */
function FocusedTooltip({ state, simulation, scale, rows, box }: FocusedProps) {
  const index = state.selected.value;
  const description = index === undefined ? undefined : describe(simulation, { type: 'operation', index });
  const place = box?.getBoundingClientRect();
  const placed = index !== undefined && place !== undefined && state.pointer.value === undefined;
  return (
    <>
      <div class="hidden" aria-live="polite">
        {description ? sentence(description) : ''}
      </div>
      {placed && description && (
        <Tooltip
          x={place.left + Math.min(scale.left + scale.width, Math.max(scale.left, toX(scale, simulation.end[index] ?? 0)))}
          y={place.top + rows.top + ((simulation.rank[index] ?? 0) + 1) * rows.pitch - 16}
          description={description}
        />
      )}
    </>
  );
}
