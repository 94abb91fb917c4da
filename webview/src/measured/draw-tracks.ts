/** Draws tracks on a canvas. Slices narrower than a pixel that follow in the same colour are drawn once. */
import { drawTimeGrid, gutter } from '../canvas.ts';
import { lettersOn, parseHex } from '../color.ts';
import type { Theme } from '../theme.ts';
import { type TimeScale, toX } from '../time-scale.ts';
import { type DrawnTrack, firstAfter } from './tracks.ts';

export const trackTop = 24;
export const trackPitch = 24;
const barHeight = 18;

export interface Chosen {
  readonly track: number;
  readonly slice: number;
}

export const heightOf = (tracks: number): number => trackTop + tracks * trackPitch + 4;

/** The track under a height, or undefined. */
export function trackAt(y: number, count: number): number | undefined {
  const track = Math.floor((y - trackTop) / trackPitch);
  return track >= 0 && track < count ? track : undefined;
}

export function drawTracks(
  context: CanvasRenderingContext2D,
  tracks: readonly DrawnTrack[],
  scale: TimeScale,
  theme: Theme,
  chosen: Chosen | undefined,
): void {
  const style = getComputedStyle(document.body);
  const colors = new Map<string, string>();
  const colorOf = (name: string): string => {
    const known = colors.get(name);
    if (known !== undefined) return known;
    const value = style.getPropertyValue(name).trim();
    colors.set(name, value);
    return value;
  };
  drawTimeGrid(context, theme, scale, trackTop, heightOf(tracks.length), true);
  for (const [index, track] of tracks.entries()) {
    const top = trackTop + index * trackPitch;
    drawName(context, theme, track.label, top);
    context.save();
    context.beginPath();
    context.rect(scale.left, top, scale.width, barHeight);
    context.clip();
    drawSlices(context, track, scale, theme, top, colorOf);
    context.restore();
    if (chosen?.track === index) outline(context, track, scale, theme, top, chosen.slice);
  }
}

function drawName(context: CanvasRenderingContext2D, theme: Theme, label: string, top: number): void {
  context.font = `11px ${theme.font}`;
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  context.fillStyle = theme.muted;
  context.fillText(label, gutter - 6, top + barHeight / 2, gutter - 8);
}

function drawSlices(
  context: CanvasRenderingContext2D,
  track: DrawnTrack,
  scale: TimeScale,
  theme: Theme,
  top: number,
  colorOf: (name: string) => string,
): void {
  const { start, end } = track;
  context.font = `10px ${theme.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  let drawnTo = Number.NEGATIVE_INFINITY;
  let drawnColor = '';
  for (let at = firstAfter(track, scale.start); at < start.length && (start[at] ?? 0) < scale.end; at++) {
    const left = toX(scale, start[at] ?? 0);
    const right = toX(scale, end[at] ?? 0);
    const name = track.color(at);
    if (right <= drawnTo + 0.5 && name === drawnColor) continue;
    const color = colorOf(name);
    const width = Math.max(0.6, right - left - (right - left > 3 ? 1 : 0));
    context.fillStyle = color;
    context.fillRect(left, top, width, barHeight);
    if (theme.outline !== '' && width > 4) {
      context.strokeStyle = theme.outline;
      context.strokeRect(left + 0.5, top + 0.5, width - 1, barHeight - 1);
    }
    drawnTo = right;
    drawnColor = name;
    if (width > 26) label(context, track.text(at), color, Math.max(left, scale.left), Math.min(right, scale.left + scale.width), top);
  }
}

function label(context: CanvasRenderingContext2D, text: string, color: string, left: number, right: number, top: number): void {
  const room = Math.floor((right - left - 6) / 5.6);
  if (room < 1) return;
  const paint = parseHex(color);
  context.fillStyle = paint ? lettersOn(paint) : '#000000';
  context.fillText(text.length <= room ? text : room < 4 ? '' : `${text.slice(0, room - 1)}…`, left + 3, top + barHeight / 2 + 0.5);
}

function outline(
  context: CanvasRenderingContext2D,
  { start, end }: DrawnTrack,
  scale: TimeScale,
  theme: Theme,
  top: number,
  slice: number,
): void {
  const left = Math.max(scale.left, toX(scale, start[slice] ?? 0));
  const right = Math.min(scale.left + scale.width, toX(scale, end[slice] ?? 0));
  if (right < left) return;
  context.strokeStyle = theme.focus;
  context.lineWidth = 2;
  context.strokeRect(left, top, Math.max(2, right - left), barHeight);
}
