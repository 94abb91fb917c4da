/** Paints latency against throughput: the steady state with its band, simulated means up to their p99, the load, and the limits. */
import { type Axis, along } from '../axis.ts';
import { prepareCanvas } from '../canvas.ts';
import { formatExactSeconds } from '../format.ts';
import { type Theme, withOpacity } from '../theme.ts';
import type { CurveChart, CurvePoint } from './curve.ts';

export const curveHeight = 220;
const [left, right, top, bottom] = [64, 14, 24, 36];

interface Frame {
  readonly context: CanvasRenderingContext2D;
  readonly theme: Theme;
  readonly x: (rate: number) => number;
  readonly y: (seconds: number) => number;
  readonly width: number;
}

/** Where a rate is drawn in a chart of this width. */
export const curveX = (axis: Axis, width: number, rate: number): number => left + along(axis, rate) * (width - left - right);

export function drawCurve(canvas: HTMLCanvasElement, width: number, chart: CurveChart, theme: Theme, mark: number | undefined): void {
  const context = prepareCanvas(canvas, width, curveHeight);
  if (!context) return;
  const frame: Frame = {
    context,
    theme,
    width,
    x: (rate) => curveX(chart.x, width, rate),
    y: (seconds) => curveHeight - bottom - along(chart.y, seconds) * (curveHeight - top - bottom),
  };
  drawAxes(frame, chart);
  context.save();
  context.beginPath();
  context.rect(left, top - 4, width - left - right + 4, curveHeight - top - bottom + 4);
  context.clip();
  drawBand(frame, chart);
  drawLine(frame, chart.line);
  for (const point of chart.simulated) drawPoint(frame, point, theme.forward.fill, false);
  context.restore();
  if (chart.limit !== undefined) drawLimit(frame, chart.limit);
  drawHere(frame, chart);
  if (mark !== undefined) drawMark(frame, mark);
}

function drawAxes({ context, theme, x, y, width }: Frame, chart: CurveChart): void {
  context.font = `11px ${theme.font}`;
  context.lineWidth = 1;
  context.strokeStyle = theme.grid;
  context.fillStyle = theme.muted;
  context.beginPath();
  for (const tick of chart.y.ticks) {
    const at = Math.round(y(tick)) + 0.5;
    context.moveTo(left, at);
    context.lineTo(width - right, at);
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    context.fillText(tick === 0 ? '0' : formatExactSeconds(tick), left - 8, at);
  }
  let free = Number.NEGATIVE_INFINITY;
  for (const tick of chart.x.ticks) {
    const at = Math.round(x(tick)) + 0.5;
    context.moveTo(at, top);
    context.lineTo(at, curveHeight - bottom);
    const text = String(Number(tick.toPrecision(6)));
    const half = context.measureText(text).width / 2;
    if (at - half < free) continue;
    context.textAlign = 'center';
    context.textBaseline = 'top';
    context.fillText(text, at, curveHeight - bottom + 5);
    free = at + half + 6;
  }
  context.stroke();
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillText('requests per second', (left + width - right) / 2, curveHeight - 2);
}

function trace(context: CanvasRenderingContext2D, { x, y }: Frame, points: readonly CurvePoint[], from: 'start' | 'on'): void {
  points.forEach((point, index) => {
    if (index === 0 && from === 'start') context.moveTo(x(point.rate), y(point.seconds));
    else context.lineTo(x(point.rate), y(point.seconds));
  });
}

function drawBand(frame: Frame, { fast, slow }: CurveChart): void {
  const { context, theme } = frame;
  if (fast.length === 0 || slow.length === 0) return;
  context.beginPath();
  trace(context, frame, fast, 'start');
  trace(context, frame, [...slow].reverse(), 'on');
  context.closePath();
  context.fillStyle = withOpacity(theme.forward.fill, 0.2);
  context.fill();
}

function drawLine(frame: Frame, line: readonly CurvePoint[]): void {
  const { context, theme } = frame;
  context.strokeStyle = theme.forward.fill;
  context.lineWidth = 2;
  context.beginPath();
  trace(context, frame, line, 'start');
  context.stroke();
}

/** A mean with a whisker up to its p99. */
function drawPoint({ context, x, y, theme }: Frame, point: CurvePoint & { readonly p99: number }, color: string, filled: boolean): void {
  if (!(point.seconds > 0)) return;
  const [at, mean, high] = [x(point.rate), y(point.seconds), y(point.p99)];
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(at, mean);
  context.lineTo(at, high);
  context.moveTo(at - 3, high);
  context.lineTo(at + 3, high);
  context.stroke();
  context.beginPath();
  context.arc(at, mean, filled ? 5 : 3.5, 0, 2 * Math.PI);
  context.fillStyle = filled ? color : theme.background;
  context.fill();
  context.stroke();
}

function drawHere(frame: Frame, { here }: CurveChart): void {
  const { context, theme, x, width } = frame;
  const at = Math.round(x(here.rate)) + 0.5;
  context.strokeStyle = theme.backward.fill;
  context.lineWidth = 1.5;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(at, top);
  context.lineTo(at, curveHeight - bottom);
  context.stroke();
  context.setLineDash([]);
  drawPoint(frame, here, theme.backward.fill, true);
  const text = 'this load';
  const half = context.measureText(text).width / 2;
  context.fillStyle = theme.foreground;
  context.textAlign = 'center';
  context.textBaseline = 'bottom';
  context.fillText(text, Math.min(Math.max(at, left + half), width - right - half), top - 3);
}

function drawLimit({ context, theme, y, width }: Frame, seconds: number): void {
  const at = Math.round(y(seconds)) + 0.5;
  context.strokeStyle = theme.limit;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(left, at);
  context.lineTo(width - right, at);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = theme.limit;
  context.textAlign = 'left';
  context.textBaseline = 'bottom';
  context.fillText(`limit ${formatExactSeconds(seconds)}`, left + 6, at - 2);
}

function drawMark({ context, theme, x }: Frame, rate: number): void {
  const at = Math.round(x(rate)) + 0.5;
  context.strokeStyle = theme.focus;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(at, top);
  context.lineTo(at, curveHeight - bottom);
  context.stroke();
}
