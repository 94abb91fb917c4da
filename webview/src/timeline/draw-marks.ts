/** What lies over the picture of the timeline, on a canvas of its own: it follows the pointer, so it must be cheap. */
import { transferKind } from '../../../server/src/core/schedules/simulate.ts';
import { prepareCanvas } from '../canvas.ts';
import type { TimelinePicture } from '../draw-timeline.ts';
import { toX } from '../time-scale.ts';

/** Outlines the operation under the pointer and the one the keyboard is at. */
export function drawMarks(
  canvas: HTMLCanvasElement,
  width: number,
  picture: TimelinePicture,
  hovered: number | undefined,
  selected: number | undefined,
): void {
  const context = prepareCanvas(canvas, width, picture.slab.height);
  if (!context) return;
  context.translate(0, -picture.slab.top);
  if (hovered !== undefined && hovered !== selected) outlineOperation(context, picture, hovered, false);
  if (selected !== undefined) outlineOperation(context, picture, selected, true);
}

function outlineOperation(context: CanvasRenderingContext2D, picture: TimelinePicture, index: number, selected: boolean): void {
  const { simulation, rows, scale, theme } = picture;
  const rank = simulation.rank[index] ?? 0;
  const left = Math.max(scale.left, toX(scale, simulation.start[index] ?? 0));
  const right = Math.min(scale.left + scale.width, toX(scale, simulation.end[index] ?? 0));
  if (right < left) return;
  const inLane = simulation.kind[index] === transferKind && rows.lane > 0;
  const top = rows.top + rank * rows.pitch + (inLane ? rows.bar + 1 : 0);
  const height = inLane ? rows.lane : rows.bar;
  context.strokeStyle = selected ? theme.focus : theme.foreground;
  context.lineWidth = selected ? 3 : 1.5;
  const inset = context.lineWidth / 2;
  context.strokeRect(left - 0.5 + inset, top - 0.5 + inset, Math.max(2, right - left - context.lineWidth), height + 1 - context.lineWidth);
}
