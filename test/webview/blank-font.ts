/**
 * A font without ink, in which every character is as wide as every other: with it a page looks the same on every machine, whatever
 * fonts that has, and pictures of it can be compared. Written out here table by table, so that no font file of others is needed.
 *
 * Source: "OpenType specification 1.9", Microsoft, chapters of the tables named below.
 */

/** First and last of the characters that the panel uses. */
const characters: readonly (readonly [number, number])[] = [
  [0x20, 0x17f],
  [0x370, 0x3ff],
  [0x2000, 0x206f],
  [0x2190, 0x22ff],
];
const unitsPerEm = 1000;
const advance = 560;
const [ascender, descender] = [800, -200];

class Bytes {
  private readonly parts: number[] = [];

  u16(...values: readonly number[]): this {
    for (const value of values) this.parts.push((value >> 8) & 255, value & 255);
    return this;
  }

  u32(...values: readonly number[]): this {
    for (const value of values) this.u16((value >>> 16) & 0xffff, value & 0xffff);
    return this;
  }

  zeros(count: number): this {
    for (let at = 0; at < count; at++) this.parts.push(0);
    return this;
  }

  get buffer(): Buffer {
    return Buffer.from(this.parts);
  }
}

const glyphs = 1 + characters.reduce((count, [first, last]) => count + last - first + 1, 0);

/** cmap, format 4: a segment per stretch of characters, and the last one that the format asks for. */
function characterMap(): Buffer {
  const segments = [...characters, [0xffff, 0xffff] as const];
  const count = segments.length;
  const deltas: number[] = [];
  let glyph = 1;
  for (const [first, last] of characters) {
    deltas.push((glyph - first) & 0xffff);
    glyph += last - first + 1;
  }
  const power = 2 ** Math.floor(Math.log2(count));
  return new Bytes()
    .u16(0, 1, 3, 1)
    .u32(12)
    .u16(4, 16 + 8 * count, 0, 2 * count, 2 * power, Math.log2(power), 2 * (count - power))
    .u16(...segments.map(([, last]) => last), 0)
    .u16(...segments.map(([first]) => first))
    .u16(...deltas, 1)
    .u16(...segments.map(() => 0)).buffer;
}

function tables(): readonly (readonly [string, Buffer])[] {
  const os2 = new Bytes()
    .u16(4, advance, 400, 5, 0)
    .u16(600, 600, 0, 0, 600, 600, 0, 0, 50, 300, 0)
    .zeros(10)
    .u32(1, 0, 0, 0)
    .u32(0x20202020)
    .u16(0x40, 0x20, 0xffff, ascender, descender, 0, ascender, -descender)
    .u32(1, 0)
    .u16(500, 700, 0, 0x20, 0);
  const head = new Bytes()
    .u16(1, 0)
    .u32(0x10000, 0, 0x5f0f3cf5)
    .u16(0, unitsPerEm)
    .zeros(16)
    .u16(0, descender & 0xffff, advance, ascender, 0, 8, 2, 0, 0);
  return [
    ['OS/2', os2.buffer],
    ['cmap', characterMap()],
    ['glyf', new Bytes().u32(0).buffer],
    ['head', head.buffer],
    ['hhea', new Bytes().u32(0x10000).u16(ascender, descender, 0, advance, 0, 0, 0, 1, 0, 0).zeros(8).u16(0, 1).buffer],
    ['hmtx', new Bytes().u16(advance, 0).zeros(2 * (glyphs - 1)).buffer],
    ['loca', new Bytes().zeros(2 * (glyphs + 1)).buffer],
    ['maxp', new Bytes().u32(0x10000).u16(glyphs).zeros(26).buffer],
    ['name', new Bytes().u16(0, 0, 6).buffer],
    ['post', new Bytes().u32(0x30000, 0).zeros(24).buffer],
  ];
}

function checksum(table: Buffer): number {
  let sum = 0;
  for (let at = 0; at < table.length; at += 4)
    sum = (sum + Buffer.concat([table.subarray(at, at + 4), Buffer.alloc(4)]).readUInt32BE(0)) >>> 0;
  return sum;
}

/** The font as a TrueType file. */
export function blankFont(): Buffer {
  const list = tables();
  const power = 2 ** Math.floor(Math.log2(list.length));
  const directory = new Bytes().u32(0x10000).u16(list.length, 16 * power, Math.log2(power), 16 * (list.length - power));
  const bodies: Buffer[] = [];
  let offset = 12 + 16 * list.length;
  for (const [tag, table] of list) {
    directory.u32(Buffer.from(tag).readUInt32BE(0), checksum(table), offset, table.length);
    const padded = Buffer.concat([table, Buffer.alloc((4 - (table.length % 4)) % 4)]);
    bodies.push(padded);
    offset += padded.length;
  }
  return Buffer.concat([directory.buffer, ...bodies]);
}
