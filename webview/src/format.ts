/** How the panel writes numbers: four significant digits at most, units of the trade. */

function digits(value: number, most = 4): string {
  if (value === 0) return '0';
  const places = Math.max(0, most - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(places, 6));
}

const plain = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** "1.234 s", "56.70 ms", "89.00 µs". */
export function formatSeconds(seconds: number, most = 4): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size >= 0.9995) return `${digits(seconds, most)} s`;
  if (size >= 0.9995e-3) return `${digits(seconds * 1e3, most)} ms`;
  if (size >= 0.9995e-6) return `${digits(seconds * 1e6, most)} µs`;
  return `${digits(seconds * 1e9, most)} ns`;
}

/** Six digits, without the zeros at the end: "86 ms", "1.23457 s". */
export function formatExactSeconds(seconds: number): string {
  const [number = '', unit = ''] = formatSeconds(seconds, 6).split(' ');
  return `${plain(number)} ${unit}`;
}

/** The label of an axis tick, in the unit and with the places that suit the distance between ticks. */
export function formatTick(seconds: number, distance: number): string {
  const [factor, unit] = distance >= 0.1 ? [1, 's'] : distance >= 1e-4 ? [1e3, 'ms'] : distance >= 1e-7 ? [1e6, 'µs'] : [1e9, 'ns'];
  const places = Math.max(0, -Math.floor(Math.log10(distance * factor) + 1e-9));
  return `${(seconds * factor).toFixed(Math.min(places, 6))} ${unit}`;
}

/** "71.23 GiB", "12.5 MiB". */
export function formatBytes(bytes: number, most = 4): string {
  const size = Math.abs(bytes);
  if (size >= 2 ** 30) return `${digits(bytes / 2 ** 30, most)} GiB`;
  if (size >= 2 ** 20) return `${digits(bytes / 2 ** 20, most)} MiB`;
  if (size >= 2 ** 10) return `${digits(bytes / 2 ** 10, most)} KiB`;
  return `${plain(digits(bytes, most))} B`;
}

/** "2.571". */
export function formatCount(count: number): string {
  return digits(count);
}

/** "12.3 %" of a ratio. */
export function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

/** A change with its sign: "+1.5 %", "−0.3 %", "no change". */
export function formatChange(from: number, to: number): string {
  const ratio = from === 0 ? 0 : to / from - 1;
  if (Math.abs(ratio) < 5e-4) return 'no change';
  return `${ratio > 0 ? '+' : '−'}${(Math.abs(ratio) * 100).toFixed(1)} %`;
}

/** A change of a ratio in points: "+1.5 points". */
export function formatPoints(from: number, to: number): string {
  const points = (to - from) * 100;
  if (Math.abs(points) < 0.05) return 'no change';
  return `${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(1)} points`;
}

const prefixes = ['', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const;

/** A large number of something in thousands: "312.4 TFLOP/s", "175.2 G", with at most `most` digits. */
export function formatScaled(value: number, unit = '', most = 4): string {
  const power = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)) / 3 + 1e-12);
  const at = Math.min(prefixes.length - 1, Math.max(0, power));
  return `${plain(digits(value / 1000 ** at, most))} ${prefixes[at] ?? ''}${unit}`.trim();
}
