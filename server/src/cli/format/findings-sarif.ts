/** Findings as SARIF 2.1.0 (OASIS standard, 27 March 2020). Columns are UTF-16 code units. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, ReportingDescriptor, Result } from 'sarif';
import type { Severity } from '../../core/finding.ts';
import { kernelRules } from '../../core/kernels/rules/index.ts';
import { tileRules } from '../../core/kernels/tiled/rules/index.ts';
import { tritonRules } from '../../core/kernels/triton/rules/index.ts';
import { rules } from '../../core/rules/index.ts';
import type { Entry, TextPlace } from '../findings.ts';
import { version } from '../version.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = { error: 'error', warning: 'warning', info: 'note' };

/** The log as text. `docs` is the folder of the rule pages, `folder` what paths are relative to. */
export function findingsSarif(entries: readonly Entry[], folder: string, docs: string): string {
  const ids = [...new Set(entries.map(({ rule }) => rule))].sort();
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Rooflint', semanticVersion: version, rules: ids.map((id) => descriptor(id, docs)) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(folder).href.replace(/\/?$/, '/')}` } },
        results: entries.map((entry) => result(entry, ids)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function descriptor(id: string, docs: string): ReportingDescriptor {
  const rule = [...rules, ...kernelRules, ...tileRules, ...tritonRules].find((one) => one.id === id);
  const page = join(docs, `${id}.md`);
  const markdown = existsSync(page) ? readFileSync(page, 'utf8') : undefined;
  const title = id.replaceAll('-', ' ');
  const first = markdown
    ?.split('\n')
    .find((line) => line.trim() !== '' && !line.startsWith('#'))
    ?.trim();
  return {
    id,
    name: title.replace(/(?:^| )(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: first ?? title },
    ...(markdown === undefined ? {} : { help: { text: markdown, markdown } }),
    ...(rule ? { defaultConfiguration: { level: levels[rule.severity] }, properties: { tags: [rule.group] } } : {}),
  };
}

function result(entry: Entry, ids: readonly string[]): Result {
  return {
    ruleId: entry.rule,
    ruleIndex: ids.indexOf(entry.rule),
    level: levels[entry.severity],
    message: { text: entry.message },
    locations: [location(entry.place)],
    ...(entry.related.length === 0
      ? {}
      : {
          relatedLocations: entry.related.map(({ place, message }, index) => ({
            id: index + 1,
            ...location(place),
            message: { text: message },
          })),
        }),
  };
}

function location({ path, line, column, endLine, endColumn }: TextPlace) {
  const absolute = path.startsWith('/') || /^[a-z]:/i.test(path);
  const artifactLocation = absolute
    ? { uri: pathToFileURL(path).href }
    : { uri: encodeURI(path.replaceAll('\\', '/')), uriBaseId: 'SRCROOT' };
  return {
    physicalLocation: {
      artifactLocation,
      region: { startLine: line, startColumn: column, endLine, endColumn: endLine === line ? Math.max(column, endColumn) : endColumn },
    },
  };
}
