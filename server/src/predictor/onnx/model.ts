/**
 * Reads an .onnx file into its nodes, constants and metadata: what the small networks of this program need, and nothing of
 * subgraphs, types or external data. Field numbers are those of onnx.proto (onnx/onnx, IR version 8).
 */
import { fieldsOf, textOf, type WireField } from './wire.ts';

export interface Tensor {
  readonly dims: readonly number[];
  readonly values: Float32Array;
}

export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Lists of numbers and of words, by name; other kinds of attributes are not kept. */
  readonly lists: ReadonlyMap<string, readonly number[]>;
  readonly words: ReadonlyMap<string, readonly string[]>;
}

export interface Model {
  readonly nodes: readonly Node[];
  readonly constants: ReadonlyMap<string, Tensor>;
  readonly input: string;
  readonly outputs: readonly string[];
  readonly metadata: ReadonlyMap<string, string>;
}

function floats(bytes: Uint8Array): Float32Array {
  // The bytes of a field start anywhere; a Float32Array must start on a multiple of four.
  return new Float32Array(new Uint8Array(bytes).buffer);
}

function readTensor(field: WireField): [string, Tensor] {
  const dims: number[] = [];
  let name = '';
  let values: Float32Array = new Float32Array();
  for (const part of fieldsOf(field.bytes ?? new Uint8Array())) {
    if (part.number === 1) dims.push(...(part.bytes ? packed(part.bytes) : [part.value]));
    else if (part.number === 2 && part.value !== 1) throw new Error('only 32-bit constants are read');
    else if (part.number === 8) name = textOf(part);
    else if (part.number === 9 && part.bytes) values = floats(part.bytes);
  }
  return [name, { dims, values }];
}

/** Small whole numbers written one after the other. */
function packed(bytes: Uint8Array): number[] {
  const numbers: number[] = [];
  let value = 0;
  let factor = 1;
  for (const byte of bytes) {
    value += (byte & 0x7f) * factor;
    factor *= 128;
    if (byte >= 0x80) continue;
    numbers.push(value);
    value = 0;
    factor = 1;
  }
  return numbers;
}

/** Lists come packed into one field or one number a field: both are allowed. */
function readAttribute(field: WireField): { name: string; numbers: number[]; words: string[] } {
  let name = '';
  const numbers: number[] = [];
  const words: string[] = [];
  for (const part of fieldsOf(field.bytes ?? new Uint8Array())) {
    if (part.number === 1) name = textOf(part);
    else if (part.number === 7 && part.bytes?.length === 4) numbers.push(part.value);
    else if (part.number === 7) for (const value of floats(part.bytes ?? new Uint8Array())) numbers.push(value);
    else if (part.number === 8) for (const value of part.bytes ? packed(part.bytes) : [part.value]) numbers.push(value);
    else if (part.number === 9) words.push(textOf(part));
  }
  return { name, numbers, words };
}

function readNode(field: WireField): Node {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const lists = new Map<string, readonly number[]>();
  const words = new Map<string, readonly string[]>();
  let operator = '';
  for (const part of fieldsOf(field.bytes ?? new Uint8Array())) {
    if (part.number === 1) inputs.push(textOf(part));
    else if (part.number === 2) outputs.push(textOf(part));
    else if (part.number === 4) operator = textOf(part);
    else if (part.number === 5) {
      const attribute = readAttribute(part);
      if (attribute.words.length > 0) words.set(attribute.name, attribute.words);
      else lists.set(attribute.name, attribute.numbers);
    }
  }
  return { operator, inputs, outputs, lists, words };
}

/** The first text field of a message: the name of an input or output. */
function nameOf(field: WireField): string {
  for (const part of fieldsOf(field.bytes ?? new Uint8Array())) if (part.number === 1) return textOf(part);
  return '';
}

/** Throws on a file that is damaged or holds what is not read here. */
export function readModel(bytes: Uint8Array): Model {
  const nodes: Node[] = [];
  const constants = new Map<string, Tensor>();
  const metadata = new Map<string, string>();
  let input = '';
  const outputs: string[] = [];
  for (const field of fieldsOf(bytes)) {
    if (field.number === 14 && field.bytes) {
      const [key, value] = [...fieldsOf(field.bytes)].map(textOf);
      metadata.set(key ?? '', value ?? '');
    }
    if (field.number !== 7 || !field.bytes) continue;
    for (const part of fieldsOf(field.bytes)) {
      if (part.number === 1) nodes.push(readNode(part));
      else if (part.number === 5) constants.set(...readTensor(part));
      else if (part.number === 11) input = nameOf(part);
      else if (part.number === 12) outputs.push(nameOf(part));
    }
  }
  if (nodes.length === 0) throw new Error('there is no graph in the file');
  return { nodes, constants, input, outputs, metadata };
}
