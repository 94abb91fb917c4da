/** Bytes of shared memory as people write them. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const size = bytes / 1024;
  return `${Number.isInteger(size) ? size : size.toFixed(1)} KiB`;
}
