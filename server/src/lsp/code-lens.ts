/** textDocument/codeLens: one line of figures above each launch. */
import { type CancellationToken, type CodeLens, type CodeLensParams, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import type { KernelConfiguration } from '../core/kernels/configuration.ts';
import type { Kernel } from '../core/kernels/facts.ts';
import type { Range } from '../core/origin.ts';
import type { Analysis, JobAnalysis, KernelsAnalysis } from '../engine/analysis.ts';
import { configurationSummary, tileSummary, tritonSummary } from '../engine/kernel-summary.ts';
import { tritonWorkSummary, workSummary } from '../engine/kernel-work-summary.ts';
import { operatorSummary } from '../engine/operator-summary.ts';
import { summaryOf } from '../engine/summary.ts';
import { firstLine } from '../frameworks/setting.ts';
import { fileName, normalUri } from '../io/uris.ts';
import { othersFirst } from '../io/walk.ts';
import { type LensText, toCodeLens } from './convert.ts';
import type { Session } from './session.ts';

/** Milliseconds that kernels are worked out for until a keystroke may go before them. */
const turn = 10;

/** @throws ResponseError where the text changes before the answer is known: the client asks again. */
export async function codeLenses(session: Session, { textDocument }: CodeLensParams, token?: CancellationToken): Promise<CodeLens[]> {
  if (!session.settings.codeLens) return [];
  const analysis = await session.analysisOf(textDocument.uri);
  const lines = session.lines(textDocument.uri);
  if (!analysis || !lines) return [];
  const own = analysis.jobs.flatMap((job) => lensesOf(analysis, job).map((lens) => toCodeLens(lines, job.launch, lens)));
  const [first = firstLine(analysis.document)] = analysis.jobs.map(({ launch }) => launch);
  const { version } = lines;
  const kernels: CodeLens[] = [];
  let since = performance.now();
  for (const { at, lens } of kernelLenses(analysis)) {
    kernels.push(toCodeLens(lines, at, lens));
    if (performance.now() - since < turn) continue;
    await othersFirst();
    if (token?.isCancellationRequested) throw new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
    if (session.lines(textDocument.uri)?.version !== version)
      throw new ResponseError(LSPErrorCodes.ContentModified, 'The text has changed.');
    since = performance.now();
  }
  return [...own, ...kernels, ...(await usersOf(session, analysis.uri)).map((lens) => toCodeLens(lines, first, lens))];
}

const joined = (...parts: readonly (string | undefined)[]): string => parts.filter((part) => part !== undefined).join(' · ');

/** Titles by the marks of kernels: after a keystroke only the kernel it changed is worked out again. */
const titles = new WeakMap<object, string>();

function knownTitle(kernels: KernelsAnalysis, kernel: Kernel, first: KernelConfiguration, launches: number): string {
  const mark = kernels.cuda?.marks.get(kernel);
  const known = mark && titles.get(mark);
  if (known !== undefined) return known;
  const more = launches > 1 ? ` · ${launches} launches` : '';
  const title = `${joined(configurationSummary(first, kernels.devices), workSummary(kernels, first))}${more}`;
  if (mark) titles.set(mark, title);
  return title;
}

/** A line of figures above each kernel, by its first launch, worked out when it is asked for; the report opens all of them. */
function* kernelLenses({ uri, kernels }: Analysis): Generator<{ readonly at: Range; readonly lens: LensText }> {
  if (!kernels) return;
  const { operators = [], tiles, triton, cuda, devices } = kernels;
  const reportLens = (at: Range, title: string) => ({ at, lens: { title, command: 'rooflint.report', arguments: [uri, 0] } });
  for (const one of operators) yield reportLens(one.call.range, operatorSummary(one, devices));
  for (const one of tiles?.configurations ?? []) yield reportLens(one.kernel.nameRange, tileSummary(one, devices));
  if (triton) {
    for (const kernel of triton.file.kernels)
      yield reportLens(kernel.range, joined(tritonSummary(kernel, triton, devices), tritonWorkSummary(kernels, kernel)));
    return;
  }
  for (const kernel of cuda?.own ?? []) {
    const launches = cuda?.configurations.filter((one) => one.kernel === kernel) ?? [];
    const [first] = launches;
    if (first) yield reportLens(kernel.range, knownTitle(kernels, kernel, first, launches.length));
  }
}

/** Most scripts that a lens of a shared file names. */
const mostNamed = 3;

/** What the launches that rest on this file come to; a file that stands in no job has figures of its own only there. */
async function usersOf(session: Session, uri: string): Promise<readonly LensText[]> {
  const users = session.index.dependants(normalUri(uri)).filter((user) => user !== normalUri(uri));
  const lenses: LensText[] = [];
  for (const user of users.slice(0, mostNamed)) {
    const jobs = (await session.analysisOf(user))?.jobs ?? [];
    for (const job of jobs.filter(({ result }) => 'estimate' in result).slice(0, 1)) {
      lenses.push({ title: `used by ${fileName(user)}: ${summaryOf(job)}`, command: 'rooflint.report', arguments: [user, job.index] });
    }
  }
  return lenses;
}

function lensesOf({ uri }: Analysis, job: JobAnalysis): readonly LensText[] {
  const summary: LensText = { title: summaryOf(job), command: 'rooflint.report', arguments: [uri, job.index] };
  if ('refusal' in job.result) return [summary];
  const training = job.result.estimate.kind === 'training';
  const panel: LensText = { title: training ? 'timeline' : 'simulation', command: 'rooflint.timeline', arguments: [uri, job.index] };
  const explain: LensText = { title: 'explain', command: 'rooflint.explain', arguments: [uri, job.index] };
  const lenses = [summary, panel, explain];
  const isAssumed = job.sources['cluster.gpu'] === undefined || job.sources['cluster.gpus']?.kind === 'assumed';
  return isAssumed ? [...lenses, { title: 'choose the cluster', command: 'rooflint.chooseCluster', arguments: [] }] : lenses;
}
