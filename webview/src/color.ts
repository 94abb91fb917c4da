/** Colours as numbers, to choose letters that can be read on them. Pure. */

/** Red, green and blue from 0 to 255. */
export type Rgb = readonly [number, number, number];

/** "#rgb", "#rrggbb" or "#rrggbbaa" (its opacity left out); undefined for every other spelling. */
export function parseHex(color: string): Rgb | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})(?:[0-9a-f]{2})?$/i.exec(color);
  const digits = short ? short.slice(1, 4).map((digit) => digit + digit) : long?.slice(1, 4);
  if (!digits) return undefined;
  const [red = 0, green = 0, blue = 0] = digits.map((pair) => Number.parseInt(pair, 16));
  return [red, green, blue];
}

/** A colour laid over another with an opacity from 0 to 1. */
export function mix(over: Rgb, under: Rgb, opacity: number): Rgb {
  const part = (index: 0 | 1 | 2): number => over[index] * opacity + under[index] * (1 - opacity);
  return [part(0), part(1), part(2)];
}

/** "#rrggbb" of a colour. */
export function toHex(color: Rgb): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, 0 black to 1 white (WCAG 2.2, "relative luminance"). */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
}

/** Contrast ratio from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever is read better on a colour; at least 4.5 to 1 on any. */
export function lettersOn(color: Rgb): string {
  return contrast(color, [0, 0, 0]) >= contrast(color, [255, 255, 255]) ? '#000000' : '#ffffff';
}
