/** A third of the sources is never fitted on, chosen by a hash of the source's name alone. */

/** FNV-1a, 32 bits, over the UTF-8 bytes. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

export function isHeldOut(source: string): boolean {
  return fnv1a(source) % 3 === 0;
}
