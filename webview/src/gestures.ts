/** Wheel, drag and keys over the charts: how they move the view. */
import type { Signal } from '@preact/signals';
import { panView, type TimeScale, toTime, type View, zoomView } from './time-scale.ts';

/** What the gestures move: the stretch of time in sight, and the pointer, which is nowhere afterwards. */
export interface ViewState {
  readonly view: Signal<View | undefined>;
  readonly pointer: { value: unknown };
}

/** One press of a zoom button or key. */
export const zoomStep = 1.5;

/** Sets what is in sight; the whole is kept as "everything", so that it stays the whole when the job changes. */
export function setView(state: ViewState, view: View, total: number): void {
  state.view.value = view.start <= 0 && view.end >= total ? undefined : view;
  state.pointer.value = undefined;
}

/** Ctrl or the command key with the wheel zooms where the pointer is; Shift with it, or a sideways wheel, pans. */
export function onWheel(event: WheelEvent, state: ViewState, scale: TimeScale, total: number, left: number): void {
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    const factor = Math.exp(-clamp(event.deltaY, 120) / 240);
    setView(state, zoomView(scale, total, factor, toTime(scale, event.clientX - left)), total);
    return;
  }
  const sideways = event.shiftKey ? event.deltaY : event.deltaX;
  if (sideways === 0 || (!event.shiftKey && Math.abs(event.deltaX) < Math.abs(event.deltaY))) return;
  event.preventDefault();
  setView(state, panView(scale, total, clamp(sideways, 400) / scale.width), total);
}

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value));

/**
 * The keys that move the view; true when the key was one of them. Letters as in other viewers of traces: W and S zoom where the
 * pointer is (`at`, else the middle), A and D pan.
 */
export function onViewKey(event: KeyboardEvent, state: ViewState, scale: TimeScale, total: number, at?: number): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const middle = (scale.start + scale.end) / 2;
  const zoom = (factor: number, around: number): void => setView(state, zoomView(scale, total, factor, around), total);
  const pan = (share: number): void => setView(state, panView(scale, total, share), total);
  const around = at !== undefined && at > scale.start && at < scale.end ? at : middle;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === '+' || key === '=') zoom(zoomStep, middle);
  else if (key === '-' || key === '_') zoom(1 / zoomStep, middle);
  else if (key === 'w') zoom(zoomStep, around);
  else if (key === 's') zoom(1 / zoomStep, around);
  else if (key === 'a' || (event.shiftKey && key === 'ArrowLeft')) pan(-0.2);
  else if (key === 'd' || (event.shiftKey && key === 'ArrowRight')) pan(0.2);
  else if (key === 'Home') state.view.value = undefined;
  else return false;
  return true;
}

/** Follows a drag that chooses a stretch of time; `choose` is told every change, and nothing where the drag was only a click. */
export function startRange(
  event: PointerEvent,
  scale: TimeScale,
  total: number,
  left: number,
  choose: (range: View | undefined) => void,
): void {
  const timeAt = (x: number): number => Math.min(total, Math.max(0, toTime(scale, x - left)));
  const from = event.clientX;
  follow(event, (moved) => {
    const [one, other] = [timeAt(from), timeAt(moved.clientX)];
    const dragged = Math.abs(moved.clientX - from) >= 4;
    choose(dragged && one !== other ? { start: Math.min(one, other), end: Math.max(one, other) } : undefined);
  });
}

/** Follows a drag from the point where it began; calls `clicked` when it turns out to be no drag at all. */
export function startDrag(event: PointerEvent, state: ViewState, scale: TimeScale, total: number, clicked: () => void): void {
  const element = event.currentTarget;
  const from = event.clientX;
  let dragged = false;
  follow(
    event,
    (moved) => {
      const pixels = from - moved.clientX;
      if (!dragged && Math.abs(pixels) < 4) return;
      dragged = true;
      if (element instanceof HTMLElement) element.classList.add('dragging');
      setView(state, panView(scale, total, pixels / scale.width), total);
    },
    (ended) => {
      if (element instanceof HTMLElement) element.classList.remove('dragging');
      if (!dragged && ended.type === 'pointerup') clicked();
    },
  );
}

/** Calls `moved` for every move of a pressed pointer until it is let go, wherever it goes. */
export function follow(event: PointerEvent, moved: (event: PointerEvent) => void, ended?: (event: PointerEvent) => void): void {
  if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
  const element = event.currentTarget;
  const stop = (last: PointerEvent): void => {
    element.removeEventListener('pointermove', moved);
    element.removeEventListener('pointerup', stop);
    element.removeEventListener('pointercancel', stop);
    ended?.(last);
  };
  element.setPointerCapture(event.pointerId);
  element.addEventListener('pointermove', moved);
  element.addEventListener('pointerup', stop);
  element.addEventListener('pointercancel', stop);
}
