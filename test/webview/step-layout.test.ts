/** Where the views of a step draw what, and the words for it: pure, without a browser. */
import { describe, expect, it } from 'vitest';
import { rooflinePoints } from '../../server/src/core/profile/roofline.ts';
import { profileStep, type StepProfile } from '../../server/src/core/profile/step-profile.ts';
import { simulate } from '../../server/src/core/schedules/simulate.ts';
import type { Term } from '../../server/src/core/term.ts';
import { formatScaled } from '../../webview/src/format.ts';
import { createState } from '../../webview/src/state.ts';
import { cellsOf, describePair, nodeEdges, placeText } from '../../webview/src/step/communication/cells.ts';
import { keep, keptText } from '../../webview/src/step/kept.ts';
import { sampleAt, sampleColumns, stackPaths } from '../../webview/src/step/memory/stack.ts';
import { describeSample, peakText } from '../../webview/src/step/memory/words.ts';
import { markAt, rooflineLayout } from '../../webview/src/step/roofline/layout.ts';
import { describePoint } from '../../webview/src/step/roofline/words.ts';
import { bandText, inputText, valueText } from '../../webview/src/step/term-words.ts';
import { kindShares, waterfallRows } from '../../webview/src/step/waterfall/rows.ts';
import { dense, withExperts } from './sample-training.ts';

function profile(job = dense()): StepProfile {
  const made = profileStep(job.job, job.runsAs, job.cluster);
  if ('refused' in made) throw new Error(made.refused);
  return made;
}

describe('the waterfall', () => {
  it('begins each bar where the one above ends, and ends at the step', () => {
    const { stepOf, stages } = profile();
    for (let rank = 0; rank < stages; rank++) {
      const { whole, bars } = stepOf(rank);
      const rows = waterfallRows(bars, whole.value);
      rows.forEach(({ start }, index) => {
        const before = rows[index - 1];
        expect(start).toBeCloseTo(before ? before.start + before.length : 0, 12);
      });
      const last = rows.at(-1);
      expect((last?.start ?? 0) + (last?.length ?? 0)).toBeCloseTo(1, 9);
      expect(kindShares(rows).reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 9);
    }
  });
});

describe('words for a term', () => {
  const term: Term = { id: 'x', label: 'X', value: 2, unit: 's', band: { low: 1.5, high: 2.5, basis: 'rows' } };

  it('say value, band and inputs in units of the trade', () => {
    expect(valueText(3 * 2 ** 30, 'B')).toBe('3.000 GiB');
    expect(valueText(312e12, 'FLOP/s')).toBe('312 TFLOP/s');
    expect(valueText(0.25, '1')).toBe('25.0 %');
    expect(bandText(term)).toBe('1.500 s to 2.500 s (rows)');
    expect(bandText({ ...term, band: undefined } as unknown as Term)).toBeUndefined();
    expect(inputText({ name: 's', value: 4096 })).toBe('s = 4096');
    expect(inputText({ name: 'send', value: 0.0123456, from: 'measured' })).toBe('send = 0.01235 (measured)');
    expect(formatScaled(0)).toBe('0');
    expect(formatScaled(1e30, 'B')).toBe('1000000 YB');
  });
});

describe('memory by component', () => {
  const job = withExperts();
  const simulation = simulate(job.request);
  if ('refused' in simulation) throw new Error(simulation.refused);
  const memory = profile(job).memoryOf(simulation, 0);
  if (!memory) throw new Error('no memory');
  const scale = { start: 0, end: simulation.stepSeconds, left: 60, width: 200 };

  it('never loses the peak between two pixels', () => {
    const peak = sampleAt(memory.times, memory.peak.time);
    for (const width of [40, 200, 1111]) {
      const columns = sampleColumns(memory, { ...scale, width });
      expect(columns.length).toBe(width);
      const most = Math.max(
        ...Array.from(columns, (sample) =>
          memory.layers.filter(({ id }) => id !== 'cache').reduce((sum, { bytes }) => sum + (bytes[sample] ?? 0), 0),
        ),
      );
      const atPeak = memory.layers.filter(({ id }) => id !== 'cache').reduce((sum, { bytes }) => sum + (bytes[peak] ?? 0), 0);
      expect(most).toBeCloseTo(atPeak, 0);
    }
  });

  it('shows what holds at the left edge when it is zoomed in between two changes', () => {
    const [from = 0, to = 0] = [memory.times[4], memory.times[5]];
    const columns = sampleColumns(memory, { ...scale, start: from + (to - from) * 0.2, end: from + (to - from) * 0.8 });
    expect(new Set(columns)).toEqual(new Set([4]));
  });

  it('draws every component as one closed outline on the one below', () => {
    const columns = sampleColumns(memory, scale);
    const paths = stackPaths(memory, columns, 60, (bytes) => 300 - bytes / 2 ** 30);
    expect(paths.map(({ id }) => id)).toEqual(memory.layers.map(({ id }) => id));
    for (const { path } of paths) expect(path).toMatch(/^M60 [\d.]+H[\dHL. ]+Z$/);
    const [bottom = ''] = paths.map(({ path }) => path);
    expect(bottom).toContain('H260');
  });

  it('names the fullest moment and every part of it', () => {
    expect(peakText(memory, simulation)).toMatch(/^74\.\d+ GiB in tensors at .* backward of micro batch \d+, stage 0; .* is Experts$/);
    const { rows, title } = describeSample(memory, sampleAt(memory.times, memory.peak.time));
    expect(title).toMatch(/^Stage 0 from/);
    expect(rows.map(([label]) => label)).toEqual(expect.arrayContaining(['Parameters', 'Experts', 'Gradients', 'Shown by nvidia-smi']));
  });
});

describe('the roofline', () => {
  const { layers, roofs } = profile(withExperts());
  const points = rooflinePoints(layers()[0]?.operators ?? [], roofs().bandwidth);
  const layout = rooflineLayout(points, roofs(), 900);

  it('keeps every mark inside the frame and under the roof', () => {
    const { frame, marks, slope } = layout;
    expect(marks.length).toBeGreaterThan(20);
    const highest = Math.min(...layout.roofs.map(({ y }) => y));
    for (const { x, y } of marks) {
      expect(x).toBeGreaterThanOrEqual(frame.left);
      expect(x).toBeLessThanOrEqual(frame.right);
      expect(y).toBeLessThanOrEqual(frame.bottom);
      const share = (x - slope.x1) / (slope.x2 - slope.x1);
      const roof = share < 1 ? slope.y1 + share * (slope.y2 - slope.y1) : highest;
      // Pixels grow downwards.
      expect(y).toBeGreaterThanOrEqual(roof - 1e-6);
    }
    expect(points.map(({ share }) => share).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(points.every(({ ofRoof = 0 }) => ofRoof <= 1)).toBe(true);
  });

  it('finds the mark under the pointer, the smaller where two lie on each other, and none far away', () => {
    const [first] = layout.marks;
    if (!first) throw new Error('no marks');
    expect(markAt([first], first.x + 2, first.y)).toBe(first);
    const small = { ...first, number: 99, radius: 4 };
    expect(markAt([first, small], first.x, first.y)?.number).toBe(99);
    expect(markAt([small, first], first.x, first.y)?.number).toBe(99);
    expect(markAt(layout.marks, -500, -500)).toBeUndefined();
  });

  it('says what an operator does, reaches and is bound by', () => {
    const point = points.find(({ operator }) => operator.label === 'Norms');
    if (!point) throw new Error('no norms');
    expect(describePoint(point).rows).toContainEqual(['Bound by', expect.stringMatching(/% of memory bandwidth$/)]);
  });
});

describe('who sends to whom', () => {
  const traffic = profile(withExperts()).traffic();

  it('heats the least by 0 and the most by 1', () => {
    const cells = cellsOf(traffic.pairs, 'all');
    expect(Math.min(...cells.map(({ heat }) => heat))).toBe(0);
    expect(Math.max(...cells.map(({ heat }) => heat))).toBe(1);
    const tensor = cellsOf(traffic.pairs, 'tensor');
    expect(tensor.length).toBeLessThan(cells.length);
    expect(tensor.every(({ heat }) => heat === 1)).toBe(true);
  });

  it('parts nodes and names places by the groups there are', () => {
    const edges = nodeEdges(traffic.pairs);
    expect(edges[0]).toBe(8);
    const [first] = traffic.pairs.ranks;
    if (!first) throw new Error('no ranks');
    expect(placeText(first, traffic)).toBe('GPU 0 (TP 0, CP 0, DP 0, PP 0), node 0');
    expect(describePair(traffic, 0, 1)?.rows).toContainEqual(['Way', 'inside the node']);
    expect(describePair(traffic, 0, 0)?.rows).toEqual([['Sent per step', 'nothing']]);
    expect(describePair(traffic, 0, 99)).toBeUndefined();
  });
});

describe('what a view remembers', () => {
  it('is kept by view and name, and read with distrust', () => {
    const state = createState();
    keep(state, 'step', 'open', 'time.host');
    keep(state, 'roofline', 'layer', '1');
    expect(keptText(state, 'step', 'open')).toBe('time.host');
    state.kept.value = { step: 'x', roofline: { layer: 4 } };
    expect(keptText(state, 'step', 'open')).toBeUndefined();
    expect(keptText(state, 'roofline', 'layer')).toBeUndefined();
  });
});
