/**
 * Writes the table of docs/accuracy.md from the same predictions that "rooflint validate" makes, so that the page cannot
 * claim what the program does not do. With --check it says whether the page is stale and fails.
 */
import { accuracy, accuracyHeads, accuracyRows } from './lib/accuracy.mjs';
import { markdownTable, updatePages } from './lib/generated-part.mjs';

const entries = await accuracy();
const total = (key) => entries.reduce((sum, entry) => sum + entry[key], 0);
const body = `${markdownTable(accuracyHeads, accuracyRows(entries))}

${total('rows')} configurations: ${total('used')} predicted, ${total('refused')} refused with a reason.`;
updatePages({ 'docs/accuracy.md': body }, 'docs/accuracy.md');
