/**
 * Tells the client about new analyses, once per document however many edits came in between: the latest text wins, and
 * work on texts that are gone is never started.
 */
import type { Analysis } from '../engine/analysis.ts';
import { summaryOf } from '../engine/summary.ts';
import { normalUri } from '../io/uris.ts';
import { type AnalysedParams, analysedNotification } from '../protocol/requests.ts';
import { diagnosticsOf } from './diagnostics.ts';
import type { OpenDocument } from './documents.ts';
import { logFault } from './guard.ts';
import type { Session } from './session.ts';

export interface Publisher {
  /** Analyses the document as soon as the messages that are waiting have been read. */
  readonly schedule: (document: OpenDocument) => void;
  /** Takes back what was said about a document that is closed. */
  readonly clear: (document: OpenDocument) => void;
  /** Analyses these documents again and asks the client to ask again for what it shows. */
  readonly refresh: (documents: readonly OpenDocument[]) => void;
  /** Asks the files that use these documents what they say about them, and tells when that has changed. */
  readonly askDependants: (documents: readonly OpenDocument[]) => void;
}

/** Milliseconds without an edit before the users of a document are asked. */
const pause = 150;

/** @param analysed told about each analysis that is shown. */
export function createPublisher(session: Session, analysed: (analysis: Analysis) => void): Publisher {
  const { connection, documents } = session;
  const waiting = new Set<OpenDocument>();
  const fault = (what: string) => (error: unknown) => logFault(connection, what, error);

  const publish = async (document: OpenDocument): Promise<void> => {
    waiting.delete(document);
    if (documents.get(document.uri) !== document) return;
    const analysis = await session.analysisOf(document.uri);
    // A newer text is scheduled itself; a closed document has nothing to show.
    if (!analysis || analysis.version !== document.lines.version || documents.get(document.uri) !== document) return;
    analysed(analysis);
    const { uri, version } = analysis;
    if (!session.abilities.pullDiagnostics) {
      await connection.sendDiagnostics({ uri, version, diagnostics: diagnosticsOf(session, analysis) });
    }
    const summary = summaryOfAnalysis(analysis);
    const params: AnalysedParams = { uri, version, ...(summary === undefined ? {} : { summary }) };
    await connection.sendNotification(analysedNotification, params);
    if (session.index.dependants(normalUri(uri)).length > 0) askLater(document);
  };

  const asking = new Map<OpenDocument, NodeJS.Timeout>();
  const ask = async (document: OpenDocument): Promise<void> => {
    asking.delete(document);
    if (documents.get(document.uri) !== document || !(await session.dependants.ask(document.uri))) return;
    if (session.abilities.pullDiagnostics) {
      if (session.abilities.refreshDiagnostics) await connection.languages.diagnostics.refresh();
      return;
    }
    const analysis = await session.analysisOf(document.uri);
    if (!analysis || documents.get(document.uri) !== document) return;
    await connection.sendDiagnostics({ uri: analysis.uri, version: analysis.version, diagnostics: diagnosticsOf(session, analysis) });
  };
  const askLater = (document: OpenDocument): void => {
    clearTimeout(asking.get(document));
    asking.set(
      document,
      setTimeout(() => void ask(document).catch(fault('dependants')), pause),
    );
  };

  const schedule = (document: OpenDocument): void => {
    if (waiting.has(document)) return;
    waiting.add(document);
    setImmediate(() => void publish(document).catch(fault('analyse')));
  };

  return {
    schedule,
    askDependants: (several) => {
      for (const document of several) askLater(document);
    },
    clear: ({ uri }) => {
      if (!session.abilities.pullDiagnostics) void connection.sendDiagnostics({ uri, diagnostics: [] }).catch(fault('clear'));
    },
    refresh: (stale) => {
      if (stale.length === 0) return;
      for (const document of stale) schedule(document);
      const { refreshDiagnostics, refreshCodeLens, refreshInlayHints, pullDiagnostics } = session.abilities;
      if (pullDiagnostics && refreshDiagnostics) void connection.languages.diagnostics.refresh().catch(fault('refresh diagnostics'));
      if (refreshCodeLens) void connection.sendRequest('workspace/codeLens/refresh').catch(fault('refresh code lenses'));
      if (refreshInlayHints) void connection.languages.inlayHint.refresh().catch(fault('refresh inlay hints'));
    },
  };
}

/** The job worth showing in the status bar: the first with an estimate, else the first. */
function summaryOfAnalysis({ jobs }: Analysis): string | undefined {
  const job = jobs.find(({ result }) => 'estimate' in result) ?? jobs[0];
  return job && summaryOf(job);
}
