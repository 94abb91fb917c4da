/** Reading typed arrays at an index known to be inside; one function per kind keeps each call site of one shape. */

export const i32 = (array: Int32Array, index: number): number => array[index] as number;
export const f64 = (array: Float64Array, index: number): number => array[index] as number;

/** A copy with at least twice the room. */
export function grownInts(array: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(size);
  grown.set(array);
  return grown;
}

export function grownFloats(array: Float64Array, size: number): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(size);
  grown.set(array);
  return grown;
}

/** The smallest power of two above `value`. */
export function powerAbove(value: number): number {
  let size = 16;
  while (size <= value) size *= 2;
  return size;
}
