/**
 * The timeline as an SVG drawing of what is in sight. As on the screen, at most a few shapes a pixel: box by box where boxes can be told
 * apart, column by column where they cannot. Pure.
 */
import { forwardKind, transferKind } from '../../../server/src/core/schedules/simulate.ts';
import { gutter } from '../canvas.ts';
import type { TimelinePicture } from '../draw-timeline.ts';
import { formatTick } from '../format.ts';
import { boxesOf, computeSpan, detailOf, spanBetween, tailLabels, tailSpans, transferSpan } from '../layout.ts';
import { ticks, toX } from '../time-scale.ts';
import { middleOf } from './arrows.ts';
import { computeShares, idleShares, transferShares } from './columns.ts';
import { pathInView } from './path-in-view.ts';

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
const round = (value: number): string => String(Math.round(value * 100) / 100);

const rect = (x: number, y: number, width: number, height: number, fill: string, opacity = 1): string =>
  `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${escaped(fill)}"${opacity < 1 ? ` opacity="${round(opacity)}"` : ''}/>`;

const label = (x: number, y: number, text: string, fill: string, anchor: 'start' | 'middle' | 'end', size = 11): string =>
  `<text x="${round(x)}" y="${round(y)}" fill="${escaped(fill)}" font-size="${size}" text-anchor="${anchor}" dominant-baseline="central">${escaped(text)}</text>`;

export function timelineSvg(picture: TimelinePicture, width: number, path: Uint32Array | undefined): string {
  const { rows, scale, theme } = picture;
  const shapes = [rect(0, 0, width, rows.height, theme.background), ...axis(picture)];
  for (let rank = 0; rank < rows.count; rank++) shapes.push(...row(picture, rank));
  if (path) shapes.push(pathLine(picture, path));
  const clip = `<clipPath id="rows"><rect x="${round(scale.left)}" y="0" width="${round(scale.width)}" height="${round(rows.height)}"/></clipPath>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${round(rows.height)}" viewBox="0 0 ${width} ${round(rows.height)}" font-family="system-ui, sans-serif">`,
    `<defs>${clip}</defs>`,
    ...shapes,
    '</svg>',
    '',
  ].join('\n');
}

function axis({ scale, theme, rows }: TimelinePicture): readonly string[] {
  const { times, distance } = ticks(scale);
  return times.flatMap((time) => {
    const x = toX(scale, time);
    return [
      rect(x, rows.top - 5, 1, rows.height - rows.top + 5, theme.muted, 0.3),
      label(x, 9, formatTick(time, distance), theme.muted, 'middle'),
    ];
  });
}

function row(picture: TimelinePicture, rank: number): readonly string[] {
  const { simulation, rows, scale, theme } = picture;
  const top = rows.top + rank * rows.pitch;
  const name =
    rows.pitch >= 10 ? [label(gutter - 8, top + rows.bar / 2, `Stage ${rank}`, theme.muted, 'end', Math.min(12, rows.pitch - 2))] : [];
  const span = computeSpan(simulation, rank, scale);
  const body = detailOf(span, rows.count, scale) === 'boxes' ? boxRow(picture, rank, top) : columnRow(picture, rank, top);
  return [...name, `<g clip-path="url(#rows)">`, ...body, ...tail(picture, top), '</g>'];
}

function boxRow({ simulation, rows, scale, theme, idle }: TimelinePicture, rank: number, top: number): readonly string[] {
  const shapes: string[] = [];
  const slots = idle ? spanBetween(idle, idle.offset[rank] ?? 0, idle.offset[rank + 1] ?? 0, scale) : { first: 0, last: 0 };
  for (let slot = slots.first; slot < slots.last; slot++) {
    const left = toX(scale, idle?.start[slot] ?? 0);
    shapes.push(rect(left, top, toX(scale, idle?.end[slot] ?? 0) - left, rows.bar, theme.idle[idle?.cause[slot] ?? 0]?.fill ?? 'none'));
  }
  const last = Math.max(1, simulation.request.virtualStages - 1);
  for (const box of boxesOf(simulation, computeSpan(simulation, rank, scale), scale)) {
    const paint = box.kind === forwardKind ? theme.forward : theme.backward;
    const strength = 1 - (0.5 * (simulation.chunk[box.index] ?? 0)) / last;
    const gap = box.width > 3 ? 1 : 0;
    if (strength < 1) shapes.push(rect(box.x, top, box.width - gap, rows.bar, theme.background));
    shapes.push(rect(box.x, top, Math.max(0.5, box.width - gap), rows.bar, paint.fill, strength));
    const text = String(simulation.microBatch[box.index] ?? 0);
    if (rows.bar >= 11 && box.width >= text.length * 7 + 3) {
      shapes.push(label(box.x + (box.width - gap) / 2, top + rows.bar / 2, text, strength < 1 ? theme.foreground : paint.text, 'middle'));
    }
  }
  for (const box of boxesOf(simulation, transferSpan(simulation, rank, scale), scale)) {
    if (box.kind !== transferKind) continue;
    if (!simulation.request.transferOverlapped) shapes.push(rect(box.x, top, box.width, rows.bar, theme.transfer.fill));
    if (rows.lane > 1) shapes.push(rect(box.x, top + rows.bar + 1, Math.max(0.5, box.width), rows.lane - 1, theme.transfer.fill));
  }
  return shapes;
}

/** Neighbouring columns that look alike are one shape. */
function columnRow(picture: TimelinePicture, rank: number, top: number): readonly string[] {
  const { simulation, rows, scale, theme, idle } = picture;
  const sent = transferShares(simulation, rank, scale);
  const [forward, backward] = computeShares(simulation, rank, scale);
  const layers: (readonly [Float32Array | undefined, string])[] = [
    [forward, theme.forward.fill],
    [backward, theme.backward.fill],
  ];
  if (!simulation.request.transferOverlapped) layers.push([sent, theme.transfer.fill]);
  for (const [cause, shares] of idle ? idleShares(simulation, idle, rank, scale).entries() : [])
    layers.push([shares, theme.idle[cause]?.fill ?? 'none']);
  const shapes = stackShapes(layers, scale.left, top, rows.bar);
  return rows.lane > 1 ? [...shapes, ...stackShapes([[sent, theme.transfer.fill]], scale.left, top + rows.bar + 1, rows.lane - 1)] : shapes;
}

function stackShapes(
  layers: readonly (readonly [Float32Array | undefined, string])[],
  left: number,
  top: number,
  height: number,
): readonly string[] {
  const shapes: string[] = [];
  const columns = layers.find(([shares]) => shares)?.[0]?.length ?? 0;
  const below = new Float32Array(columns);
  for (const [shares, fill] of layers) {
    if (!shares) continue;
    let from = 0;
    for (let column = 1; column <= columns; column++) {
      const same = column < columns && near(shares, column, from) && near(below, column, from);
      if (same) continue;
      const share = Math.min(shares[from] ?? 0, 1 - (below[from] ?? 0));
      if (share > 0.01)
        shapes.push(rect(left + from, top + (1 - (below[from] ?? 0) - share) * height, column - from, share * height, fill));
      from = column;
    }
    for (let column = 0; column < columns; column++) below[column] = Math.min(1, (below[column] ?? 0) + (shares[column] ?? 0));
  }
  return shapes;
}

const near = (values: Float32Array, one: number, other: number): boolean => Math.abs((values[one] ?? 0) - (values[other] ?? 0)) < 0.02;

function tail({ simulation, rows, scale, theme }: TimelinePicture, top: number): readonly string[] {
  return tailSpans(simulation).flatMap(({ part, start, end }) => {
    const inLane = part !== 'optimizer' && rows.lane > 1;
    const left = toX(scale, inLane ? start : Math.max(start, simulation.makespan));
    const width = toX(scale, end) - left;
    const [y, height] = inLane ? [top + rows.bar + 1, rows.lane - 1] : [top, rows.bar];
    const paint = theme.tail[part];
    const text =
      height >= 12 && width > 7 * tailLabels[part].length
        ? [label(left + width / 2, y + height / 2, tailLabels[part], paint.text, 'middle')]
        : [];
    return [rect(left, y, Math.max(0.5, width - 1), height, paint.fill), ...text];
  });
}

function pathLine({ simulation, rows, scale, theme }: TimelinePicture, path: Uint32Array): string {
  const points = pathInView(simulation, path, scale).flatMap((index) => {
    const y = round(middleOf(simulation, rows, index));
    return [`${round(toX(scale, simulation.start[index] ?? 0))},${y}`, `${round(toX(scale, simulation.end[index] ?? 0))},${y}`];
  });
  return `<polyline clip-path="url(#rows)" points="${points.join(' ')}" fill="none" stroke="${escaped(theme.critical)}" stroke-width="2"/>`;
}
