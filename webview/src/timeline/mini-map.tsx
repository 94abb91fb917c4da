/** The whole step in little, with the part that is in sight: drag the part, its edges, or press beside it. For the pointer; the keyboard has its own ways. */
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Simulation } from '../../../server/src/core/schedules/simulate.ts';
import { prepareCanvas } from '../canvas.ts';
import { follow, setView } from '../gestures.ts';
import { tailSpans } from '../layout.ts';
import { type PixelLayer, pixelLayer } from '../pixel-layer.ts';
import type { PanelState } from '../state.ts';
import { readTheme } from '../theme.ts';
import { clampView, type TimeScale, toX } from '../time-scale.ts';
import { computeShares, transferShares } from './columns.ts';
import { dragWindow, type Grip, gripAt } from './mini-map-drag.ts';

export const miniMapHeight = 40;

interface MiniMapProps {
  readonly state: PanelState;
  readonly simulation: Simulation;
  readonly scale: TimeScale;
  readonly width: number;
}

export function MiniMap({ state, simulation, scale, width }: MiniMapProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pixels = useMemo(pixelLayer, []);
  const total = simulation.stepSeconds;
  const whole: TimeScale = useMemo(
    () => ({ start: 0, end: total, left: scale.left, width: scale.width }),
    [total, scale.left, scale.width],
  );
  const themeChanges = state.themeChanges.value;
  // Painted anew when the theme may have changed.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (canvas.current) drawMiniMap(canvas.current, pixels, simulation, whole, width);
    });
    return () => cancelAnimationFrame(frame);
  }, [simulation, whole, width, themeChanges, pixels]);
  const [left, right] = [toX(whole, scale.start), toX(whole, scale.end)];
  const onPointerDown = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const origin = event.currentTarget.getBoundingClientRect().left;
    const before = { start: scale.start, end: scale.end };
    const grip: Grip = gripAt(event.clientX - origin, left, right);
    const drag = (moved: PointerEvent): void =>
      setView(state, clampView(dragWindow(before, grip, whole, event.clientX - origin, moved.clientX - origin), total), total);
    if (grip === 'beside') drag(event);
    follow(event, drag);
  };
  return (
    <div class="mini-map" style={{ height: `${miniMapHeight}px` }} aria-hidden="true" onPointerDown={onPointerDown}>
      <canvas ref={canvas} style={{ width: `${width}px`, height: `${miniMapHeight}px` }} />
      <div class="in-sight" style={{ left: `${left}px`, width: `${Math.max(2, right - left)}px` }} />
    </div>
  );
}

function drawMiniMap(canvas: HTMLCanvasElement, pixels: PixelLayer, simulation: Simulation, scale: TimeScale, width: number): void {
  const context = prepareCanvas(canvas, width, miniMapHeight);
  if (!context) return;
  const theme = readTheme();
  context.fillStyle = theme.bubble.fill;
  context.fillRect(scale.left, 0, scale.width, miniMapHeight);
  pixels.reset(0, width, miniMapHeight, window.devicePixelRatio || 1);
  const { stages } = simulation.request;
  const rows = Math.min(stages, Math.floor(miniMapHeight / 2));
  const pitch = miniMapHeight / rows;
  for (let row = 0; row < rows; row++) {
    const rank = Math.floor((row * stages) / rows);
    const [forward, backward] = computeShares(simulation, rank, scale);
    const sent = simulation.request.transferOverlapped ? undefined : transferShares(simulation, rank, scale);
    pixels.stack(scale.left, row * pitch, Math.max(1, pitch - (pitch >= 4 ? 1 : 0)), [
      [forward, theme.forward.fill],
      [backward, theme.backward.fill],
      [sent, theme.transfer.fill],
    ]);
  }
  pixels.paste(context);
  for (const { part, start, end } of tailSpans(simulation)) {
    const left = toX(scale, Math.max(start, simulation.makespan));
    context.fillStyle = theme.tail[part].fill;
    context.fillRect(left, 0, toX(scale, end) - left, miniMapHeight);
  }
}
