/**
 * Writes the tables of docs/formats: what each row of each adapter reads, and the default it knows. The text around a
 * table is written by hand and kept. With --check it says what is stale and fails.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from './lib/bundled.mjs';
import { markdownTable, updatePages } from './lib/generated-part.mjs';
import { root } from './lib/paths.mjs';

const frameworks = join(root, 'server/src/frameworks');

/** Every framework that has rows. */
const ids = readdirSync(frameworks, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(frameworks, entry.name, 'rows.ts')))
  .map((entry) => entry.name)
  .sort();

const isRow = (value) => typeof value?.field === 'string' && Array.isArray(value.keys) && typeof value.applyDefault === 'function';

/** What a row fills in when the key is not written, as it says so itself. */
function defaultOf(row) {
  const draft = { framework: '', release: '', job: {}, sources: {}, problems: [], facts: {}, used: new Set(), links: [] };
  row.applyDefault(draft);
  const value = draft.job[row.field];
  return value === undefined ? '' : `\`${value}\``;
}

function table(rows, fieldInfo) {
  const lines = rows.map((row) => {
    const { label, short } = fieldInfo[row.field];
    const name = /^[A-Z]{2,}$/.test(short) ? `${label} (${short})` : label;
    return [name, row.keys.map((key) => `\`${key}\``).join(', '), defaultOf(row)];
  });
  return markdownTable(['Field', 'Keys, newest first', 'Default'], lines);
}

const imports = ids.map((id, index) => `export * as rows${index} from './server/src/frameworks/${id}/rows.ts';`);
const loaded = await bundled([...imports, "export { fieldInfo } from './server/src/core/fields.ts';"].join('\n'));
const pages = ids.map((id, index) => {
  const lists = Object.values(loaded[`rows${index}`]).map((list) => [list].flat().filter(isRow));
  const rows = lists.sort((left, right) => right.length - left.length).flat();
  return [`docs/formats/${id}.md`, table(rows, loaded.fieldInfo)];
});
updatePages(Object.fromEntries(pages), `${ids.length} format pages`);
