/** rooflint/whatIf and rooflint/write: what a job would be with other values of some fields, and what writes them into its files. */
import { fieldInfo } from '../core/fields.ts';
import type { Analysis, JobAnalysis, PlacedFinding } from '../engine/analysis.ts';
import type { Engine } from '../engine/engine.ts';
import { formatFieldValue } from '../engine/format.ts';
import { nameOf } from '../engine/place.ts';
import { type Control, controlsOf } from '../engine/what-if/controls.ts';
import { cleanChange } from '../engine/what-if/fields.ts';
import { offered } from '../engine/what-if/offered.ts';
import { patchesOf } from '../engine/what-if/texts.ts';
import { type WhatIf, whatIf } from '../engine/what-if/what-if.ts';
import { messageOf } from '../engine/wording.ts';
import { pathFrom } from '../io/uris.ts';
import { noAnswer } from '../protocol/no-answer.ts';
import type { WhatIfParams, WhatIfResult, WriteResult } from '../protocol/requests.ts';
import type { Change, ChangedFinding, WhatIfControl } from '../protocol/what-if.ts';
import { toRange } from './convert.ts';
import { differencesOf } from './differences.ts';
import { panelOf } from './panel.ts';
import type { Session } from './session.ts';

/** The names under which the engine's settings stand. */
const settingNames = {
  gpu: 'cluster.gpu',
  network: 'cluster.network',
  nodes: 'cluster.nodes',
  gpusPerNode: 'cluster.gpusPerNode',
} as const;

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What `change` gives. */
export function whatIfOf(engine: Engine, analysis: Analysis | undefined, jobIndex: number, change: Change): WhatIfResult {
  const file = analysis?.jobs[jobIndex];
  const found = analysis && file && whatIf(engine, analysis, jobIndex, cleanChange(file, change));
  if (!found) return noAnswer('no training or serving launch was recognised in this file');
  const { tried, edits, settings, unwritable } = found;
  const { controls, withheld } = offered(engine, analysis, file, controlsOf(tried));
  return {
    shown: panelOf({ ...analysis, jobs: analysis.jobs.map((job) => (job === file ? tried : job)) }, jobIndex),
    controls: controls.map(toldControl),
    withheld: withheld.map(({ field, why }) => `${upperFirst(nameOf(fieldInfo[field]))}: ${why}`),
    rows: differencesOf(file, tried),
    findings: changedFindings(file, tried),
    unwritable: unwritable.map(({ field, why }) => `${upperFirst(nameOf(fieldInfo[field]))} cannot be written into the file: ${why}`),
    settings: settingsOf(settings).map(([name, value]) => `rooflint.${name}: ${value}`),
    patch: patchesOf(
      edits,
      (uri) => (uri === analysis.uri ? analysis.document.text : engine.editing(analysis, file).linked(uri)?.text),
      (uri) => pathFrom(analysis.uri, uri),
    ),
  };
}

function toldControl({ field, value, choices }: Control): WhatIfControl {
  const { what } = fieldInfo[field];
  return {
    field,
    label: upperFirst(nameOf(fieldInfo[field])),
    title: what,
    ...(value === undefined ? {} : { value }),
    choices: choices.map(({ value: one, label, refused }) => ({
      value: one,
      label: label ?? formatFieldValue(one),
      ...(refused === undefined ? {} : { refused }),
    })),
  };
}

/** Findings of one side only, errors first; the words of a rule may change with its numbers, so rules are compared. */
function changedFindings(file: JobAnalysis, tried: JobAnalysis): readonly ChangedFinding[] {
  const order = { error: 0, warning: 1, info: 2 } as const;
  const only = (of: JobAnalysis, other: JobAnalysis, isNew: boolean): readonly ChangedFinding[] => {
    const key = ({ finding }: PlacedFinding): string => `${finding.rule} ${finding.severity}`;
    const there = new Set(other.findings.map(key));
    return of.findings
      .filter((one) => !there.has(key(one)))
      .map(({ finding }) => ({ severity: finding.severity, text: upperFirst(finding.what), why: messageOf(finding), isNew }));
  };
  return [...only(tried, file, true), ...only(file, tried, false)].toSorted((a, b) => order[a.severity] - order[b.severity]);
}

function settingsOf(settings: WhatIf['settings']): readonly (readonly [string, string | number])[] {
  return (Object.keys(settingNames) as (keyof typeof settingNames)[]).flatMap((key) => {
    const value = settings[key];
    return value === undefined ? [] : [[settingNames[key], value] as const];
  });
}

export async function whatIfResult(session: Session, { uri, job = 0, change }: WhatIfParams): Promise<WhatIfResult> {
  return whatIfOf(session.engine, await session.analysisOf(uri), job, change);
}

/** Worked out again from the present text, so that the ranges are those of the moment of writing. */
export async function writeResult(session: Session, { uri, job = 0, change }: WhatIfParams): Promise<WriteResult> {
  const analysis = await session.analysisOf(uri);
  const file = analysis?.jobs[job];
  const found = analysis && file && whatIf(session.engine, analysis, job, cleanChange(file, change));
  if (!found) return { why: 'There is no such job in the file any more.' };
  const [first] = found.unwritable;
  if (first) return { why: `${upperFirst(nameOf(fieldInfo[first.field]))} cannot be written into the file: ${first.why}.` };
  const edits = found.edits.flatMap(({ uri: at, range, newText }) => {
    const lines = session.lines(at);
    return lines ? [{ uri: at, range: toRange(lines, range), newText }] : [];
  });
  if (edits.length < found.edits.length) return { why: 'A file to be changed cannot be read any more.' };
  return { edits, settings: Object.fromEntries(settingsOf(found.settings)) };
}
