/** How rules write quantities inside their sentences. */

/** Bytes as "12.3 GiB". */
export function gib(bytes: number): string {
  return `${trimmed(bytes / 2 ** 30)} GiB`;
}

/** A share as "12 %". */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function trimmed(value: number): string {
  return Math.abs(value) < 100 ? value.toFixed(1) : value.toFixed(0);
}
