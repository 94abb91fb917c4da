/** Paints what the engines did over time: tokens per step, requests, and the KV cache, under each other on one time axis. */
import { drawTimeGrid, gutter, prepareCanvas } from '../canvas.ts';
import { hatch } from '../patterns.ts';
import { type Paint, type Theme, withOpacity } from '../theme.ts';
import { type TimeScale, toX } from '../time-scale.ts';
import { plainTicks, type Stretch } from './series.ts';

export interface SeriesPicture {
  readonly columns: readonly Stretch[];
  readonly scale: TimeScale;
  readonly theme: Theme;
  readonly kvTokens: number;
  readonly maxSequences: number;
  /** The time that the pointer or the keyboard is at. */
  readonly mark: number | undefined;
}

const gridTop = 26;
/** The first lane begins below its name. */
const top = gridTop + 20;
const laneHeight = 76;
const laneGap = 26;
const lanes = 4;
export const seriesHeight = top + lanes * laneHeight + (lanes - 1) * laneGap + 8;

const prefillOf = (at: Stretch): number => at.prefillTokens;
const decodeOf = (at: Stretch): number => at.decodeTokens;

interface Lane {
  readonly y: (value: number) => number;
  readonly top: number;
  readonly bottom: number;
}

export function drawSeries(canvas: HTMLCanvasElement, width: number, picture: SeriesPicture): void {
  const context = prepareCanvas(canvas, width, seriesHeight);
  if (!context) return;
  const { columns, scale, theme, kvTokens, maxSequences, mark } = picture;
  drawTimeGrid(context, theme, scale, gridTop, seriesHeight - 8, true);
  const most = (read: (stretch: Stretch) => number) => columns.reduce((high, stretch) => Math.max(high, read(stretch)), 0);
  const prompts = lane(context, picture, 0, 'Prompt tokens per step, average of all engines', most(prefillOf));
  bars(context, picture, prompts, prefillOf, theme.backward, 'falling');
  const decodes = lane(context, picture, 1, 'Decoded tokens per step, average of all engines', most(decodeOf));
  bars(context, picture, decodes, decodeOf, theme.forward, undefined);
  const requests = lane(
    context,
    picture,
    2,
    'Requests at the fullest engine',
    most((at) => Math.max(at.running, at.waiting)),
  );
  if (requests.y(maxSequences) >= requests.top) limit(context, picture, requests.y(maxSequences), `${maxSequences} sequences`);
  line(context, picture, requests, (at) => at.running, theme.transfer.fill, []);
  line(context, picture, requests, (at) => at.waiting, theme.tail.optimizer.fill, [4, 3]);
  const cache = lane(context, picture, 3, 'Tokens in the KV cache of the fullest engine', kvTokens * 1.12);
  area(context, picture, cache, (at) => at.kvShare * kvTokens);
  limit(context, picture, cache.y(kvTokens), `capacity ${shortCount(kvTokens)}`);
  if (mark === undefined) return;
  const x = Math.round(toX(scale, mark)) + 0.5;
  context.strokeStyle = theme.focus;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, gridTop - 4);
  context.lineTo(x, seriesHeight - 8);
  context.stroke();
}

/** "457 k", "1.2 M". */
export function shortCount(value: number): string {
  if (value >= 1e6) return `${plain(value / 1e6)} M`;
  return value >= 1e4 ? `${plain(value / 1e3)} k` : plain(value);
}

const plain = (value: number): string => String(Number(value.toPrecision(3)));

function lane(context: CanvasRenderingContext2D, { scale, theme }: SeriesPicture, index: number, name: string, most: number): Lane {
  const bottom = top + index * (laneHeight + laneGap) + laneHeight;
  const ticks = plainTicks(most, 3);
  // The last lane has room above its capacity; the others end at their highest tick.
  const high = index === lanes - 1 ? most : (ticks.at(-1) ?? 1);
  const y = (value: number): number => bottom - (value / high) * laneHeight;
  context.font = `11px ${theme.font}`;
  context.lineWidth = 1;
  context.textBaseline = 'middle';
  for (const tick of ticks.filter((value) => value <= high)) {
    const at = Math.round(y(tick)) + 0.5;
    context.strokeStyle = theme.grid;
    context.beginPath();
    context.moveTo(scale.left, at);
    context.lineTo(scale.left + scale.width, at);
    context.stroke();
    context.fillStyle = theme.muted;
    context.textAlign = 'right';
    context.fillText(shortCount(tick), gutter - 8, at);
  }
  context.fillStyle = theme.foreground;
  context.textAlign = 'left';
  // On the background, so that the lines of the time grid do not cross the letters.
  const width = context.measureText(name).width;
  context.fillStyle = theme.background;
  context.fillRect(scale.left, bottom - laneHeight - 18, width + 6, 14);
  context.fillStyle = theme.foreground;
  context.fillText(name, scale.left, bottom - laneHeight - 11);
  return { y, top: bottom - laneHeight, bottom };
}

function bars(
  context: CanvasRenderingContext2D,
  { columns, scale }: SeriesPicture,
  { y, bottom }: Lane,
  read: (at: Stretch) => number,
  paint: Paint,
  hatching: 'falling' | undefined,
): void {
  const path = new Path2D();
  columns.forEach((at, column) => {
    path.rect(scale.left + column, y(read(at)), 1, bottom - y(read(at)));
  });
  context.fillStyle = paint.fill;
  context.fill(path);
  const pattern = hatching && hatch(context, hatching, withOpacity(paint.text, 0.3), window.devicePixelRatio || 1);
  if (!pattern) return;
  context.fillStyle = pattern;
  context.fill(path);
}

function line(
  context: CanvasRenderingContext2D,
  { columns, scale }: SeriesPicture,
  { y }: Lane,
  read: (at: Stretch) => number,
  color: string,
  dash: readonly number[],
): void {
  context.strokeStyle = color;
  context.lineWidth = 1.75;
  context.setLineDash([...dash]);
  context.beginPath();
  columns.forEach((at, column) => {
    const [x, height] = [scale.left + column + 0.5, y(read(at))];
    if (column === 0) context.moveTo(x, height);
    else context.lineTo(x, height);
  });
  context.stroke();
  context.setLineDash([]);
}

function area(
  context: CanvasRenderingContext2D,
  { columns, scale, theme }: SeriesPicture,
  { y, bottom }: Lane,
  read: (at: Stretch) => number,
): void {
  const color = theme.tail.gradientReduction.fill;
  const path = new Path2D();
  path.moveTo(scale.left, bottom);
  columns.forEach((at, column) => {
    path.lineTo(scale.left + column, y(read(at)));
  });
  path.lineTo(scale.left + columns.length, bottom);
  path.closePath();
  context.fillStyle = withOpacity(color, 0.35);
  context.fill(path);
  context.strokeStyle = color;
  context.lineWidth = 1.25;
  context.stroke(path);
}

function limit(context: CanvasRenderingContext2D, { scale, theme }: SeriesPicture, at: number, text: string): void {
  const y = Math.round(at) + 0.5;
  context.strokeStyle = theme.limit;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(scale.left, y);
  context.lineTo(scale.left + scale.width, y);
  context.stroke();
  context.setLineDash([]);
  context.font = `11px ${theme.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'bottom';
  context.fillStyle = theme.limit;
  context.fillText(text, scale.left + scale.width - 2, y - 2);
}
