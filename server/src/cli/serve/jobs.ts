/** What the page shows, made from the served folder. */
import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { JobField } from '../../core/job-fields.ts';
import type { Analysis } from '../../engine/analysis.ts';
import { scheduleAdvice } from '../../engine/schedule-search/advice.ts';
import { summaryOf } from '../../engine/summary.ts';
import type { ConfinedFiles } from '../../io/confined-files.ts';
import { panelOf } from '../../lsp/panel.ts';
import type { JobMessage } from '../../protocol/panel.ts';
import { reportHtml } from '../../report/html.ts';
import { subjectOf, titleOf } from '../../report/subject.ts';
import { filesToCheck } from '../files-to-check.ts';
import type { Session } from '../session.ts';
import type { ListedJob } from './pages.ts';

/** More files are not listed: the page is for a folder of configurations, not for a disk. */
const mostFiles = 2000;

const panelNames = { training: 'Timeline', serving: 'Simulation' } as const;

export interface ServedFolder {
  readonly session: Session;
  readonly files: ConfinedFiles;
  /** Only this file is listed; undefined lists the folder. */
  readonly only: string | undefined;
  /** The search among schedules under way for each job. */
  readonly searches: Map<string, symbol>;
}

/** The analysis of a file of the folder as it is on disk now; undefined when there is no such file. */
export function analyse({ session, files }: ServedFolder, name: string): Analysis | undefined {
  const path = files.find(name);
  if (path === undefined) return undefined;
  session.forget();
  const uri = pathToFileURL(path).href;
  const found = files.read(uri);
  return 'text' in found ? session.engine.analyse(uri, found.text, 0) : undefined;
}

/** Every job of the folder. */
export async function listJobs(folder: ServedFolder): Promise<ListedJob[]> {
  const { files, only } = folder;
  const paths = only === undefined ? await filesToCheck([files.root], files.root) : [only];
  const jobs: ListedJob[] = [];
  for (const file of paths.slice(0, mostFiles)) {
    // Other requests get their turn between two files.
    await new Promise((resolve) => setImmediate(resolve));
    const analysis = analyse(folder, file);
    for (const job of analysis?.jobs ?? []) {
      const subject = analysis && subjectOf(analysis, job.index);
      const panel = 'estimate' in job.result ? panelNames[job.result.estimate.kind] : undefined;
      const title = subject ? `${file}${titleOf(subject).replace(/^[^,]*/, '')}` : file;
      jobs.push({ file, job: job.index, title, summary: summaryOf(job), findings: job.findings.length, panel });
    }
  }
  return jobs;
}

/** What the panel of a job shows now. */
export function panelMessage(folder: ServedFolder, name: string, job: number): JobMessage {
  return panelOf(analyse(folder, name), job);
}

/** The report of a job as a page of its own; undefined when there is no such file. */
export function reportPage(folder: ServedFolder, name: string, job: number): string | undefined {
  const analysis = analyse(folder, name);
  const { engine } = folder.session;
  return (
    analysis &&
    reportHtml(analysis, job, (field: JobField) => engine.alternatives(analysis, job, field), scheduleAdvice(engine, analysis, job))
  );
}

/** Files that make the answer about `name`: itself and those it depends on, as far as they lie in the folder. */
export function watchedPaths(folder: ServedFolder, name: string): string[] {
  const path = folder.files.find(name);
  const analysis = analyse(folder, name);
  const linked = (analysis?.dependsOn ?? []).flatMap((uri) => {
    try {
      return folder.files.find(relative(folder.files.root, fileURLToPath(uri))) ?? [];
    } catch {
      return [];
    }
  });
  return [...(path === undefined ? [] : [path]), ...linked];
}
