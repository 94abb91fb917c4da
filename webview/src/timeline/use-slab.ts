/** Which part of a tall chart is painted: all of it, or what is in sight and as much again, kept up to date while the page scrolls. */
import { useLayoutEffect, useState } from 'preact/hooks';
import type { Slab } from '../layout.ts';

/** Charts up to so many windows are painted whole. */
const wholeWindows = 2;

/** The part to paint of a chart whose top is `top` in the window. Pure. */
export function slabOf(height: number, top: number, windowHeight: number, before: Slab | undefined): Slab {
  const most = Math.ceil(windowHeight * wholeWindows);
  if (height <= most) return { top: 0, height };
  const [first, last] = [Math.max(0, -top), Math.min(height, windowHeight - top)];
  if (before && before.height === most && before.top <= first && before.top + before.height >= last) return before;
  const wanted = Math.round((first + last) / 2 - most / 2);
  return { top: Math.min(Math.max(0, wanted), height - most), height: most };
}

export function useSlab(box: { readonly current: HTMLElement | null }, height: number): Slab {
  const [slab, setSlab] = useState<Slab>(() => slabOf(height, 0, window.innerHeight, undefined));
  useLayoutEffect(() => {
    const measure = (): void => {
      const top = box.current?.getBoundingClientRect().top ?? 0;
      setSlab((before) => {
        const now = slabOf(height, top, window.innerHeight, before);
        return now.top === before.top && now.height === before.height ? before : now;
      });
    };
    measure();
    // Whatever scrolls, scrolls the chart.
    window.addEventListener('scroll', measure, { capture: true, passive: true });
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('scroll', measure, { capture: true });
      window.removeEventListener('resize', measure);
    };
  }, [box, height]);
  return slab;
}
