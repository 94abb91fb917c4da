// The generated part of docs/accuracy.md.
import { explanationOf, percent, signed, summaryCells, summaryHeads } from './accuracy.mjs';
import { markdownTable } from './generated-part.mjs';
import { learnedEffect } from './learned-effect.mjs';

/** Reasons shorter than a table of all names: what stands in quotes differs from row to row. */
const reasonKind = (why) => why.replace(/"[^"]*"/g, '...').replace(/\d+/g, 'n');

function targetTable({ figures, targets, summarize }) {
  const rows = targets.map(({ title, figures: belongs, median, p90, mean, most }) => {
    const own = figures.filter(belongs);
    const summary = summarize(own);
    const average = own.reduce((sum, { error }) => sum + Math.abs(error), 0) / Math.max(1, own.length);
    const largest = own.reduce((max, { error }) => Math.max(max, Math.abs(error)), 0);
    const now = { median: summary.median, p90: summary.p90, mean: average, most: largest };
    const wanted = Object.entries({ median, p90, mean, most }).filter(([, value]) => value !== undefined);
    return [
      title,
      String(own.length),
      wanted.map(([name, value]) => `${name} ${percent(value)}`).join(', '),
      own.length === 0 ? '' : wanted.map(([name]) => `${name} ${percent(now[name])}`).join(', '),
      own.length === 0
        ? "not in the project's rows, not checked"
        : wanted.every(([name, value]) => now[name] <= value)
          ? 'met'
          : wanted.map(([name, value]) => `${(now[name] / value).toFixed(1)} x`).join(', '),
    ];
  });
  return markdownTable(['Aim', 'Compared', 'Wanted', 'Now', 'How far'], rows);
}

function holdOutTable({ figures, kinds, holdOut }) {
  const rows = kinds.map(({ id, title }) => {
    const { fitted, heldOut, ratio } = holdOut(figures.filter(({ kind }) => kind === id));
    const cells = ({ rows: count, median, p90 }) => (count === 0 ? ['0', '', ''] : [String(count), percent(median), percent(p90)]);
    return [title, ...cells(fitted), ...cells(heldOut), heldOut.rows === 0 ? '' : ratio.toFixed(2)];
  });
  const heads = ['', 'Open', 'median', 'p90', 'Held out', 'median', 'p90', 'Ratio of the medians'];
  return markdownTable(heads, rows);
}

/** Held-out sources of serving engines, one by one: they are few, and each is of a kind of its own. */
function heldOutServingTable({ figures, kinds, groupBy, summarize }) {
  const rows = kinds
    .filter(({ id }) => id.startsWith('serving'))
    .flatMap(({ id, title }) =>
      groupBy(
        figures.filter(({ kind, group }) => kind === id && group.heldOut),
        ({ group }) => group.source,
      ).map(([source, own], index) => [index === 0 ? title : '', source, ...summaryCells(summarize(own))]),
    );
  return markdownTable(['', 'Held-out source', ...summaryHeads], rows);
}

/** What is wanted of serving engines, and whether it is so, in words. */
function servingLines({ figures, targets, summarize, report, answeredOf }) {
  const lines = targets
    .filter(({ title }) => title.includes('of serving engines'))
    .map(({ title, figures: belongs, median }) => {
      const now = summarize(figures.filter(belongs)).median;
      return now <= median
        ? `- ${title}: half of them are within ${percent(now)}; ${percent(median)} is the aim, which is met.`
        : `- ${title}: half of them are within ${percent(now)}; ${percent(median)} is the aim, which is missed.`;
    });
  const { rows, answered } = answeredOf(report.rows.filter(isServing));
  const share = answered / rows;
  const wanted = 0.9;
  lines.push(
    `- Answered rows of serving engines: ${percent(share)}; ${percent(wanted)} is the aim, which is ${share >= wanted ? 'met' : 'missed'}.`,
  );
  return lines.join('\n');
}

/** The same with whole publications. */
function publicationTable({ figures, kinds, holdOutPublications, publicationOf }) {
  const rows = kinds.map(({ id, title }) => {
    const compared = holdOutPublications(
      figures.filter(({ kind }) => kind === id),
      publicationOf,
    );
    const { publications, unseen, heldOut, ratio, withoutOne } = compared;
    const cells =
      unseen === 0 ? ['0', '', '', ''] : [String(heldOut.rows), percent(heldOut.median), percent(heldOut.p90), ratio.toFixed(2)];
    return [title, String(publications), String(unseen), ...cells, withoutOne?.map(percent).join(' to ') ?? ''];
  });
  const heads = ['', 'Publications', 'Wholly held out', 'Compared', 'median', 'p90', 'Ratio', 'Median of all, any one left out'];
  return markdownTable(heads, rows);
}

const rowKinds = { memory: 'memory', throughput: 'throughput', mfu: 'MFU', bubble: 'schedules', comm: 'collectives' };

/** Rows of serving engines share the name of a kind with training: the group tells them apart. */
const isServing = ({ group }) => group.engine === true;

function answeredTables({ report, groupBy, answeredOf }) {
  const byKind = groupBy(report.rows, (row) =>
    row.group.kernel ? 'single kernels' : isServing(row) ? 'serving engines' : (rowKinds[row.kind] ?? row.kind),
  );
  const shares = byKind.map(([name, rows]) => {
    const { answered } = answeredOf(rows);
    return [name, String(rows.length), String(answered), percent(answered / rows.length)];
  });
  const all = answeredOf(report.rows);
  shares.push(['all', String(all.rows), String(all.answered), percent(all.answered / all.rows)]);
  const reasons = new Map();
  for (const [why, count] of all.refused) {
    const entry = reasons.get(reasonKind(why)) ?? { example: why, count: 0, kinds: 0 };
    reasons.set(reasonKind(why), { ...entry, count: entry.count + count, kinds: entry.kinds + 1 });
  }
  const table = [...reasons.values()]
    .sort((a, b) => b.count - a.count)
    .map(({ example, count, kinds }) => [String(count), kinds > 1 ? `such as: ${example}` : example]);
  return `${markdownTable(['Rows', '', 'Answered', 'Share'], shares)}\n\n${markdownTable(['Rows', 'Refused because'], table)}`;
}

/** Rows that count as answered although only a part of what they state is predicted. */
function untoldLine({ report, groupBy }) {
  const parts = groupBy(report.untold, ({ quantity }) => quantity).map(([quantity, rows]) => `${quantity} of ${rows.length} rows`);
  const why = 'what was timed or on how many GPUs is not stated there, or the operators are not modelled';
  return parts.length === 0
    ? 'Every quantity that an answered row states is predicted.'
    : `Stated by answered rows and not predicted: ${parts.join(', ')}; ${why}.`;
}

/** Runs that are known to have fitted, or not, against the prediction. */
function fitsLine({ report }) {
  const count = (ranOut, predicted) => report.fits.filter((row) => row.ranOut === ranOut && row.predicted === predicted).length;
  return `Out of memory: of ${count(true, true) + count(true, false)} runs that ran out, ${count(true, true)} are predicted to; of ${count(false, true) + count(false, false)} that ran, ${count(false, true)} are predicted not to.`;
}

const names = { peak_mem_gib: 'GiB', peak_mem_gb: 'GB', tokens_per_s_per_gpu: 'tokens/s per GPU', iter_s: 's per step' };

function worstTable(figures, summarize) {
  const rows = summarize(figures).worst.map(({ id, field, predicted, measured, error }) => [
    `\`${id}\``,
    names[field] ?? field,
    predicted.toPrecision(3),
    String(Number(measured.toPrecision(4))),
    signed(error),
    explanationOf(id),
  ]);
  return markdownTable(['Row', 'Figure', 'Predicted', 'Measured', 'Error', 'Why'], rows);
}

/** One kind: a plot, a table by software and device, and per software the five rows that are farthest off. */
function kindSection({ id, title }, { figures, report, summarize, groupBy }) {
  const own = figures.filter(({ kind }) => kind === id);
  const refused = groupBy(
    report.rows.filter(({ refused: why }) => why !== null),
    ({ group }) => group.framework,
  );
  const refusedOf = new Map(refused.map(([framework, rows]) => [framework, rows.length]));
  const bySoftware = groupBy(own, ({ group }) => group.framework);
  const rows = bySoftware.flatMap(([framework, list]) => [
    [framework, 'all', ...summaryCells(summarize(list)), String(refusedOf.get(framework) ?? 0)],
    ...groupBy(list, ({ group }) => group.gpu).map(([gpu, part]) => ['', gpu, ...summaryCells(summarize(part)), '']),
  ]);
  const worst = bySoftware.map(([framework, list]) => `**${framework}**, farthest off:\n\n${worstTable(list, summarize)}`);
  return [
    `## ${title}`,
    `![Predicted against measured: ${title.toLowerCase()}](images/accuracy-${id}.svg)`,
    markdownTable(['Software', 'GPU', ...summaryHeads, 'Rows refused'], rows),
    ...worst,
  ].join('\n\n');
}

export function accuracyPage(data) {
  return [
    '## Aims',
    targetTable(data),
    'Serving engines, in words:',
    servingLines(data),
    '## Held-out sources',
    holdOutTable(data),
    'Stricter, by publication: tables of one publication share software, machine and author, so a held-out table beside an open one has been half seen. Below only publications (case files) count as held out of which no table is open; the last column leaves out each publication in turn, without fitting anew.',
    publicationTable(data),
    'Of serving engines, source by source:',
    heldOutServingTable(data),
    '## What learned times of products change',
    'Served models on RTX PRO 6000 take the learned times of 16-bit products (`rooflint.learnedModels`, `rooflint validate --learned off`); why there and nowhere else stands in [the page of the learned models](learned-models.md). Quantities that are not below are the same to the digits shown.',
    learnedEffect(data),
    '## Answered and refused',
    answeredTables(data),
    untoldLine(data),
    fitsLine(data),
    ...data.kinds.filter(({ id }) => data.figures.some(({ kind }) => kind === id)).map((kind) => kindSection(kind, data)),
  ].join('\n\n');
}
