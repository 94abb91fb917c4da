/** What the timeline counts, finds and leaves out: level of detail, sums, search, arrows, rows of the table. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idleSlots } from '../../server/src/core/schedules/idle-slots.ts';
import { type Simulation, simulate, transferKind } from '../../server/src/core/schedules/simulate.ts';
import { boxesOf, computeSpan, layoutRows, rowsBetween } from '../../webview/src/layout.ts';
import { criticalPathOf, linksOf } from '../../webview/src/timeline/analysis.ts';
import { arrowsOf, middleOf } from '../../webview/src/timeline/arrows.ts';
import { heldBandOf, heldBytesOf, widen, widenByLevels } from '../../webview/src/timeline/held-bytes.ts';
import { dragWindow, gripAt } from '../../webview/src/timeline/mini-map-drag.ts';
import { pathInView } from '../../webview/src/timeline/path-in-view.ts';
import { findOperations, nextMatch, parseQuery } from '../../webview/src/timeline/search.ts';
import { causeSeconds, summaryOf } from '../../webview/src/timeline/summary.ts';
import { meanOf, sumRange } from '../../webview/src/timeline/sums.ts';
import { createTimelineState, restoreTimeline, timelineToSave } from '../../webview/src/timeline/timeline-state.ts';
import { addShares, edgesOf, isSharp, readShares, totalsOf } from '../../webview/src/timeline/totals.ts';
import { slabOf } from '../../webview/src/timeline/use-slab.ts';
import { nextTab } from '../../webview/src/views/next-tab.ts';
import { rowsInSight, scrollTo } from '../../webview/src/views/virtual-rows.ts';
import { anyRequest, equalStages } from '../schedules/request.ts';
import { sampleRequest } from './sample-job.ts';

function simulated(request: Parameters<typeof simulate>[0]): Simulation {
  const result = simulate(request);
  if ('refused' in result) throw new Error(result.refused);
  return result;
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
/** Slices that follow one another with gaps, of two kinds. */
const slices = fc.array(fc.tuple(share, share, fc.integer({ min: 0, max: 1 })), { minLength: 1, maxLength: 400 }).map((parts) => {
  const [start, end, kind]: [number[], number[], number[]] = [[], [], []];
  let time = 0;
  for (const [gap, length, of] of parts) {
    start.push(time + gap);
    time += gap + length;
    end.push(time);
    kind.push(of);
  }
  return { start, end, kind, total: Math.max(time, 1e-3) };
});
const sorting = (kind: readonly number[]) => ({ kind, categoryOf: [0, 1], categories: 2 });

describe('level of detail', () => {
  it('reads from totals what the slices add up to, wherever the totals are as sharp as the screen', () => {
    fc.assert(
      fc.property(slices, share, fc.integer({ min: 1, max: 200 }), ({ start, end, kind, total }, from, width) => {
        const all = { first: 0, last: start.length };
        const totals = totalsOf({ start, end }, all, total, sorting(kind));
        const scale = { start: (from * total) / 2, end: total, left: 0, width };
        if (!isSharp(totals, scale)) return;
        const exact = [new Float32Array(width), new Float32Array(width)];
        // As spanBetween cuts them.
        const first = end.findIndex((time) => time > scale.start);
        addShares({ start, end }, { first: first < 0 ? start.length : first, last: start.length }, scale, sorting(kind), exact);
        exact.forEach((columns, category) => {
          const read = new Float32Array(width);
          const totalsOfCategory = totals.sums[category];
          if (totalsOfCategory) readShares(totalsOfCategory, edgesOf(totals, scale, width), read);
          // A cell is cut at both edges of a column at most.
          expect(Math.abs(sum(read) - sum(columns))).toBeLessThan(2.01);
          columns.forEach((value, column) => {
            expect(Math.abs((read[column] ?? 0) - value)).toBeLessThan(1.01);
          });
        });
      }),
    );
  });

  it('reads thousands of operations from totals, and few of them one by one', () => {
    const simulation = simulated(sampleRequest({ name: '1f1b', stages: 2, microBatches: 4_000, virtualStages: 1 }));
    const totals = totalsOf(simulation, { first: 0, last: simulation.computeOffset[1] ?? 0 }, simulation.stepSeconds, {
      kind: simulation.kind,
      categoryOf: [0, 1],
      categories: 2,
    });
    const whole = { start: 0, end: simulation.stepSeconds, left: 0, width: 500 };
    expect(isSharp(totals, whole)).toBe(true);
    const shares = new Float32Array(500);
    readShares(totals.sums[0] ?? new Float32Array(0), edgesOf(totals, whole, 500), shares);
    const columns = (sum(shares) / 500) * simulation.stepSeconds;
    expect(columns).toBeCloseTo(4_000 * 0.086, 1);
    // Close enough, the totals are no longer sharp and the slices are read.
    expect(isSharp(totals, { ...whole, end: simulation.stepSeconds / 100 })).toBe(false);
    expect(boxesOf(simulation, computeSpan(simulation, 0, { ...whole, end: 1 }), { ...whole, end: 1 }).length).toBeLessThan(20);
  });

  it('keeps the least and the most of the memory at any magnification', () => {
    fc.assert(
      fc.property(anyRequest, share, share, (request, from, to) => {
        const simulation = simulated(request);
        const total = simulation.stepSeconds;
        const scale = { start: Math.min(from, to) * total, end: Math.max(from, to) * total + total * 1e-3, left: 0, width: 100 };
        const held = heldBytesOf(simulation, 0);
        const least = new Float64Array(100).fill(Number.POSITIVE_INFINITY);
        const most = new Float64Array(100).fill(Number.NEGATIVE_INFINITY);
        widen(held, scale, least, most);
        const seen = Array.from(held.bytes).filter((_, step) => {
          const until = held.time[step + 1] ?? Number.POSITIVE_INFINITY;
          return (held.time[step] ?? 0) < scale.end && until > scale.start && until > (held.time[step] ?? 0);
        });
        const near = (one: number, other: number) => expect(Math.abs(one - other)).toBeLessThanOrEqual(Math.abs(other) * 1e-6 + 1e-6);
        // Cells at the edges may show a little of what is just out of sight.
        expect(Math.max(...most)).toBeGreaterThanOrEqual(Math.max(...seen) * (1 - 1e-6));
        expect(Math.min(...least)).toBeLessThanOrEqual(Math.min(...seen) * (1 + 1e-6));
        if (scale.start === 0 && scale.end >= total) near(Math.max(...most), simulation.peakBytes[0] ?? 0);
      }),
    );
  });

  it('has one band of all stages that holds each of them', () => {
    const simulation = simulated(sampleRequest({ name: '1f1b', stages: 4, microBatches: 64, virtualStages: 1 }));
    const scale = { start: 0, end: simulation.stepSeconds, left: 0, width: 80 };
    const band = [new Float64Array(80).fill(Number.POSITIVE_INFINITY), new Float64Array(80).fill(Number.NEGATIVE_INFINITY)] as const;
    expect(widenByLevels(heldBandOf(simulation), scale, ...band)).toBe(true);
    expect(Math.max(...band[1])).toBeCloseTo(Math.max(...simulation.peakBytes), -4);
    for (let rank = 0; rank < 4; rank++) {
      const one = [new Float64Array(80).fill(Number.POSITIVE_INFINITY), new Float64Array(80).fill(Number.NEGATIVE_INFINITY)] as const;
      widen(heldBytesOf(simulation, rank), scale, ...one);
      one[1].forEach((bytes, column) => {
        expect(bytes).toBeLessThanOrEqual((band[1][column] ?? 0) * (1 + 1e-6));
      });
    }
    expect(widenByLevels(heldBandOf(simulation), { ...scale, end: scale.end * 1e-4 }, ...band)).toBe(false);
  });

  it('paints a chart whole unless it is taller than two windows, and then what is in sight', () => {
    expect(slabOf(900, 100, 800, undefined)).toEqual({ top: 0, height: 900 });
    const slab = slabOf(8000, -3000, 800, undefined);
    expect(slab.height).toBe(1600);
    expect(slab.top).toBeLessThanOrEqual(3000);
    expect(slab.top + slab.height).toBeGreaterThanOrEqual(3800);
    expect(slabOf(8000, -3100, 800, slab)).toBe(slab);
    expect(slabOf(8000, -7200, 800, slab)).toEqual({ top: 6400, height: 1600 });
    const rows = layoutRows(500, false);
    const { first, last } = rowsBetween(rows, slab.top, slab.top + slab.height);
    expect(rows.top + first * rows.pitch).toBeLessThanOrEqual(slab.top);
    expect(rows.top + last * rows.pitch).toBeGreaterThanOrEqual(Math.min(rows.height - 2, slab.top + slab.height));
  });
});

describe('sums of a stretch of time', () => {
  it('add up to its length on every stage, and over the whole step to the simulation’s own sums', () => {
    fc.assert(
      fc.property(anyRequest, share, share, (request, from, to) => {
        const simulation = simulated(request);
        const total = simulation.stepSeconds;
        const range = { start: Math.min(from, to) * total, end: Math.max(from, to) * total };
        for (const stage of sumRange(simulation, range)) {
          const parts = stage.forward + stage.backward + stage.optimizer + stage.exposed + stage.waiting;
          expect(parts).toBeCloseTo(range.end - range.start, 6);
        }
        const whole = sumRange(simulation, { start: 0, end: total });
        if (request.stepsOverlap) return;
        whole.forEach(({ rank, forward, backward }) => {
          expect(forward + backward).toBeCloseTo(simulation.busySeconds[rank] ?? 0, 6);
        });
        expect(meanOf(whole).forward).toBeCloseTo(sum(whole.map(({ forward }) => forward)) / whole.length, 9);
      }),
    );
  });

  it('tell sends that hold a stage up from those that are hidden', () => {
    const shape = { name: '1f1b', stages: 2, microBatches: 2, virtualStages: 1 } as const;
    const range = { start: 0, end: 100 };
    const blocking = sumRange(simulated(equalStages(shape, { transfer: 0.5, transferOverlapped: false })), range);
    expect(blocking[0]).toMatchObject({ exposed: 1, hidden: 0 });
    const hidden = sumRange(simulated(equalStages(shape, { transfer: 0.5, transferOverlapped: true })), range);
    expect(hidden[0]).toMatchObject({ exposed: 0, hidden: 1 });
  });
});

describe('search', () => {
  const simulation = simulated(sampleRequest({ name: 'interleaved-1f1b', stages: 4, microBatches: 16, virtualStages: 2 }));
  const found = (text: string): readonly string[] => {
    const query = parseQuery(text);
    if (!query || 'unknown' in query) throw new Error(`not understood: ${text}`);
    return [...findOperations(simulation, query)].map(
      (index) => `${simulation.kind[index]} s${simulation.rank[index]} m${simulation.microBatch[index]} c${simulation.chunk[index]}`,
    );
  };

  it('finds what people write', () => {
    expect(found('mb 12 stage 3 forward')).toEqual(['0 s3 m12 c0', '0 s3 m12 c1']);
    expect(found('Stage 3, chunk 1: MB12 bwd')).toEqual(['1 s3 m12 c1']);
    expect(found('12 rank 3 f vpp 1')).toEqual(['0 s3 m12 c1']);
    expect(found('stages 1 - 2 micro batch 5 forward chunk 0')).toEqual(['0 s1 m5 c0', '0 s2 m5 c0']);
    expect(found('mb 3')).toHaveLength(4 * 2 * 2);
    expect(found('send stage 0').every((name) => name.startsWith(`${transferKind} s0`))).toBe(true);
    expect(found('send stage 0').length).toBeGreaterThan(0);
    expect(found('mb 99')).toEqual([]);
  });

  it('says which word it does not know, and finds nothing without a question', () => {
    expect(parseQuery('stage 3 sideways')).toEqual({ unknown: 'sideways' });
    expect(parseQuery('toString')).toEqual({ unknown: 'tostring' });
    expect(parseQuery('   ')).toBeUndefined();
    expect(parseQuery('stage')).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        parseQuery(text);
      }),
    );
  });

  it('goes from one to the next, round and round', () => {
    const matches = Uint32Array.of(3, 7, 20);
    expect([undefined, 0, 3, 7, 8, 20].map((from) => nextMatch(matches, from, false))).toEqual([3, 3, 7, 20, 20, 3]);
    expect([undefined, 3, 7, 8, 25].map((from) => nextMatch(matches, from, true))).toEqual([20, 20, 3, 7, 20]);
    expect(nextMatch(new Uint32Array(0), 3, false)).toBeUndefined();
  });
});

describe('arrows and the critical path', () => {
  it('lead from the end of what came first to the start of what came after', () => {
    fc.assert(
      fc.property(anyRequest, share, (request, at) => {
        const simulation = simulated(request);
        const rows = layoutRows(request.stages, true);
        const index = Math.min(simulation.count - 1, Math.floor(at * simulation.count));
        for (const arrow of arrowsOf(simulation, linksOf(simulation), rows, index)) {
          const touches = [arrow.fromTime === simulation.end[index], arrow.toTime === simulation.start[index]];
          expect(touches).toContain(true);
          expect([arrow.fromY, arrow.toY]).toContain(middleOf(simulation, rows, index));
        }
      }),
    );
  });

  it('keeps of the path what a picture can show, and one operation on either side', () => {
    const simulation = simulated(sampleRequest({ name: '1f1b', stages: 4, microBatches: 400, virtualStages: 1 }));
    const { operations } = criticalPathOf(simulation);
    const all = { start: 0, end: simulation.stepSeconds, left: 0, width: 100 };
    expect(pathInView(simulation, operations, all).length).toBeLessThanOrEqual(2 * 100 + 2);
    const part = { ...all, start: 10, end: 12, width: 1000 };
    const shown = pathInView(simulation, operations, part);
    expect(simulation.end[shown[0] ?? 0]).toBeLessThanOrEqual(10);
    expect(simulation.start[shown.at(-1) ?? 0]).toBeGreaterThanOrEqual(12);
    expect(shown).toEqual([...operations].slice(operations.indexOf(shown[0] ?? 0)).slice(0, shown.length));
  });
});

describe('the mini-map', () => {
  const map = { start: 0, end: 10, left: 100, width: 1000 };
  it('moves the window, its edges, or brings it to the pointer', () => {
    expect([96, 300, 502, 700].map((x) => gripAt(x, 100, 500))).toEqual(['start', 'window', 'end', 'beside']);
    // A window of two pixels can still be taken by both edges and between.
    expect(gripAt(301, 300, 302)).toBe('window');
    const before = { start: 2, end: 4 };
    expect(dragWindow(before, 'window', map, 300, 400)).toEqual({ start: 3, end: 5 });
    expect(dragWindow(before, 'start', map, 300, 200)).toEqual({ start: 1, end: 4 });
    expect(dragWindow(before, 'end', map, 500, 900)).toEqual({ start: 2, end: 8 });
    expect(dragWindow(before, 'beside', map, 800, 800)).toEqual({ start: 6, end: 8 });
    expect(dragWindow(before, 'start', map, 300, 900)).toEqual({ start: 4, end: 4 });
  });
});

describe('the timeline in words', () => {
  it('names schedule, step, memory and the causes of waiting, the greatest first', () => {
    const simulation = simulated(sampleRequest({ name: '1f1b', stages: 4, microBatches: 8, virtualStages: 1 }));
    const slots = idleSlots(simulation);
    expect(summaryOf(simulation, slots)).toMatch(
      /^1F1B: 4 stages, 8 micro batches\. A step takes .* s; stages wait .* %.* Stage 0 holds the most memory: .* GiB\. Not computing, by cause: /,
    );
    const seconds = causeSeconds(slots).map(([, of]) => of);
    expect(seconds).toEqual([...seconds].sort((one, other) => other - one));
    expect(sum(seconds)).toBeCloseTo(sum(slots.seconds), 9);
  });
});

describe('rows of the table', () => {
  it('are those in sight and a few more, also of more rows than a page can be tall', () => {
    for (const count of [0, 5, 1000, 5_000_000]) {
      for (const at of [0, 0.3, 1]) {
        const { height, first, last, top } = rowsInSight(count, 22, 440, at * Math.max(0, Math.min(count * 22, 12_000_000) - 440));
        expect(last - first).toBeLessThan(50);
        expect(height).toBeLessThanOrEqual(12_000_000);
        expect(top).toBeGreaterThanOrEqual(0);
        if (at === 1) expect(last).toBe(count);
        if (at === 0) expect(first).toBe(0);
      }
    }
  });

  it('come into sight when they are selected', () => {
    for (const count of [100, 3_000_000]) {
      for (const row of [0, 57, 99, count - 1]) {
        const scrolled = scrollTo(row, count, 22, 440, 1000);
        const { first, last } = rowsInSight(count, 22, 440, scrolled);
        expect(row).toBeGreaterThanOrEqual(first);
        expect(row).toBeLessThan(last);
        expect(scrollTo(row, count, 22, 440, scrolled)).toBeCloseTo(scrolled, 3);
      }
    }
  });
});

describe('tabs and what is kept', () => {
  it('go round with the arrows', () => {
    const tabs = ['a', 'b', 'c'];
    expect(['ArrowRight', 'ArrowLeft', 'Home', 'End', 'x'].map((key) => nextTab(tabs, 'a', key))).toEqual(['b', 'c', 'a', 'c', undefined]);
  });

  it('survive a reload, and nonsense does no harm', () => {
    const state = createTimelineState();
    state.range.value = { start: 1, end: 2 };
    state.query.value = 'mb 3';
    state.critical.value = true;
    const again = createTimelineState();
    restoreTimeline(again, JSON.parse(JSON.stringify(timelineToSave(state))));
    expect(timelineToSave(again)).toEqual(timelineToSave(state));
    for (const nonsense of [undefined, 7, 'x', { range: { start: 'a' }, query: 3, critical: 'yes' }]) restoreTimeline(again, nonsense);
    expect(timelineToSave(again)).toEqual(timelineToSave(state));
  });
});
