/** The language server: wires each message of the protocol to the file that answers it. */
import {
  type CancellationToken,
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
} from 'vscode-languageserver';
import { calibrationPath } from '../core/calibration/calibration-file.ts';
import { normalUri } from '../io/uris.ts';
import { noAnswer } from '../protocol/no-answer.ts';
import {
  type BesideParams,
  type BesideResult,
  besideRequest,
  clusterChoicesRequest,
  compareRequest,
  type DocumentParams,
  explainRequest,
  type PanelResult,
  type PlaceParams,
  type PlaceResult,
  panelRequest,
  placeRequest,
  reportRequest,
  schedulesRequest,
  trustedNotification,
  type WhatIfParams,
  type WhatIfResult,
  type WriteResult,
  whatIfRequest,
  writeRequest,
} from '../protocol/requests.ts';
import type { SchedulesFound } from '../protocol/schedules.ts';
import { initKernelParser, initParsers } from '../syntax/parsers.ts';
import { beside } from './beside.ts';
import { codeActions } from './code-action.ts';
import { codeLenses } from './code-lens.ts';
import { askCompiler, clientWord, sessionCompiler } from './compiler.ts';
import { completion } from './completion.ts';
import { clusterChoices, compare, explain, panel, place, report } from './custom.ts';
import { definition } from './definition.ts';
import { diagnosticsOf } from './diagnostics.ts';
import { documentLinks } from './document-link.ts';
import { createDocuments } from './documents.ts';
import { executeCommand, lensCommands } from './execute-command.ts';
import { type Guard, guardOf, logFault } from './guard.ts';
import { hover } from './hover.ts';
import { abilitiesOf, docsBaseOf, hasOwnCommands, initializeResult, rootsOf, withSlash } from './initialize.ts';
import { inlayHints } from './inlay-hint.ts';
import { answerMeasured } from './measured-requests.ts';
import { createPublisher, type Publisher } from './publisher.ts';
import { references } from './references.ts';
import { prepareRename, rename } from './rename.ts';
import { schedulesResult } from './schedules.ts';
import { createSession, type Session } from './session.ts';
import { readSettings } from './settings.ts';
import { whatIfResult, writeResult } from './what-if.ts';

export interface ServerOptions {
  /** Folder of the parser runtime and, unless `grammarFolder` is given, of the grammars. */
  readonly wasmFolder: string;
  readonly grammarFolder?: string;
  /** Address of the folder of rule pages, for clients that do not name one. */
  readonly docsBase?: string;
  readonly version?: string;
}

/** Files whose change on disk can change an answer. Groups do not nest in the protocol's patterns, so there are several. */
const watched = [
  '**/*.{json,jsonc,yaml,yml,toml,sh,bash,sbatch,slurm,py,txt,dockerfile,pbtxt,modelfile,csv,cu,cuh,hip,h,hh,hpp,hxx,inl,cc,cpp,cxx}',
  '**/{Dockerfile,Containerfile,Modelfile}*',
];

/** Serves one client until its connection closes. Returns at once. */
export function startServer(connection: Connection, options: ServerOptions): void {
  const documents = createDocuments();
  const parsers = initParsers(options.wasmFolder, options.grammarFolder).catch((error: unknown) => {
    logFault(connection, 'parsers', error);
  });
  const kernelParser = () =>
    initKernelParser(options.grammarFolder ?? options.wasmFolder).catch((error: unknown) => logFault(connection, 'kernel parser', error));
  const session = createSession(connection, documents, { parsers, kernelParser });
  const publisher = createPublisher(session, (analysis) => askCompiler(session, analysis));
  const guard = guardOf(connection);
  connection.onInitialize((params) => {
    session.abilities = abilitiesOf(params.capabilities);
    session.docsBase = docsBaseOf(params.initializationOptions) ?? (options.docsBase && withSlash(options.docsBase));
    session.setRoots(rootsOf(params));
    const { trusted, storage } = clientWord(params.initializationOptions);
    session.trusted = trusted;
    session.compiler = sessionCompiler(session, storage, (uri) => publisher.refresh(session.forgetAnalysis(uri)));
    const commands = hasOwnCommands(params.initializationOptions) ? [] : lensCommands;
    return initializeResult(session.abilities, options.version ?? '', commands);
  });
  followSettings(session, publisher, guard, parsers);
  followFiles(session, publisher, guard);
  answerEditor(session, guard);
  answerOwnRequests(session, guard);
  answerMeasured(session, guard, publisher);
  connection.onNotification(trustedNotification, () => {
    session.trusted = true;
    publisher.refresh(session.invalidate());
  });
  connection.onShutdown(() => session.compiler?.reset());
  documents.listen(connection);
  connection.listen();
}

/** Reads the settings before the first analysis, and again whenever they change. */
function followSettings(session: Session, publisher: Publisher, guard: Guard, parsers: Promise<void>): void {
  const { connection, documents } = session;
  const fetch = async (): Promise<void> => {
    if (session.abilities.configuration) session.settings = readSettings(await connection.workspace.getConfiguration('rooflint'));
  };
  connection.onInitialized(() => {
    session.ready = Promise.all([parsers, guard('configuration', undefined, fetch)(undefined)]);
    void guard('index', undefined, async () => {
      await session.buildIndex();
      publisher.askDependants(documents.all());
      // After the configurations: they are what most workspaces are opened for.
      await session.kernels.build(session.settings.index ? session.roots() : []);
      if (documents.all().some(({ format }) => format === 'cuda')) publisher.refresh(session.invalidate());
    })(undefined);
    if (session.abilities.registerConfiguration) {
      void guard('register', undefined, async () => {
        await connection.client.register(DidChangeConfigurationNotification.type, { section: 'rooflint' });
      })(undefined);
    }
    if (session.abilities.registerWatchedFiles) {
      void guard('register', undefined, async () => {
        await connection.client.register(DidChangeWatchedFilesNotification.type, {
          watchers: watched.map((globPattern) => ({ globPattern })),
        });
      })(undefined);
    }
  });
  connection.onDidChangeConfiguration(
    guard('workspace/didChangeConfiguration', undefined, async ({ settings }: { settings: unknown }) => {
      const { compiler } = session.settings;
      if (session.abilities.configuration) await fetch();
      else session.settings = readSettings(sectionOf(settings));
      if (session.settings.compiler !== compiler) session.compiler?.reset();
      publisher.refresh(session.invalidate());
    }),
  );
}

function sectionOf(settings: unknown): unknown {
  return typeof settings === 'object' && settings !== null && 'rooflint' in settings ? settings.rooflint : undefined;
}

/** Keeps up with open documents and with the files they rest on. */
function followFiles(session: Session, publisher: Publisher, guard: Guard): void {
  const { connection, documents } = session;
  documents.onDidChangeContent(({ document }) => {
    session.compiler?.cancel(document.uri);
    publisher.schedule(document);
    publisher.refresh(session.invalidate(document.uri).filter((one) => one !== document));
  });
  documents.onDidClose(({ document }) => {
    session.compiler?.cancel(document.uri);
    publisher.clear(document);
    publisher.refresh(session.invalidate(document.uri));
  });
  connection.onDidChangeWatchedFiles(
    guard('workspace/didChangeWatchedFiles', undefined, ({ changes }) => {
      const calibrated = changes.some(({ uri }) => uri.endsWith(`/${calibrationPath}`));
      if (calibrated) session.forgetCalibration();
      const stale = new Set(calibrated ? session.invalidate() : changes.flatMap(({ uri }) => session.invalidate(uri, { appeared: true })));
      for (const { uri } of changes) {
        session.index.update(normalUri(uri));
        session.kernels.update(normalUri(uri));
      }
      publisher.refresh([...stale]);
      publisher.askDependants(documents.all());
    }),
  );
}

/** The requests every editor sends. */
function answerEditor(session: Session, guard: Guard): void {
  const { connection } = session;
  connection.languages.diagnostics.on(
    guard('textDocument/diagnostic', { kind: 'full', items: [] }, async ({ textDocument }) => {
      const analysis = await session.analysisOf(textDocument.uri);
      return { kind: 'full', items: analysis ? diagnosticsOf(session, analysis) : [] };
    }),
  );
  connection.onHover(guard('textDocument/hover', null, (params) => hover(session, params)));
  connection.onCompletion(guard('textDocument/completion', { isIncomplete: false, items: [] }, (params) => completion(session, params)));
  connection.onCodeLens(guard('textDocument/codeLens', [], (params, token) => codeLenses(session, params, token)));
  connection.languages.inlayHint.on(guard('textDocument/inlayHint', [], (params) => inlayHints(session, params)));
  connection.onCodeAction(guard('textDocument/codeAction', [], (params) => codeActions(session, params)));
  connection.onDocumentLinks(guard('textDocument/documentLink', [], (params) => documentLinks(session, params)));
  connection.onExecuteCommand(guard('workspace/executeCommand', null, (params) => executeCommand(session, params)));
  connection.onDefinition(guard('textDocument/definition', [], (params) => definition(session, params)));
  connection.onReferences(guard('textDocument/references', [], (params) => references(session, params)));
  connection.onPrepareRename(guard('textDocument/prepareRename', null, (params) => prepareRename(session, params)));
  connection.onRenameRequest(guard('textDocument/rename', null, (params) => rename(session, params)));
}

/** Rooflint's own requests, see `protocol/requests.ts`. */
function answerOwnRequests(session: Session, guard: Guard): void {
  const { connection } = session;
  const failed = 'Something went wrong; the log of the language server says what.';
  connection.onRequest(
    reportRequest,
    guard(reportRequest, { text: failed }, (params) => report(session, params)),
  );
  connection.onRequest(
    compareRequest,
    guard(compareRequest, { text: failed }, (params) => compare(session, params)),
  );
  connection.onRequest(
    explainRequest,
    guard(explainRequest, { markdown: failed, terms: [] }, (params) => explain(session, params)),
  );
  connection.onRequest<PanelResult, void>(
    panelRequest,
    guard<DocumentParams, PanelResult>(panelRequest, { type: 'empty', why: failed }, (params) => panel(session, params)),
  );
  connection.onRequest(
    clusterChoicesRequest,
    guard(clusterChoicesRequest, { gpus: [], networks: [] }, () => clusterChoices()),
  );
  connection.onRequest<PlaceResult, void>(
    placeRequest,
    guard<PlaceParams, PlaceResult>(placeRequest, null, (params) => place(session, params)),
  );
  connection.onRequest<WhatIfResult, void>(
    whatIfRequest,
    guard<WhatIfParams, WhatIfResult>(whatIfRequest, noAnswer(failed), (params) => whatIfResult(session, params)),
  );
  connection.onRequest<SchedulesFound, void>(schedulesRequest, (params: WhatIfParams, token: CancellationToken) =>
    guard<WhatIfParams, SchedulesFound>(schedulesRequest, { rows: [], words: [failed] }, (wanted) =>
      schedulesResult(session, wanted, token),
    )(params),
  );
  connection.onRequest<WriteResult, void>(
    writeRequest,
    guard<WhatIfParams, WriteResult>(writeRequest, { why: failed }, (params) => writeResult(session, params)),
  );
  const nothing: BesideResult = { shown: { type: 'empty', why: failed }, rows: [], restsOn: [] };
  connection.onRequest<BesideResult, void>(
    besideRequest,
    guard<BesideParams, BesideResult>(besideRequest, nothing, (params) => beside(session, params)),
  );
}
