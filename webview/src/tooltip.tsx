/** The box with exact numbers beside the pointer or the focused operation. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Description } from './describe.ts';

const distance = 14;

/** Placed in the window, beside (x, y), turned to the other side where it would leave the window. */
export function Tooltip({ x, y, description }: { readonly x: number; readonly y: number; readonly description: Description }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const { width, height } = element.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const left = x + distance + width > clientWidth ? Math.max(4, x - distance - width) : x + distance;
    const top = y + distance + height > clientHeight ? Math.max(4, y - distance - height) : y + distance;
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  });
  return (
    <div class="tooltip" role="tooltip" ref={box}>
      <strong>{description.title}</strong>
      <dl>
        {description.rows.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
