/** FNV-1a: which rows are held out, and which are sampled, follows from what they say and never from chance. */
export function hash(text) {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  return value;
}
