/** Predicted and measured tracks of one GPU on one time axis: wheel, drag and keys as in the timeline. */
import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { edge, gutter, prepareCanvas } from '../canvas.ts';
import { sentence } from '../describe.ts';
import { onViewKey, onWheel, setView, startDrag, type ViewState } from '../gestures.ts';
import type { Pointer } from '../state.ts';
import { readTheme } from '../theme.ts';
import { clampView, revealInView, type TimeScale, toTime, type View, zoomView } from '../time-scale.ts';
import { Tooltip } from '../tooltip.tsx';
import { useWidth } from '../use-width.ts';
import { ZoomButtons } from '../zoom-buttons.tsx';
import { type Chosen, drawTracks, heightOf, trackAt } from './draw-tracks.ts';
import { type DrawnTrack, firstAfter, sliceAt } from './tracks.ts';

interface ChartProps {
  readonly tracks: readonly DrawnTrack[];
  /** Seconds that all tracks together span. */
  readonly total: number;
  /** Counts changes of the theme. */
  readonly themeChanges: number;
}

export function TracksChart({ tracks, total, themeChanges }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const width = useWidth(box);
  const state = useMemo(() => ({ view: signal<View | undefined>(undefined), pointer: signal<Pointer | undefined>(undefined) }), []);
  const [chosen, choose] = useState<Chosen | undefined>(undefined);
  const [hovered, hover] = useState<(Chosen & { readonly x: number; readonly y: number }) | undefined>(undefined);
  const view = clampView(state.view.value ?? { start: 0, end: total }, total);
  const scale: TimeScale = { ...view, left: gutter, width: Math.max(40, width - gutter - edge) };
  const height = heightOf(tracks.length);
  const kept = chosen && (tracks[chosen.track]?.start.length ?? 0) > chosen.slice ? chosen : undefined;
  useEffect(() => {
    const context = canvas.current && width > 0 ? prepareCanvas(canvas.current, width, height) : undefined;
    if (!context) return;
    drawTracks(context, tracks, scale, readTheme(), kept);
    canvas.current?.setAttribute('data-drawn', String(Number(canvas.current.getAttribute('data-drawn') ?? 0) + 1));
  }, [tracks, width, height, view.start, view.end, kept, themeChanges]);
  useWheel(canvas, state, scale, total);
  const at = (event: PointerEvent): Chosen | undefined => {
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const track = trackAt(event.clientY - top, tracks.length);
    const row = track === undefined ? undefined : tracks[track];
    const perPixel = (scale.end - scale.start) / scale.width;
    const slice = row && sliceAt(row, toTime(scale, event.clientX - left), 2 * perPixel);
    return track === undefined || slice === undefined ? undefined : { track, slice };
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = move(event.key, tracks, kept, scale.start);
    if (next && !event.shiftKey) {
      choose(next);
      const track = tracks[next.track];
      if (track) setView(state, revealInView(view, total, track.start[next.slice] ?? 0, track.end[next.slice] ?? 0), total);
    } else if (!onViewKey(event, state, scale, total)) return;
    event.preventDefault();
  };
  const zoom = (factor: number): void => setView(state, zoomView(scale, total, factor, (scale.start + scale.end) / 2), total);
  const described = kept && tracks[kept.track]?.describe(kept.slice);
  return (
    <div class="charts" ref={box}>
      <div class="caption">
        <h2>Predicted and measured step</h2>
        <ZoomButtons zoom={zoom} whole={() => setView(state, { start: 0, end: total }, total)} isWhole={state.view.value === undefined} />
      </div>
      <canvas
        ref={canvas}
        class="measured-tracks"
        style={{ width: '100%', height: `${height}px` }}
        tabIndex={0}
        role="img"
        aria-label={`${tracks.length} tracks over time: ${tracks.map(({ label }) => label).join(', ')}. Arrows go from slice to slice, + and − zoom.`}
        onKeyDown={onKeyDown}
        onPointerMove={(event) => {
          const found = at(event);
          hover(found && { ...found, x: event.clientX, y: event.clientY });
        }}
        onPointerLeave={() => hover(undefined)}
        onPointerDown={(event) => {
          const found = at(event);
          startDrag(event, state, scale, total, () => choose(found));
        }}
      />
      {hovered && tracks[hovered.track] && (
        <Tooltip x={hovered.x} y={hovered.y} description={(tracks[hovered.track] as DrawnTrack).describe(hovered.slice)} />
      )}
      <p class="keys" aria-live="polite">
        {described ? sentence(described) : 'Ctrl + wheel or W and S to zoom, drag or A and D to pan, arrows to go from slice to slice.'}
      </p>
    </div>
  );
}

/** Wheel listeners of Preact are passive; this one must keep the page from moving. */
function useWheel(canvas: { readonly current: HTMLCanvasElement | null }, state: ViewState, scale: TimeScale, total: number): void {
  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const listen = (event: WheelEvent): void => onWheel(event, state, scale, total, element.getBoundingClientRect().left);
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  });
}

/** Where an arrow leads from the chosen slice; into the view when nothing is chosen yet. */
function move(key: string, tracks: readonly DrawnTrack[], from: Chosen | undefined, start: number): Chosen | undefined {
  const directions: { readonly [key: string]: readonly [number, number] } = {
    ArrowLeft: [0, -1],
    ArrowRight: [0, 1],
    ArrowUp: [-1, 0],
    ArrowDown: [1, 0],
  };
  const direction = directions[key];
  if (!direction) return undefined;
  const [up, along] = direction;
  const track = tracks[(from?.track ?? 0) + (from ? up : 0)];
  if (!track || track.start.length === 0) return from;
  const index = (from?.track ?? 0) + (from ? up : 0);
  const last = track.start.length - 1;
  if (!from) return { track: index, slice: Math.min(last, firstAfter(track, start)) };
  if (up !== 0) return { track: index, slice: Math.min(last, firstAfter(track, tracks[from.track]?.start[from.slice] ?? 0)) };
  return { track: index, slice: Math.min(last, Math.max(0, from.slice + along)) };
}
