/** Paints memory over time under the timeline, on the same time scale: a line per stage and the usable capacity. */
import type { Simulation } from '../../server/src/core/schedules/simulate.ts';
import { drawTimeGrid, gutter, prepareCanvas } from './canvas.ts';
import { formatBytes } from './format.ts';
import { byteTicks, stepLine } from './memory-series.ts';
import { type Theme, withOpacity } from './theme.ts';
import { type TimeScale, toX } from './time-scale.ts';
import { heldBandOf, heldBytesOf, isDense, widen, widenByLevels } from './timeline/held-bytes.ts';

export interface MemoryPicture {
  readonly simulation: Simulation;
  readonly scale: TimeScale;
  readonly theme: Theme;
  readonly usableBytes: number;
  /** The stage that is brought out; the others are thin. */
  readonly stage: number;
}

export const memoryHeight = 168;
const top = 10;
const bottom = memoryHeight - 8;

/** Draws the chart. */
export function drawMemory(canvas: HTMLCanvasElement, width: number, picture: MemoryPicture): void {
  const { simulation, scale, theme, usableBytes, stage } = picture;
  const context = prepareCanvas(canvas, width, memoryHeight);
  if (!context) return;
  const most = Math.max(1, usableBytes, ...simulation.peakBytes) * 1.08;
  const y = (bytes: number): number => bottom - (bytes / most) * (bottom - top);
  drawTimeGrid(context, theme, scale, top, bottom, false);
  drawByteAxis(context, theme, scale, most, y);
  context.save();
  context.beginPath();
  context.rect(scale.left, 0, scale.width, memoryHeight);
  context.clip();
  drawOthers(context, picture, y);
  if (isDense(heldBytesOf(simulation, stage), scale)) drawBand(context, picture, [stage], y, 1);
  else drawLine(context, picture, stage, y);
  context.restore();
  if (usableBytes > 0) drawLimit(context, theme, scale, usableBytes, y);
}

function drawByteAxis(context: CanvasRenderingContext2D, theme: Theme, scale: TimeScale, most: number, y: (bytes: number) => number): void {
  context.font = `11px ${theme.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const bytes of byteTicks(most, 4)) {
    const line = Math.round(y(bytes)) + 0.5;
    context.strokeStyle = theme.grid;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(scale.left, line);
    context.lineTo(scale.left + scale.width, line);
    context.stroke();
    context.fillStyle = theme.muted;
    context.fillText(bytes === 0 ? '0' : formatBytes(bytes, 3).replace(/\.0+ /, ' '), gutter - 8, line);
  }
}

/** More lines than this add up to a mass, and take their time. */
const mostLines = 16;
/** Stages that are looked at step by step for a band; of more, every so many-th. */
const mostInBand = 128;

/** The stages that are not chosen: a thin line each, or one band from the least to the most that any of them holds. */
function drawOthers(context: CanvasRenderingContext2D, picture: MemoryPicture, y: (bytes: number) => number): void {
  const { simulation, scale, stage } = picture;
  const { stages } = simulation.request;
  const others = Array.from({ length: stages }, (_, rank) => rank).filter((rank) => rank !== stage);
  if (stages > mostLines || isDense(heldBytesOf(simulation, stage), scale)) drawBand(context, picture, others, y, 0.3);
  else for (const rank of others) drawLine(context, picture, rank, y);
}

/** A bar per column of pixels, from the least to the most that the ranks hold there; of the chosen stage also the ground below. */
function drawBand(
  context: CanvasRenderingContext2D,
  { simulation, scale, theme, stage }: MemoryPicture,
  ranks: readonly number[],
  y: (bytes: number) => number,
  opacity: number,
): void {
  const until = Math.min(scale.width, Math.ceil(toX(scale, simulation.stepSeconds) - scale.left));
  const count = Math.max(0, Math.ceil(until));
  const least = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const most = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  const chosen = ranks[0] === stage;
  // Of all stages together, the chosen one may be part of the band: it is drawn over it.
  if (chosen || !widenByLevels(heldBandOf(simulation), scale, least, most)) {
    const every = Math.ceil(ranks.length / mostInBand);
    for (let place = 0; place < ranks.length; place += every) widen(heldBytesOf(simulation, ranks[place] ?? 0), scale, least, most);
  }
  context.fillStyle = withOpacity(chosen ? theme.forward.fill : theme.muted, opacity);
  for (let column = 0; column < count; column++) {
    const high = y(most[column] ?? 0);
    context.fillRect(scale.left + column, high - 1, 1, Math.max(2, y(least[column] ?? 0) - high + 1));
  }
  if (!chosen) return;
  context.fillStyle = withOpacity(theme.forward.fill, 0.18);
  for (let column = 0; column < count; column++) {
    const low = y(least[column] ?? 0);
    context.fillRect(scale.left + column, low, 1, bottom - low);
  }
}

function drawLine(context: CanvasRenderingContext2D, picture: MemoryPicture, rank: number, y: (bytes: number) => number): void {
  const { simulation, scale, theme } = picture;
  const chosen = rank === picture.stage;
  const points = stepLine(heldBytesOf(simulation, rank), scale, simulation.stepSeconds);
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return;
  context.beginPath();
  context.moveTo(first.x, y(first.bytes));
  for (const point of points) context.lineTo(point.x, y(point.bytes));
  context.strokeStyle = chosen ? theme.forward.fill : theme.muted;
  // Many lines would add up to a dark mass.
  context.globalAlpha = chosen ? 1 : Math.min(0.55, 5 / simulation.request.stages);
  context.lineWidth = chosen ? 2 : 1;
  context.stroke();
  context.globalAlpha = 1;
  if (!chosen) return;
  context.lineTo(last.x, bottom);
  context.lineTo(first.x, bottom);
  context.closePath();
  context.fillStyle = withOpacity(theme.forward.fill, 0.18);
  context.fill();
}

function drawLimit(
  context: CanvasRenderingContext2D,
  theme: Theme,
  scale: TimeScale,
  usableBytes: number,
  y: (bytes: number) => number,
): void {
  const line = Math.round(y(usableBytes)) + 0.5;
  context.strokeStyle = theme.limit;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(scale.left, line);
  context.lineTo(scale.left + scale.width, line);
  context.stroke();
  context.setLineDash([]);
  const text = `Usable ${formatBytes(usableBytes)}`;
  context.font = `11px ${theme.font}`;
  const width = context.measureText(text).width;
  const right = Math.min(scale.left + scale.width, toX(scale, scale.end)) - 4;
  context.fillStyle = theme.background;
  context.fillRect(right - width - 4, line + 2, width + 8, 15);
  context.fillStyle = theme.limit;
  context.textAlign = 'right';
  context.textBaseline = 'top';
  context.fillText(text, right, line + 4);
}
