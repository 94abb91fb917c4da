/** Measures frames of the panel: pans and zooms with a wheel event per frame, and says what a frame costs. */
import type { OpenPanel } from './open-panel.ts';

export interface FrameTimes {
  /** Milliseconds of processor time of the page's main thread per frame, painting included: what other programs do does not count. */
  readonly cpu: number;
  /** Milliseconds from one frame to the next, in the middle: 16.7 is all that a screen of 60 Hz shows. */
  readonly interval: number;
}

export type Motion = 'pan' | 'zoom';

/** Moves the timeline for so many frames. */
export async function measureFrames(panel: OpenPanel, motion: Motion, frames: number): Promise<FrameTimes> {
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN;
  };
  const before = await spent();
  const interval = await panel.page.evaluate(move, [motion, frames] as const);
  const cpu = ((await spent()) - before) * 1000;
  await session.detach();
  return { cpu: cpu / frames, interval };
}

/** Runs in the page. */
async function move([motion, frames]: readonly [Motion, number]): Promise<number> {
  const canvas = document.querySelector('canvas.timeline');
  if (!canvas) throw new Error('no timeline');
  const { left, width } = canvas.getBoundingClientRect();
  const nextFrame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve));
  const intervals: number[] = [];
  let last = await nextFrame();
  for (let frame = 0; frame < frames; frame++) {
    // There and back again, so that the view never stands still at an end.
    const deltaY = Math.floor(frame / 15) % 2 === 0 ? -30 : 30;
    const modifier = motion === 'zoom' ? { ctrlKey: true } : { shiftKey: true };
    canvas.dispatchEvent(new WheelEvent('wheel', { ...modifier, deltaY, clientX: left + width / 2, bubbles: true, cancelable: true }));
    const time = await nextFrame();
    intervals.push(time - last);
    last = time;
  }
  return intervals.sort((one, other) => one - other)[Math.floor(frames / 2)] ?? 0;
}
