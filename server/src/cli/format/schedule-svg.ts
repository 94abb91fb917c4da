/** A simulated schedule as a picture: one row per rank, computation over transfers and collectives. */
import { forwardKind, laneOf, transferKind } from '../../core/schedules/operation-kind.ts';
import type { Simulation } from '../../core/schedules/simulate.ts';
import { escapeHtml } from '../../report/html.ts';
import { type ScheduleUnits, scheduleTitle, timeText } from './schedule.ts';

const width = 1200;
const left = 64;
const top = 40;
const bar = 22;
const lane = 5;
const pitch = bar + lane + 5;

/** By kind of operation: forward, backward, transfer, input and weight gradient, reduction, optimizer, gather. */
const colors = ['#3b6fb6', '#2f8f5b', '#9a9a9a', '#2f8f5b', '#8fbf6b', '#b07aa1', '#d98c3f', '#b07aa1'] as const;
/** Narrower boxes carry no number. */
const narrowest = 14;

const number = (value: number): string => String(Number(value.toFixed(2)));

/** The picture; times on its axis are in the unit of the simulation. */
export function scheduleSvg(simulation: Simulation, units: ScheduleUnits): string {
  const { request, stepSeconds, count, start, end, rank, kind, microBatch } = simulation;
  const scale = (width - left - 10) / Math.max(stepSeconds, simulation.makespan, Number.MIN_VALUE);
  const boxes: string[] = [];
  for (let index = 0; index < count; index++) {
    const of = kind[index] ?? forwardKind;
    const inLane = laneOf(of) !== 'compute';
    const x = left + scale * (start[index] ?? 0);
    const wide = scale * ((end[index] ?? 0) - (start[index] ?? 0));
    const y = top + pitch * (rank[index] ?? 0) + (inLane ? bar : 0);
    const box = `<rect x="${number(x)}" y="${y}" width="${number(wide)}" height="${inLane ? lane - 1 : bar}" fill="${colors[of] ?? '#777'}"/>`;
    const isNumbered = wide >= narrowest && !inLane && of !== transferKind && index < simulation.computeCount;
    boxes.push(isNumbered ? `${box}<text x="${number(x + wide / 2)}" y="${y + 15}" fill="#fff">${microBatch[index]}</text>` : box);
  }
  const labels = Array.from(
    { length: request.stages },
    (_, of) => `<text class="r" x="${left - 8}" y="${top + pitch * of + 15}">rank ${of}</text>`,
  );
  const height = top + pitch * request.stages + 8;
  const title = escapeHtml(`${scheduleTitle(simulation)}; makespan ${timeText(simulation.makespan, units)}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">`,
    '<style>text{font:11px sans-serif;text-anchor:middle}.r{text-anchor:end;fill:#444}.t{text-anchor:start;fill:#222;font-size:14px}rect{stroke:#fff;stroke-width:.5}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/><text class="t" x="8" y="22">${title}</text>`,
    ...labels,
    ...boxes,
    '</svg>',
  ].join('\n');
}
