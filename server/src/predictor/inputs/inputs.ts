/**
 * What every family of kernels shares in becoming inputs of a network. Inputs are of two kinds: those that never fall when a
 * dimension of the shape grows (times of ideal parts, whole waves of tiles, sizes), which the network may only answer with a
 * longer time; and free ones (format, engine, proportions of the device), which do not depend on sizes.
 */
import { chips, type DeviceFigures } from '../device.ts';

/** Where inputs of a batch are written, one after the other. */
export class InputWriter {
  readonly values: Float32Array;
  private position = 0;

  constructor(rows: number, width: number) {
    this.values = new Float32Array(rows * width);
  }

  add(value: number): void {
    this.values[this.position++] = value;
  }

  /** Natural logarithm of a duration in microseconds. */
  time(seconds: number): void {
    this.add(Math.log(seconds * 1e6));
  }

  flag(value: boolean): void {
    this.add(value ? 1 : 0);
  }

  /** One input per choice; all zero for a choice that is not in the list. */
  choice<Choice extends string>(choices: readonly Choice[], chosen: string | undefined): void {
    for (const choice of choices) this.add(choice === chosen ? 1 : 0);
  }
}

/**
 * What a chip does beyond its data sheet is learned with its name; a device of the same compute capability shares it, and any
 * other is asked about without a name, as training hid the names of some rows.
 */
export function writeChip(into: InputWriter, device: DeviceFigures): void {
  into.choice(chips, device.chip);
}

/** Engines whose kernels were measured; another one, or none named, means the middle of them. */
export const engines = ['vllm', 'trtllm', 'sglang'] as const;

/** Seconds a kernel's work takes at the peak of the device, and its bytes at the bandwidth of the memory. */
export interface Parts {
  readonly work: number;
  readonly memory: number;
}

/** A family of kernels: how a case becomes inputs, and the time no kernel of it can beat. */
export interface Family<Case> {
  readonly grow: readonly string[];
  readonly free: readonly string[];
  /** The numbers of a case that time must grow with, up to steps of tiles. */
  readonly dimensions: readonly (keyof Case)[];
  /** What errors are told apart by: format and engine. */
  group(shape: Case): string;
  /** Why no measurement is of this kind, where a trained kind stands for it. */
  foreign?(shape: Case): string | undefined;
  /** Seconds of the ideal parts, from which the power follows where nobody measured it. */
  parts(shape: Case, device: DeviceFigures): Parts;
  write(into: InputWriter, shape: Case, device: DeviceFigures): void;
  /** Seconds: work over the peak, or what must come from device memory over its bandwidth. */
  bound(shape: Case, device: DeviceFigures): number;
}
