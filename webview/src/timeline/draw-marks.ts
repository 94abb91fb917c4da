/** What lies over the picture of the timeline, on a canvas of its own: it follows the pointer, so it must be cheap. */
import { laneOf } from '../../../server/src/core/schedules/operation-kind.ts';
import { edge, prepareCanvas } from '../canvas.ts';
import type { TimelinePicture } from '../draw-timeline.ts';
import { formatTick } from '../format.ts';
import { withOpacity } from '../theme.ts';
import { ticks, toX, type View } from '../time-scale.ts';
import { linksOf } from './analysis.ts';
import { type Arrow, arrowsOf } from './arrows.ts';

export interface Marks {
  readonly hovered: number | undefined;
  readonly selected: number | undefined;
  /** The time under the pointer. */
  readonly cursor: number | undefined;
  readonly range: View | undefined;
  /** What the search found. */
  readonly matches: Uint32Array | undefined;
}

/** More outlines than this are a mass; the search then only counts and goes from one to the next. */
const mostOutlines = 2_000;

export function drawMarks(canvas: HTMLCanvasElement, width: number, picture: TimelinePicture, marks: Marks): void {
  const { slab, rows, scale, theme } = picture;
  const context = prepareCanvas(canvas, width, slab.height);
  if (!context) return;
  context.translate(0, -slab.top);
  context.save();
  context.beginPath();
  context.rect(scale.left - 1, 0, scale.width + 2, rows.height);
  context.clip();
  if (marks.range) drawRange(context, picture, marks.range);
  drawMatches(context, picture, marks.matches);
  const { hovered, selected } = marks;
  if (hovered !== undefined && hovered !== selected) outlineOperation(context, picture, hovered, theme.foreground, 1.5);
  if (selected !== undefined) {
    for (const arrow of arrowsOf(picture.simulation, linksOf(picture.simulation), rows, selected)) drawArrow(context, picture, arrow);
    outlineOperation(context, picture, selected, theme.focus, 3);
  }
  context.restore();
  if (marks.cursor !== undefined) drawCursor(context, picture, marks.cursor);
}

function drawMatches(context: CanvasRenderingContext2D, picture: TimelinePicture, matches: Uint32Array | undefined): void {
  const { simulation, scale, theme } = picture;
  if (!matches || matches.length === 0) return;
  let drawn = 0;
  for (const index of matches) {
    if ((simulation.end[index] ?? 0) < scale.start || (simulation.start[index] ?? 0) > scale.end) continue;
    outlineOperation(context, picture, index, theme.foreground, 2);
    if (++drawn >= mostOutlines) break;
  }
}

function drawRange(context: CanvasRenderingContext2D, { rows, scale, theme }: TimelinePicture, { start, end }: View): void {
  const [left, right] = [toX(scale, start), toX(scale, end)];
  context.fillStyle = withOpacity(theme.background, 0.55);
  context.fillRect(scale.left, rows.top - 6, left - scale.left, rows.height);
  context.fillRect(right, rows.top - 6, scale.left + scale.width - right, rows.height);
  context.fillStyle = theme.focus;
  context.fillRect(left, rows.top - 6, Math.max(1, right - left), 4);
  context.fillRect(Math.round(left), rows.top - 6, 1, rows.height);
  context.fillRect(Math.round(right) - 1, rows.top - 6, 1, rows.height);
}

/** The time at the pointer as a line through all rows, written on the axis. */
function drawCursor(context: CanvasRenderingContext2D, { rows, scale, theme }: TimelinePicture, time: number): void {
  const x = toX(scale, time);
  if (x < scale.left || x > scale.left + scale.width) return;
  context.fillStyle = theme.foreground;
  context.globalAlpha = 0.6;
  context.fillRect(Math.round(x), rows.top - 5, 1, rows.height - rows.top + 5);
  context.globalAlpha = 1;
  const text = formatTick(time, ticks(scale).distance / 100);
  context.font = `11px ${theme.font}`;
  const half = context.measureText(text).width / 2 + 4;
  const middle = Math.min(Math.max(x, scale.left + half), scale.left + scale.width + edge - half);
  context.fillRect(middle - half, 0, 2 * half, 16);
  context.fillStyle = theme.background;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, middle, 8.5);
}

function drawArrow(context: CanvasRenderingContext2D, { scale, theme }: TimelinePicture, { fromTime, fromY, toTime, toY }: Arrow): void {
  const [fromX, toX_] = [toX(scale, fromTime), toX(scale, toTime)];
  const bend = Math.max(6, Math.min(60, Math.abs(toX_ - fromX) / 2));
  const straight = Math.abs(toY - fromY) < 1;
  for (const [color, line] of [
    [theme.background, 4],
    [theme.foreground, 1.5],
  ] as const) {
    context.strokeStyle = color;
    context.fillStyle = color;
    context.lineWidth = line;
    context.beginPath();
    context.moveTo(fromX, fromY);
    if (straight) context.lineTo(toX_, toY);
    else context.bezierCurveTo(fromX + bend, fromY, toX_ - bend, toY, toX_, toY);
    context.stroke();
    context.beginPath();
    context.moveTo(toX_ + 1, toY);
    context.lineTo(toX_ - 7, toY - 4);
    context.lineTo(toX_ - 7, toY + 4);
    context.closePath();
    if (line > 2) context.stroke();
    else context.fill();
  }
}

/** A frame round an operation, inside its box. */
export function outlineOperation(
  context: CanvasRenderingContext2D,
  picture: TimelinePicture,
  index: number,
  color: string,
  line: number,
): void {
  const { simulation, rows, scale } = picture;
  const left = Math.max(scale.left, toX(scale, simulation.start[index] ?? 0));
  const right = Math.min(scale.left + scale.width, toX(scale, simulation.end[index] ?? 0));
  if (right < left) return;
  const inLane = laneOf(simulation.kind[index] ?? 0) !== 'compute' && rows.lane > 0;
  const top = rows.top + (simulation.rank[index] ?? 0) * rows.pitch + (inLane ? rows.bar + 1 : 0);
  const height = inLane ? rows.lane : rows.bar;
  context.strokeStyle = color;
  context.lineWidth = line;
  const inset = line / 2;
  context.strokeRect(left - 0.5 + inset, top - 0.5 + inset, Math.max(2, right - left - line), Math.max(1, height + 1 - line));
}
