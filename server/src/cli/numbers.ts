/** Numbers on the command line. Each reader gives the value or a sentence that says what is wanted. */
import { UsageError } from './io.ts';

/** A whole number from 1. */
export function whole(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value > 1e9) throw new UsageError(`${option} must be at most 1000000000, not "${text}".`);
    if (!Number.isInteger(value) || value < 1) throw new UsageError(`${option} must be a whole number of at least 1, not "${text}".`);
    return value;
  };
}

/** Any finite number from 0. */
export function positive(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value) || value < 0)
      throw new UsageError(`${option} must be a number of at least 0, not "${text}".`);
    return value;
  };
}
