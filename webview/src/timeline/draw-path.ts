/** The critical path over the rows: its operations framed where they can be told apart, and a line from each to the next. */
import type { TimelinePicture } from '../draw-timeline.ts';
import { toX } from '../time-scale.ts';
import { middleOf } from './arrows.ts';
import { outlineOperation } from './draw-marks.ts';
import { pathInView } from './path-in-view.ts';

export function drawPath(context: CanvasRenderingContext2D, picture: TimelinePicture, operations: Uint32Array): void {
  const { simulation, rows, scale, theme } = picture;
  const shown = pathInView(simulation, operations, scale);
  context.save();
  context.beginPath();
  context.rect(scale.left, rows.top - 2, scale.width, rows.height);
  context.clip();
  context.strokeStyle = theme.critical;
  context.lineWidth = 2;
  context.lineJoin = 'round';
  context.beginPath();
  for (let place = 1; place < shown.length; place++) {
    const [from, to] = [shown[place - 1] ?? 0, shown[place] ?? 0];
    context.moveTo(toX(scale, simulation.end[from] ?? 0), middleOf(simulation, rows, from));
    context.lineTo(toX(scale, simulation.start[to] ?? 0), middleOf(simulation, rows, to));
  }
  context.stroke();
  for (const index of shown) outlineOperation(context, picture, index, theme.critical, 2);
  context.restore();
}
