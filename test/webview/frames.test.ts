/** The timeline of a million slices costs a frame about what one of ten thousand costs. Times are printed, only their ratio is asserted. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FrameTimes, measureFrames } from './frames.ts';
import { chromiumPath, type OpenPanel, openPanel } from './open-panel.ts';
import { sampleJob, sampleRequest } from './sample-job.ts';

/** Ten thousand, a hundred thousand and a million slices, transfers included. */
const microBatches = [330, 3_300, 33_000];
const stages = 8;

describe.skipIf(!chromiumPath)('frames of the timeline', () => {
  let panel: OpenPanel;
  beforeAll(async () => {
    panel = await openPanel({ width: 1600, height: 1000 });
  }, 60_000);
  afterAll(() => panel?.close());

  const show = (rows: number, batches: number) => {
    const request = sampleRequest({ name: '1f1b', stages: rows, microBatches: batches, virtualStages: 1 });
    return panel.redrawn(() => panel.send({ type: 'job', job: { ...sampleJob(request), uri: `file:///${rows}/${batches}` } }));
  };
  const measure = async (rows: number, batches: number): Promise<FrameTimes> => {
    await show(rows, batches);
    // Closer first, and until the causes of waiting are there and every row was drawn once.
    await expect.poll(() => panel.page.locator('.legend .idle').count(), { timeout: 60_000 }).toBeGreaterThan(0);
    await measureFrames(panel, 'zoom', 10);
    const zoom = await measureFrames(panel, 'zoom', 60);
    const pan = await measureFrames(panel, 'pan', 60);
    const heap = await panel.page.evaluate(() => (performance as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0);
    const slices = 2 * rows * batches + 2 * (rows - 1) * batches;
    const words = ({ cpu, interval }: FrameTimes): string => `${cpu.toFixed(1)} ms of processor, a frame every ${interval.toFixed(1)} ms`;
    process.stdout.write(
      `${slices.toLocaleString('en')} slices on ${rows} stages: zoom ${words(zoom)}; pan ${words(pan)}; ${(heap / 2 ** 20).toFixed(0)} MiB\n`,
    );
    return { cpu: Math.max(zoom.cpu, pan.cpu), interval: Math.max(zoom.interval, pan.interval) };
  };

  it('cost no more than a few times as much for a hundred times the slices', async () => {
    const times: FrameTimes[] = [];
    for (const batches of microBatches) times.push(await measure(stages, batches));
    const [few, , many] = times;
    expect((many?.cpu ?? Number.NaN) / (few?.cpu ?? Number.NaN)).toBeLessThan(4);
  }, 180_000);

  it('cost by the pixels, not by the slices, of many stages', async () => {
    const few = await measure(64, 40);
    const many = await measure(64, 3_968);
    expect(many.cpu / few.cpu).toBeLessThan(4);
  }, 180_000);
});
