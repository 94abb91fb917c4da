// Writes docs/model/parameters.md: every fitted parameter with its meaning and range, and every set of values with what it
// was fitted on and how far off it is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { markdownTable, updatePages } from './lib/generated-part.mjs';
import { root } from './lib/paths.mjs';

const folder = 'server/src/core/calibration/fits';
const percent = (share) => `${(100 * share).toFixed(1)} %`;

function residualsOf({ residuals = {} }) {
  const parts = Object.entries(residuals).map(
    ([name, { rows, median, p90 }]) => `${name} ${rows} rows: ${percent(median)} / ${percent(p90)}`,
  );
  return parts.join('; ') || '-';
}

const valuesOf = ({ values, from }) =>
  [...(from ? [`from ${from}`] : []), ...Object.entries(values).map(([name, value]) => `${name} ${value}`)].join(', ');

const sections = readdirSync(join(root, folder))
  .sort()
  .map((name) => {
    const { parameters, sets } = JSON.parse(readFileSync(join(root, folder, name), 'utf8'));
    const meanings = Object.entries(parameters).map(([id, { unit, meaning, range }]) => [`\`${id}\``, unit, meaning, range.join(' to ')]);
    const fits = sets.map((set) => [`\`${set.id}\``, valuesOf(set), `${set.fittedOn}. ${set.method}`, residualsOf(set)]);
    return [
      `## ${name.replace('.json', '')}`,
      markdownTable(['Parameter', 'Unit', 'Meaning', 'Plausible range'], meanings),
      markdownTable(['Set', 'Values', 'Fitted on, and how', 'Median / p90 error'], fits),
    ].join('\n\n');
  });

updatePages({ 'docs/model/parameters.md': sections.join('\n\n') }, 'parameters');
