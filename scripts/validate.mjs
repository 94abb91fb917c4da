// Prints how well the model predicts the published measurements of test/validation/cases. Usage: npm run validate
// For one file with its worst rows: node dist/cli.js validate --cases FILE.jsonl
import { accuracy, percent, summaryCells, summaryHeads } from './lib/accuracy.mjs';

function print(table) {
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  for (const row of table)
    console.log(row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '));
}

const { kinds, figures, report, summarize, groupBy, holdOut, answeredOf } = await accuracy();
print([
  ['Kind', 'Software', ...summaryHeads],
  ...kinds.flatMap(({ id, title }) => {
    const own = figures.filter(({ kind }) => kind === id);
    return groupBy(own, ({ group }) => group.framework).map(([framework, list]) => [title, framework, ...summaryCells(summarize(list))]);
  }),
]);
console.log('');
print([
  ['Kind', 'Part', 'Compared', 'Median', 'p90', 'Ratio'],
  ...kinds.flatMap(({ id, title }) => {
    const { fitted, heldOut, ratio } = holdOut(figures.filter(({ kind }) => kind === id));
    return [
      [title, 'open sources', String(fitted.rows), percent(fitted.median), percent(fitted.p90), ''],
      [title, 'held out', String(heldOut.rows), percent(heldOut.median), percent(heldOut.p90), ratio.toFixed(2)],
    ];
  }),
]);
const { rows, answered, refused } = answeredOf(report.rows);
console.log(`\n${rows} rows, ${answered} answered (${percent(answered / rows)})`);
for (const [why, count] of refused) console.log(`  ${String(count).padStart(4)}  ${why}`);
