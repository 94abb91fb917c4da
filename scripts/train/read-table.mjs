// A measured table as objects of text.
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

export function readTable(path) {
  const [head, ...lines] = gunzipSync(readFileSync(path)).toString().split('\n').filter(Boolean);
  const columns = head.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]]));
  });
}
