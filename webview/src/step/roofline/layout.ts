/** Where the marks and roofs of a roofline chart are drawn, on two logarithmic axes. Pure; positions in CSS pixels. */
import type { RooflinePoint } from '../../../../server/src/core/profile/roofline.ts';
import type { Roofs } from '../../../../server/src/core/profile/step-profile.ts';
import { type Axis, along, logTicks } from '../../axis.ts';
import { formatScaled } from '../../format.ts';

export const chartHeight = 400;
const [left, right, top, bottom] = [86, 16, 16, 40];

/** About the width of a letter. */
const letter = 6.5;

export interface Mark {
  readonly point: RooflinePoint;
  /** In the list, from 1: most time first. */
  readonly number: number;
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface RoofLine {
  readonly label: string;
  readonly used: boolean;
  /** From the slope of the bandwidth to the right edge. */
  readonly from: number;
  readonly to: number;
  readonly y: number;
  /** Where its name stands: where the roof begins, as the marks of products crowd its other end, if there is room. */
  readonly name: { readonly x: number; readonly anchor: 'start' | 'end' };
}

export interface Tick {
  readonly at: number;
  readonly text: string;
}

export interface RooflineLayout {
  readonly width: number;
  readonly frame: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
  readonly marks: readonly Mark[];
  readonly roofs: readonly RoofLine[];
  /** The bandwidth: as much per second as it can feed. */
  readonly slope: { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number; readonly label: string };
  readonly x: readonly Tick[];
  readonly y: readonly Tick[];
}

function logAxis(values: readonly number[], room: number): Axis {
  const low = Math.min(...values) / room;
  const high = Math.max(...values) * room;
  return { low, high, logarithmic: true, ticks: logTicks(low, high) };
}

/** Radius of a mark: its area is its share of the time. */
const radiusOf = (share: number): number => 4 + 22 * Math.sqrt(share);

/** Ticks that are not written over each other. */
function spread(ticks: readonly Tick[], apart: number): readonly Tick[] {
  let last = Number.NEGATIVE_INFINITY;
  return ticks.filter(({ at }) => {
    if (Math.abs(at - last) < apart) return false;
    last = at;
    return true;
  });
}

export function rooflineLayout(points: readonly RooflinePoint[], { rates, bandwidth }: Roofs, width: number): RooflineLayout {
  const places = points.flatMap(({ place }) => (place ? [place] : []));
  const ridges = rates.map(({ rate }) => rate / bandwidth);
  const x = logAxis([...places.map(({ intensity }) => intensity), ...ridges, 1], 2);
  const y = logAxis([...places.map(({ rate }) => rate), ...rates.map(({ rate }) => rate)], 1.6);
  const frame = { left, right: Math.max(left + 80, width - right), top, bottom: chartHeight - bottom };
  const toX = (intensity: number): number => frame.left + along(x, intensity) * (frame.right - frame.left);
  const toY = (rate: number): number => frame.bottom - along(y, rate) * (frame.bottom - frame.top);
  const highest = Math.max(...rates.map(({ rate }) => rate));
  const start = Math.max(x.low, y.low / bandwidth);
  return {
    width,
    frame,
    marks: points.flatMap((point, index) =>
      point.place
        ? [{ point, number: index + 1, x: toX(point.place.intensity), y: toY(point.place.rate), radius: radiusOf(point.share) }]
        : [],
    ),
    roofs: rates.map(({ format, rate, used }) => {
      const label = `${format} ${formatScaled(rate, 'FLOP/s')}`;
      const from = toX(rate / bandwidth);
      const fits = from + 8 + label.length * letter <= frame.right;
      const name = fits ? ({ x: from + 8, anchor: 'start' } as const) : ({ x: frame.right, anchor: 'end' } as const);
      return { label, used, from, to: frame.right, y: toY(rate), name };
    }),
    slope: {
      x1: toX(start),
      y1: toY(start * bandwidth),
      x2: toX(highest / bandwidth),
      y2: toY(highest),
      label: `memory ${formatScaled(bandwidth, 'B/s')}`,
    },
    x: spread(
      x.ticks.map((tick) => ({ at: toX(tick), text: formatScaled(tick) })),
      34,
    ),
    y: spread(
      y.ticks.map((tick) => ({ at: toY(tick), text: formatScaled(tick, 'FLOP/s') })),
      20,
    ),
  };
}

/** How far beside a mark still counts as on it. */
const near = 10;

/** The mark at a place: of those under it the smallest, which is drawn on top; else the nearest when it is near. */
export function markAt(marks: readonly Mark[], x: number, y: number): Mark | undefined {
  const away = (mark: Mark): number => Math.max(0, Math.hypot(mark.x - x, mark.y - y) - mark.radius);
  let best: Mark | undefined;
  for (const mark of marks) {
    if (away(mark) >= near) continue;
    const closer = best === undefined ? -1 : away(mark) - away(best) || mark.radius - best.radius;
    if (closer < 0) best = mark;
  }
  return best;
}
