/**
 * Branded quantities. A number with a unit is a branded type; a bare number is a count or a ratio.
 * GB and GiB exist only here and in data files: everywhere else a `Bytes` is bytes.
 */
declare const unit: unique symbol;
export type Bytes = number & { readonly [unit]?: 'B' };
export type Seconds = number & { readonly [unit]?: 's' };
export type Flops = number & { readonly [unit]?: 'FLOP' };
export type FlopsPerSecond = number & { readonly [unit]?: 'FLOP/s' };
export type BytesPerSecond = number & { readonly [unit]?: 'B/s' };

/** The units a term can carry. `1` is a bare ratio, `count` a number of things. */
export type Unit = 'B' | 's' | 'FLOP' | 'FLOP/s' | 'B/s' | 'tokens/s' | 'requests/s' | 'tokens' | 'USD' | 'W' | 'J' | 'count' | '1';

export const GiB = (value: number): Bytes => (value * 2 ** 30) as Bytes;
export const MiB = (value: number): Bytes => (value * 2 ** 20) as Bytes;
export const GB = (value: number): Bytes => (value * 1e9) as Bytes;
export const TFLOPS = (value: number): FlopsPerSecond => (value * 1e12) as FlopsPerSecond;
export const GBps = (value: number): BytesPerSecond => (value * 1e9) as BytesPerSecond;
export const microseconds = (value: number): Seconds => (value * 1e-6) as Seconds;
