import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTick } from '../../webview/src/format.ts';
import { clampView, panView, revealInView, ticks, toTime, toX, type View, zoomView } from '../../webview/src/time-scale.ts';

const total = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
const share = fc.double({ min: 0, max: 1, noNaN: true });
/** A total and a view within it. */
const viewed = fc.tuple(total, share, fc.double({ min: 1e-3, max: 1, noNaN: true })).map(([all, at, length]) => {
  const start = at * (1 - length) * all;
  return { all, view: { start, end: start + length * all } satisfies View };
});
const inside = (view: View, all: number) => view.start >= 0 && view.end <= all * (1 + 1e-12) && view.end > view.start;

describe('time scale', () => {
  it('maps times to pixels and back', () => {
    fc.assert(
      fc.property(viewed, share, ({ all, view }, at) => {
        const scale = { ...view, left: 66, width: 900 };
        const time = at * all;
        expect(Math.abs(toTime(scale, toX(scale, time)) - time)).toBeLessThan(all * 1e-9);
      }),
    );
  });

  it('keeps the point under the pointer when it zooms, and never leaves the whole', () => {
    fc.assert(
      fc.property(viewed, share, fc.double({ min: 0.2, max: 5, noNaN: true }), ({ all, view }, at, factor) => {
        const time = view.start + at * (view.end - view.start);
        const zoomed = zoomView(view, all, factor, time);
        expect(inside(zoomed, all)).toBe(true);
        const held = (time - zoomed.start) / (zoomed.end - zoomed.start);
        const atEdge = zoomed.start === 0 || zoomed.end >= all * (1 - 1e-9);
        if (!atEdge) expect(held).toBeCloseTo(at, 6);
      }),
    );
  });

  it('pans without changing how much is in sight', () => {
    fc.assert(
      fc.property(viewed, fc.double({ min: -3, max: 3, noNaN: true }), ({ all, view }, by) => {
        const panned = panView(view, all, by);
        expect(inside(panned, all)).toBe(true);
        expect(Math.abs(panned.end - panned.start - (view.end - view.start))).toBeLessThan(all * 1e-9);
      }),
    );
  });

  it('brings an operation into sight and leaves the view alone when it already is', () => {
    fc.assert(
      fc.property(viewed, share, ({ all, view }, at) => {
        const length = (view.end - view.start) / 4;
        const start = at * (all - length);
        const shown = revealInView(view, all, start, start + length);
        expect(shown.start).toBeLessThanOrEqual(start + all * 1e-9);
        expect(shown.end).toBeGreaterThanOrEqual(start + length - all * 1e-9);
        expect(revealInView(shown, all, start + length / 4, start + length / 2)).toBe(shown);
      }),
    );
  });

  it('answers views that make no sense with the whole', () => {
    expect(clampView({ start: Number.NaN, end: 2 }, 4)).toEqual({ start: 0, end: 4 });
    expect(clampView({ start: -5, end: 50 }, 4)).toEqual({ start: 0, end: 4 });
    expect(clampView({ start: 1, end: 2 }, 0)).toEqual({ start: 0, end: 1 });
  });

  it('places round ticks far enough apart, all within the view and each with its own label', () => {
    fc.assert(
      fc.property(viewed, ({ all, view }) => {
        const scale = { ...view, left: 0, width: 1000 };
        const { times, distance } = ticks(scale);
        expect(times.length).toBeLessThanOrEqual(13);
        expect(times.length).toBeGreaterThanOrEqual(1);
        for (const time of times) expect(time >= view.start - distance * 1e-6 && time <= view.end + distance * 1e-6).toBe(true);
        for (let index = 1; index < times.length; index++) {
          expect(toX(scale, times[index] ?? 0) - toX(scale, times[index - 1] ?? 0)).toBeGreaterThan(89);
        }
        if (all < 1e3) expect(new Set(times.map((time) => formatTick(time, distance))).size).toBe(times.length);
      }),
    );
  });
});
