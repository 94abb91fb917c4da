/** Paints the timeline: one row per pipeline rank, on a 2D canvas. */
import type { IdleSlots } from '../../server/src/core/schedules/idle-slots.ts';
import { backwardWeightKind, forwardKind, type Simulation, transferKind } from '../../server/src/core/schedules/simulate.ts';
import { drawTimeGrid, gutter, prepareCanvas } from './canvas.ts';
import {
  type Box,
  boxesOf,
  computeSpan,
  detailOf,
  type Rows,
  rowsBetween,
  type Slab,
  type Span,
  spanBetween,
  type TailSpan,
  tailLabels,
  tailSpans,
  transferSpan,
} from './layout.ts';
import { hatch } from './patterns.ts';
import type { ColumnLayer, PixelLayer } from './pixel-layer.ts';
import { lettersOver, type Paint, type Theme, withOpacity } from './theme.ts';
import { type TimeScale, toX } from './time-scale.ts';
import { computeShares, idleShares, transferShares } from './timeline/columns.ts';

export interface TimelinePicture {
  readonly simulation: Simulation;
  readonly rows: Rows;
  readonly scale: TimeScale;
  readonly theme: Theme;
  /** The stage that the memory chart brings out. */
  readonly stage: number;
  /** What of the canvas is painted. */
  readonly slab: Slab;
  /** Waiting is coloured by its cause when these are given. */
  readonly idle: IdleSlots | undefined;
}

/** Draws the picture; returns how many forward and backward operations are in sight. */
export function drawTimeline(canvas: HTMLCanvasElement, width: number, picture: TimelinePicture, pixels: PixelLayer): number {
  const { simulation, rows, scale, theme, slab } = picture;
  const context = prepareCanvas(canvas, width, slab.height);
  if (!context) return 0;
  context.translate(0, -slab.top);
  drawTimeGrid(context, theme, scale, rows.top, rows.height, true);
  const brush = makeBrush(context, width, picture, pixels);
  for (let rank = brush.visible.first; rank < brush.visible.last; rank++) drawRow(brush, rank);
  pixels.paste(context);
  drawNames(brush);
  let operations = 0;
  for (let rank = 0; rank < rows.count; rank++) {
    const { first, last } = computeSpan(simulation, rank, scale);
    operations += last - first;
  }
  return operations;
}

interface Brush extends TimelinePicture {
  readonly context: CanvasRenderingContext2D;
  readonly visible: Span;
  readonly pixels: PixelLayer;
  readonly bubbleHatch: CanvasPattern | null;
  /** By cause. */
  readonly idleHatches: readonly (CanvasPattern | null)[];
  readonly backwardHatch: CanvasPattern | null;
  /** Weight gradients, drawn in the colour of backward passes. */
  readonly weightHatch: CanvasPattern | null;
  readonly transferHatch: CanvasPattern | null;
  /** How strongly the boxes of each chunk are filled, so that virtual stages can be told apart. */
  readonly strength: (chunk: number) => number;
  /** Colour of the letters on boxes of a kind and chunk. */
  readonly letters: (kind: number, chunk: number) => string;
}

function makeBrush(context: CanvasRenderingContext2D, width: number, picture: TimelinePicture, pixels: PixelLayer): Brush {
  const { theme, simulation, slab } = picture;
  const density = window.devicePixelRatio || 1;
  const last = simulation.request.virtualStages - 1;
  const strength = (chunk: number): number => (last === 0 ? 1 : 1 - (0.5 * chunk) / last);
  const lettersOf = (paint: Paint): readonly string[] =>
    Array.from({ length: last + 1 }, (_, chunk) => lettersOver(theme, paint, strength(chunk)));
  const forwardLetters = lettersOf(theme.forward);
  const backwardLetters = lettersOf(theme.backward);
  pixels.reset(slab.top, width, slab.height, density);
  return {
    ...picture,
    context,
    visible: rowsBetween(picture.rows, slab.top, slab.top + slab.height),
    pixels,
    idleHatches: picture.idle ? theme.idle.map(({ text }) => hatch(context, 'rising', text, density)) : [],
    bubbleHatch: hatch(context, 'rising', theme.bubble.text, density),
    backwardHatch: hatch(context, 'falling', withOpacity(theme.backward.text, 0.16), density),
    weightHatch: hatch(context, 'rising', withOpacity(theme.backward.text, 0.4), density),
    transferHatch: hatch(context, 'dots', withOpacity(theme.transfer.text, 0.7), density),
    strength,
    letters: (kind, chunk) => (kind === forwardKind ? forwardLetters : backwardLetters)[chunk] ?? theme.foreground,
  };
}

function drawRow(brush: Brush, rank: number): void {
  const { context, rows, scale, simulation, visible } = brush;
  const top = rows.top + rank * rows.pitch;
  context.save();
  context.beginPath();
  context.rect(scale.left, top, scale.width, rows.pitch);
  context.clip();
  drawBubble(brush, top);
  const computed = computeSpan(simulation, rank, scale);
  const sent = transferSpan(simulation, rank, scale);
  if (detailOf(computed, visible.last - visible.first, scale) === 'pixels') paintRow(brush, rank, top);
  else {
    drawIdle(brush, rank, top);
    drawBoxes(brush, boxesOf(simulation, computed, scale), top, rows.bar);
    const transfers = boxesOf(simulation, sent, scale);
    if (!simulation.request.transferOverlapped) drawBoxes(brush, transfers, top, rows.bar);
    if (rows.lane > 1) drawBoxes(brush, transfers, top + rows.bar + 1, rows.lane - 1);
  }
  drawTail(brush, top);
  context.restore();
}

/** Each column from the bottom up: forward, backward, transfers that hold the rank up; what is left is waiting. */
function paintRow({ pixels, simulation, scale, rows, theme, idle }: Brush, rank: number, top: number): void {
  const [forward, backward] = computeShares(simulation, rank, scale);
  const sent = [transferShares(simulation, rank, scale), theme.transfer.fill] as const;
  const layers: ColumnLayer[] = [
    [forward, theme.forward.fill],
    [backward, theme.backward.fill],
  ];
  if (!simulation.request.transferOverlapped) layers.push(sent);
  for (const [cause, shares] of idle ? idleShares(simulation, idle, rank, scale).entries() : [])
    layers.push([shares, theme.idle[cause]?.fill ?? '']);
  pixels.stack(scale.left, top, rows.bar, layers);
  if (rows.lane > 1) pixels.stack(scale.left, top + rows.bar + 1, rows.lane - 1, [sent]);
}

/** The ground of a row is waiting; whatever the rank does is drawn over it. */
function drawBubble({ context, simulation, scale, rows, theme, bubbleHatch }: Brush, top: number): void {
  const left = Math.max(scale.left, toX(scale, 0));
  const width = Math.min(scale.left + scale.width, toX(scale, simulation.makespan)) - left;
  if (width <= 0) return;
  context.fillStyle = theme.bubble.fill;
  context.fillRect(left, top, width, rows.bar);
  if (bubbleHatch && rows.bar >= 6) {
    context.fillStyle = bubbleHatch;
    context.fillRect(left, top, width, rows.bar);
  }
}

/** Waiting in the colours of its causes, over the ground. */
function drawIdle({ context, scale, rows, theme, idle, idleHatches }: Brush, rank: number, top: number): void {
  if (!idle) return;
  const { first, last } = spanBetween(idle, idle.offset[rank] ?? 0, idle.offset[rank + 1] ?? 0, scale);
  for (let slot = first; slot < last; slot++) {
    const left = Math.max(scale.left, toX(scale, idle.start[slot] ?? 0));
    const width = Math.min(scale.left + scale.width, toX(scale, idle.end[slot] ?? 0)) - left;
    const cause = idle.cause[slot] ?? 0;
    context.fillStyle = theme.idle[cause]?.fill ?? theme.background;
    context.fillRect(left, top, width, rows.bar);
    const pattern = width > 4 && rows.bar >= 6 ? idleHatches[cause] : undefined;
    if (!pattern) continue;
    context.fillStyle = pattern;
    context.fillRect(left, top, width, rows.bar);
  }
}

function paintOf(theme: Theme, kind: number): Paint {
  return kind === forwardKind ? theme.forward : kind === transferKind ? theme.transfer : theme.backward;
}

function drawBoxes(brush: Brush, boxes: readonly Box[], top: number, height: number): void {
  const { context, theme, simulation, strength } = brush;
  const hatched: Box[] = [];
  for (const box of boxes) {
    const gap = box.width > 3 ? 1 : 0;
    context.globalAlpha = box.kind === transferKind ? 1 : strength(simulation.chunk[box.index] ?? 0);
    // Weaker boxes let the hatching of the waiting shine through unless there is ground under them.
    if (context.globalAlpha < 1) {
      const alpha = context.globalAlpha;
      context.globalAlpha = 1;
      context.fillStyle = theme.background;
      context.fillRect(box.x, top, box.width - gap, height);
      context.globalAlpha = alpha;
    }
    context.fillStyle = paintOf(theme, box.kind).fill;
    context.fillRect(box.x, top, Math.max(0.5, box.width - gap), height);
    if (box.width > 6 && height >= 6 && box.kind !== forwardKind) hatched.push(box);
  }
  context.globalAlpha = 1;
  for (const box of hatched) {
    const pattern =
      box.kind === transferKind ? brush.transferHatch : box.kind === backwardWeightKind ? brush.weightHatch : brush.backwardHatch;
    if (!pattern) continue;
    context.fillStyle = pattern;
    context.fillRect(box.x, top, box.width - 1, height);
  }
  if (theme.outline !== '') outlineBoxes(brush, boxes, top, height);
  if (height >= 11) labelBoxes(brush, boxes, top, height);
}

function outlineBoxes({ context, theme }: Brush, boxes: readonly Box[], top: number, height: number): void {
  context.strokeStyle = theme.outline;
  context.lineWidth = 1;
  for (const box of boxes) if (box.width > 4) context.strokeRect(box.x + 0.5, top + 0.5, box.width - 2, height - 1);
}

/** Widest digit of the fonts in use, as a share of the font's size. */
const digitWidth = 0.62;

function labelBoxes({ context, theme, simulation, letters }: Brush, boxes: readonly Box[], top: number, height: number): void {
  const large = Math.min(12, height - 3);
  const small = Math.min(9, large);
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  let size = 0;
  for (const box of boxes) {
    if (box.kind === transferKind) continue;
    const text = String(simulation.microBatch[box.index] ?? 0);
    const fitting = box.width >= text.length * large * digitWidth + 4 ? large : small;
    if (box.width < text.length * fitting * digitWidth + 2) continue;
    if (fitting !== size) context.font = `${fitting}px ${theme.font}`;
    size = fitting;
    context.fillStyle = letters(box.kind, simulation.chunk[box.index] ?? 0);
    context.fillText(text, box.x + (box.width - 1) / 2, top + height / 2 + 0.5);
  }
}

/** What follows the pipeline: collectives in their lane, or in the bar where there is none. */
function drawTail(brush: Brush, top: number): void {
  const { simulation, rows } = brush;
  for (const span of tailSpans(simulation)) {
    if (span.part !== 'optimizer' && rows.lane > 1) drawTailPart(brush, span, top + rows.bar + 1, rows.lane - 1);
    if (span.part === 'optimizer' || rows.lane <= 1 || !brush.idle) {
      drawTailPart(brush, { ...span, start: Math.max(span.start, simulation.makespan) }, top, rows.bar);
    }
  }
}

function drawTailPart({ context, scale, theme }: Brush, { part, start, end }: TailSpan, top: number, height: number): void {
  const left = Math.max(scale.left, toX(scale, start));
  const width = Math.min(scale.left + scale.width, toX(scale, end)) - left;
  if (width <= 0) return;
  const paint = theme.tail[part];
  context.fillStyle = paint.fill;
  context.fillRect(left, top, Math.max(1, width - 1), height);
  if (theme.outline !== '' && width > 4) {
    context.strokeStyle = theme.outline;
    context.strokeRect(left + 0.5, top + 0.5, width - 2, height - 1);
  }
  if (height < 12) return;
  context.font = `11px ${theme.font}`;
  const label = tailLabels[part];
  const text = width > context.measureText(label).width + 8 ? label : width > 14 ? label.charAt(0) : '';
  context.fillStyle = paint.text;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, left + width / 2, top + height / 2 + 0.5);
}

function drawNames({ context, rows, theme, stage, visible }: Brush): void {
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  const every = Math.max(1, Math.ceil(12 / rows.pitch));
  for (let rank = Math.ceil(visible.first / every) * every; rank < visible.last; rank += every) {
    context.font = `${rank === stage ? 'bold ' : ''}${Math.min(12, Math.max(9, rows.pitch - 3))}px ${theme.font}`;
    context.fillStyle = rank === stage ? theme.foreground : theme.muted;
    context.fillText(rows.pitch >= 18 ? `Stage ${rank}` : String(rank), gutter - 8, rows.top + rank * rows.pitch + rows.bar / 2);
  }
}
