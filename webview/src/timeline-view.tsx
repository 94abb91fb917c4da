/** The timeline canvas and what the pointer and the keyboard do on it. */
import { computed } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Simulation } from '../../server/src/core/schedules/simulate.ts';
import type { PanelReply } from '../../server/src/protocol/panel.ts';
import { describe, sentence } from './describe.ts';
import { drawMarks, drawTimeline } from './draw-timeline.ts';
import { onViewKey, onWheel, setView, startDrag } from './gestures.ts';
import { type Direction, firstInView, layoutRows, neighbour, type Rows, targetAt } from './layout.ts';
import type { PanelState } from './state.ts';
import { readTheme } from './theme.ts';
import { revealInView, type TimeScale, toX } from './time-scale.ts';
import { Tooltip } from './tooltip.tsx';

export interface ChartProps {
  readonly state: PanelState;
  readonly simulation: Simulation;
  readonly scale: TimeScale;
  /** Width of the canvas in CSS pixels. */
  readonly width: number;
  readonly stage: number;
}

const arrows: { readonly [key: string]: Direction } = { ArrowLeft: 'previous', ArrowRight: 'next', ArrowUp: 'up', ArrowDown: 'down' };

export function TimelineView({ post, ...chart }: ChartProps & { readonly post: (reply: PanelReply) => void }) {
  const { state, simulation, scale, width, stage } = chart;
  const canvas = useRef<HTMLCanvasElement>(null);
  const marks = useRef<HTMLCanvasElement>(null);
  const hovered = useMemo(() => computed(() => hoveredOperation(state)), [state]).value;
  const [focused, setFocused] = useState(false);
  const hasLane = simulation.request.transferOverlapped && simulation.sender.length > 0;
  const rows = useMemo(() => layoutRows(simulation.request.stages, hasLane), [simulation, hasLane]);
  const selected = state.selected.value;
  const total = simulation.stepSeconds;
  const themeChanges = state.themeChanges.value;
  const picture = useMemo(
    () => ({ simulation, rows, scale, theme: readTheme(), stage, width, themeChanges }),
    [simulation, rows, scale, stage, width, themeChanges],
  );
  const painted = useRef<typeof picture | undefined>(undefined);

  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const element = canvas.current;
      if (!element || !marks.current) return;
      const began = performance.now();
      if (painted.current !== picture) element.dataset.operations = String(drawTimeline(element, width, picture));
      painted.current = picture;
      drawMarks(marks.current, width, picture, hovered, selected);
      element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
      post({ type: 'drawn', operations: Number(element.dataset.operations), milliseconds: performance.now() - began });
    });
    return () => cancelAnimationFrame(frame);
  }, [picture, hovered, selected, width, post]);

  useEffect(() => {
    const element = canvas.current;
    const listen = (event: WheelEvent): void => onWheel(event, state, scale, total, element?.getBoundingClientRect().left ?? 0);
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [state, scale, total]);

  const targetOf = (event: PointerEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    return box && targetAt(simulation, rows, scale, event.clientX - box.left, event.clientY - box.top);
  };
  return (
    <div class="stack">
      <canvas
        ref={canvas}
        class="timeline"
        style={{ width: `${width}px`, height: `${rows.height}px` }}
        tabIndex={0}
        aria-roledescription="pipeline timeline"
        aria-label={`Pipeline timeline: ${simulation.request.stages} stages, ${simulation.request.microBatches} micro batches`}
        aria-describedby="timeline-keys"
        onPointerMove={(event) => {
          const target = targetOf(event);
          state.pointer.value = target && event.buttons === 0 ? { x: event.clientX, y: event.clientY, target } : undefined;
        }}
        onPointerLeave={() => {
          state.pointer.value = undefined;
        }}
        onPointerDown={(event) => startDrag(event, state, scale, total, () => select(state, targetOf(event)))}
        onKeyDown={(event) => onKey(event, chart)}
        onBlur={() => setFocused(false)}
        onFocus={(event) => {
          setFocused(true);
          if (event.currentTarget.matches(':focus-visible')) state.selected.value ??= firstInView(simulation, scale.start);
        }}
      />
      <canvas ref={marks} class="marks" style={{ width: `${width}px`, height: `${rows.height}px` }} tabIndex={-1} aria-hidden="true" />
      <FocusedTooltip {...chart} rows={rows} canvas={focused ? canvas.current : null} />
    </div>
  );
}

function hoveredOperation(state: PanelState): number | undefined {
  const target = state.pointer.value?.target;
  return target?.type === 'operation' ? target.index : undefined;
}

function select(state: PanelState, target: ReturnType<typeof targetAt>): void {
  if (!target) return;
  state.selected.value = target.type === 'operation' ? target.index : undefined;
  const shown = state.shown.value;
  if (target.type !== 'operation') state.stage.value = target.rank;
  else if (shown && !('refused' in shown)) state.stage.value = shown.rank[target.index];
}

function onKey(event: KeyboardEvent, { state, simulation, scale }: ChartProps): void {
  const direction = arrows[event.key];
  const total = simulation.stepSeconds;
  if (onViewKey(event, state, scale, total)) event.preventDefault();
  else if (event.key === 'Escape') state.selected.value = undefined;
  else if (direction && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    const from = state.selected.value;
    const index = from === undefined ? firstInView(simulation, scale.start) : neighbour(simulation, from, direction);
    setView(state, revealInView(scale, total, simulation.start[index] ?? 0, simulation.end[index] ?? 0), total);
    state.selected.value = index;
    state.stage.value = simulation.rank[index];
  }
}

/** The numbers of the operation the keyboard is at, unless the pointer shows others; also read aloud. */
function FocusedTooltip(
  props: ChartProps & { readonly rows: Rows /** The canvas while it has the focus. */; readonly canvas: HTMLCanvasElement | null },
) {
  const { state, simulation, scale, rows, canvas } = props;
  const index = state.selected.value;
  const description = index === undefined ? undefined : describe(simulation, { type: 'operation', index });
  const box = canvas?.getBoundingClientRect();
  const placed = index !== undefined && box !== undefined && state.pointer.value === undefined;
  return (
    <>
      <div class="hidden" aria-live="polite">
        {description ? sentence(description) : ''}
      </div>
      {placed && description && (
        <Tooltip
          x={box.left + Math.min(scale.left + scale.width, Math.max(scale.left, toX(scale, simulation.end[index] ?? 0)))}
          y={box.top + rows.top + ((simulation.rank[index] ?? 0) + 1) * rows.pitch - 16}
          description={description}
        />
      )}
    </>
  );
}
