/** The wire format of protocol buffers, as far as .onnx files need it (protobuf.dev/programming-guides/encoding). */

/** One field of a message: a number for varints and 32-bit fields, bytes for everything with a length. */
export interface WireField {
  readonly number: number;
  readonly value: number;
  readonly bytes: Uint8Array | undefined;
}

function varint(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  let factor = 1;
  let at = start;
  for (; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + 1 };
    factor *= 128;
  }
  throw new Error('the file ends inside a number');
}

/** The fields of one message in the order of the file. */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField> {
  let at = 0;
  while (at < bytes.length) {
    const key = varint(bytes, at);
    const number = Math.floor(key.value / 8);
    const kind = key.value % 8;
    at = key.end;
    if (kind === 0) {
      const { value, end } = varint(bytes, at);
      at = end;
      yield { number, value, bytes: undefined };
      continue;
    }
    const sized = kind === 2 ? varint(bytes, at) : { value: kind === 5 ? 4 : 8, end: at };
    if (kind !== 2 && kind !== 5 && kind !== 1) throw new Error(`wire type ${kind} is not used by this format`);
    at = sized.end + sized.value;
    if (at > bytes.length) throw new Error('the file ends inside a field');
    const part = bytes.subarray(sized.end, at);
    // A list of one float in packed form has a length and looks the same.
    yield { number, value: part.length === 4 ? new DataView(part.buffer, part.byteOffset).getFloat32(0, true) : 0, bytes: part };
  }
}

const decoder = new TextDecoder();
export const textOf = (field: WireField): string => decoder.decode(field.bytes ?? new Uint8Array());
