// Prints how well the model predicts the published measurements of test/validation/cases. Usage: npm run validate
// For one file with its worst rows: node dist/cli.js validate --cases FILE.jsonl
import { accuracy, accuracyHeads, accuracyRows } from './lib/accuracy.mjs';

const entries = await accuracy();
const table = [accuracyHeads, ...accuracyRows(entries)];
const widths = accuracyHeads.map((_, column) => Math.max(...table.map((row) => row[column].length)));
for (const row of table)
  console.log(row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '));

const total = (key) => entries.reduce((sum, entry) => sum + entry[key], 0);
console.log(`\n${total('rows')} rows, ${total('used')} predicted, ${total('refused')} refused`);
const reasons = new Map();
for (const { refusedBecause } of entries)
  for (const [why, count] of Object.entries(refusedBecause)) reasons.set(why, (reasons.get(why) ?? 0) + count);
for (const [why, count] of [...reasons].sort((a, b) => b[1] - a[1])) console.log(`  ${String(count).padStart(4)}  ${why}`);
