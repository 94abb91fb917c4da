/** Plain tables for a terminal, readable in a log file too. */
import Table from 'cli-table3';

/** A table with a rule under its head. Columns in `right` are right-aligned. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const drawn = new Table({
    head: [...head],
    colAligns: head.map((_, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      right: '',
      'right-mid': '',
      mid: '',
      'mid-mid': '',
      middle: '   ',
    },
  });
  drawn.push(...rows.map((row) => [...row]));
  const lines = drawn.toString().split('\n');
  const width = Math.max(...lines.map((line) => line.trimEnd().length));
  return [lines[0] ?? '', '-'.repeat(width), ...lines.slice(1)].map((line) => line.trimEnd()).join('\n');
}
