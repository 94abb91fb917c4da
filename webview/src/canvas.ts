/** What both canvases share: their size in device pixels and the time axis. */
import { formatTick } from './format.ts';
import type { Theme } from './theme.ts';
import { type TimeScale, ticks, toX } from './time-scale.ts';

/** Room for the names of the stages left of the timeline, and for the edge on the right. */
export const gutter = 66;
export const edge = 14;

/** Gives the canvas `width` by `height` CSS pixels at the density of the screen, wiped; undefined without 2D support. */
export function prepareCanvas(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | undefined {
  const density = window.devicePixelRatio || 1;
  const [pixelsWide, pixelsHigh] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== pixelsWide) canvas.width = pixelsWide;
  if (canvas.height !== pixelsHigh) canvas.height = pixelsHigh;
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Grid lines from `top` to `bottom`, with times above them unless `labels` is off. */
export function drawTimeGrid(
  context: CanvasRenderingContext2D,
  theme: Theme,
  scale: TimeScale,
  top: number,
  bottom: number,
  labels: boolean,
): void {
  const { times, distance } = ticks(scale);
  context.strokeStyle = theme.grid;
  context.lineWidth = 1;
  context.beginPath();
  for (const time of times) {
    const x = Math.round(toX(scale, time)) + 0.5;
    context.moveTo(x, labels ? top - 5 : top);
    context.lineTo(x, bottom);
  }
  context.stroke();
  if (!labels) return;
  context.fillStyle = theme.muted;
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  for (const time of times) {
    const text = formatTick(time, distance);
    const half = context.measureText(text).width / 2;
    const x = Math.min(Math.max(toX(scale, time), scale.left + half), scale.left + scale.width + edge - half);
    context.textAlign = 'center';
    context.fillText(text, x, top - 13);
  }
}
