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

/** The keys that move the view; true when the key was one of them. */
export function onViewKey(event: KeyboardEvent, state: ViewState, scale: TimeScale, total: number): boolean {
  const middle = (scale.start + scale.end) / 2;
  if (event.key === '+' || event.key === '=') setView(state, zoomView(scale, total, zoomStep, middle), total);
  else if (event.key === '-' || event.key === '_') setView(state, zoomView(scale, total, 1 / zoomStep, middle), total);
  else if (event.key === 'Home') state.view.value = undefined;
  else if (event.shiftKey && event.key === 'ArrowLeft') setView(state, panView(scale, total, -0.2), total);
  else if (event.shiftKey && event.key === 'ArrowRight') setView(state, panView(scale, total, 0.2), total);
  else return false;
  return true;
}

/** Follows a drag from the point where it began; calls `clicked` when it turns out to be no drag at all. */
export function startDrag(event: PointerEvent, state: ViewState, scale: TimeScale, total: number, clicked: () => void): void {
  if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
  const element = event.currentTarget;
  const from = event.clientX;
  let dragged = false;
  const move = (moved: PointerEvent): void => {
    const pixels = from - moved.clientX;
    if (!dragged && Math.abs(pixels) < 4) return;
    dragged = true;
    element.classList.add('dragging');
    setView(state, panView(scale, total, pixels / scale.width), total);
  };
  const stop = (ended: PointerEvent): void => {
    element.removeEventListener('pointermove', move);
    element.removeEventListener('pointerup', stop);
    element.removeEventListener('pointercancel', stop);
    element.classList.remove('dragging');
    if (!dragged && ended.type === 'pointerup') clicked();
  };
  element.setPointerCapture(event.pointerId);
  element.addEventListener('pointermove', move);
  element.addEventListener('pointerup', stop);
  element.addEventListener('pointercancel', stop);
}
