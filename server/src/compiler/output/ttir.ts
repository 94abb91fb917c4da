/**
 * What Triton's own code of a kernel (`.ttir` in its cache, MLIR as text) tells of the source: the file and line it begins at, all
 * files that took part, and the shapes of its ranges and products by line. Places stand behind each operation as `loc(#loc12)`, and
 * those names at the head or end: `#loc12 = loc("/path/k.py":40:18)`, `#loc40 = loc("offsets"(#loc12))`, `#loc50 = loc(callsite(#loc3 at #loc12))`.
 * Read as Triton 3.1 to 3.9 write it.
 */
import type { TritonBuild } from '../../core/kernels/compiled-launch.ts';

export interface TritonCode extends Pick<TritonBuild, 'line' | 'ranges' | 'products'> {
  /** Of the kernel's definition. */
  readonly file: string;
  /** All files that the code comes from, the functions it calls included. */
  readonly files: readonly string[];
}

interface Place {
  readonly file: string;
  readonly line: number;
}

const alias = /^#(loc\d*) = loc\((.*)\)$/;
const place = /^"((?:[^"\\]|\\.)*)":(\d+):\d+$/;
const named = /^"(?:[^"\\]|\\.)*"\(#(loc\d*)\)$/;
const range = /tt\.make_range \{end = (-?\d+) : i32, start = (-?\d+) : i32\}.*loc\(#(loc\d*)\)\s*$/;
const product = /tt\.dot .*: tensor<(\d+)x(\d+)x[^>]*> \* tensor<\d+x(\d+)x[^>]*> -> .*loc\(#(loc\d*)\)\s*$/;

/** @returns undefined where it is no such code, or has no places. */
export function readTtir(text: string): TritonCode | undefined {
  const lines = text.split('\n');
  const aliases = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = line.startsWith('#loc') ? (alias.exec(line.trim()) ?? []) : [];
    if (name !== undefined && value !== undefined) aliases.set(name, value);
  }
  const resolved = (name: string | undefined, depth = 0): Place | undefined => {
    const value = name === undefined || depth > 8 ? undefined : aliases.get(name);
    const [, file, line] = (value !== undefined && place.exec(value)) || [];
    if (file !== undefined) return { file: file.replace(/\\(.)/g, '$1'), line: Number(line) };
    // What stands in a function that was called has no line of the kernel's own.
    return value === undefined ? undefined : resolved(named.exec(value)?.[1], depth + 1);
  };
  const head = resolved('loc');
  if (!head) return undefined;
  const own = (name: string | undefined): number | undefined => {
    const found = resolved(name);
    return found?.file === head.file ? found.line : undefined;
  };
  const ranges = lines.flatMap((line) => {
    const [, end, start, name] = range.exec(line) ?? [];
    const at = own(name);
    return at === undefined ? [] : [{ line: at, start: Number(start), end: Number(end) }];
  });
  const products = lines.flatMap((line) => {
    const [, rows, inner, columns, name] = product.exec(line) ?? [];
    const at = own(name);
    return at === undefined ? [] : [{ line: at, rows: Number(rows), inner: Number(inner), columns: Number(columns) }];
  });
  const files = [...new Set([...aliases.keys()].flatMap((name) => resolved(name)?.file ?? []))];
  return { ...head, files, ranges, products };
}
