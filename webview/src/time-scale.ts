/** Time to pixels and back, and the moves of a view over it. Pure; times in seconds, positions in CSS pixels. */

/** The stretch of time in sight. */
export interface View {
  readonly start: number;
  readonly end: number;
}

export interface TimeScale extends View {
  /** Where the view's start is drawn. */
  readonly left: number;
  readonly width: number;
}

export const toX = (scale: TimeScale, time: number): number =>
  scale.left + ((time - scale.start) / (scale.end - scale.start)) * scale.width;

export const toTime = (scale: TimeScale, x: number): number =>
  scale.start + ((x - scale.left) / Math.max(1, scale.width)) * (scale.end - scale.start);

/** A view can be no shorter than this share of the whole: below it, doubles no longer tell neighbouring pixels apart. */
const shortest = 1e-7;

/** The view moved and cut so that it lies within [0, total]. */
export function clampView(view: View, total: number): View {
  if (!(total > 0) || !Number.isFinite(view.start) || !Number.isFinite(view.end)) return { start: 0, end: total > 0 ? total : 1 };
  const length = Math.min(total, Math.max(total * shortest, view.end - view.start));
  const start = Math.min(Math.max(0, view.start), total - length);
  return { start, end: start + length };
}

/** Zooms by `factor` (above 1 looks closer) so that `at` stays where it is. */
export function zoomView(view: View, total: number, factor: number, at: number): View {
  const length = (view.end - view.start) / factor;
  const share = (at - view.start) / (view.end - view.start);
  const start = at - share * length;
  if (length >= total) return { start: 0, end: total };
  return clampView({ start, end: start + length }, total);
}

/** Moves by a share of the view's length. */
export function panView(view: View, total: number, share: number): View {
  const shift = (view.end - view.start) * share;
  return clampView({ start: view.start + shift, end: view.end + shift }, total);
}

/** The nearest view that shows [start, end] with some room around it; the same view when it already does. */
export function revealInView(view: View, total: number, start: number, end: number): View {
  const length = view.end - view.start;
  if (start >= view.start && end <= view.end) return view;
  if (end - start > length) return clampView({ start, end: start + length }, total);
  const room = Math.min(length * 0.1, (length - (end - start)) / 2);
  return start < view.start
    ? clampView({ start: start - room, end: start - room + length }, total)
    : clampView({ start: end + room - length, end: end + room }, total);
}

/** Round times (1, 2 or 5 times a power of ten) at least `apart` pixels from one another. */
export function ticks(scale: TimeScale, apart = 90): { readonly times: readonly number[]; readonly distance: number } {
  const length = scale.end - scale.start;
  const least = (length * apart) / Math.max(apart, scale.width);
  if (!(least > 0)) return { times: [], distance: 1 };
  const power = 10 ** Math.floor(Math.log10(least));
  const distance = [1, 2, 5, 10].map((step) => step * power).find((step) => step >= least * (1 - 1e-9)) ?? 10 * power;
  const times: number[] = [];
  const first = Math.ceil(scale.start / distance - 1e-9);
  for (let step = first; step * distance <= scale.end + distance * 1e-9; step++) times.push(step * distance);
  return { times, distance };
}
