/**
 * What the request handlers share: the open documents, the engine over them, the settings, and the latest analysis of each
 * document. Analyses are caches: they are made again when the document, a linked file or a setting changes.
 */
import type { Connection } from 'vscode-languageserver';
import type { CompilerService } from '../compiler/service.ts';
import type { CalibrationFile } from '../core/calibration/calibration-file.ts';
import type { Analysis, FileAccess } from '../engine/analysis.ts';
import { createEngine, type Engine } from '../engine/engine.ts';
import { findSourced, scriptLinks } from '../engine/sourced.ts';
import { mayMatter } from '../frameworks/interest.ts';
import { readCalibrations } from '../io/calibration-file.ts';
import { type DiskFiles, diskFiles } from '../io/files.ts';
import { normalUri } from '../io/uris.ts';
import { mayHoldCuda } from '../syntax/cuda/in-python.ts';
import { formatOf } from '../syntax/read.ts';
import { type Lines, type LinesByUri, linesOf } from './convert.ts';
import { createDependants, type Dependants } from './dependants.ts';
import type { OpenDocument, OpenDocuments } from './documents.ts';
import { createWorkspaceKernels, type WorkspaceKernels } from './kernel-index.ts';
import { noSettings, type Settings } from './settings.ts';
import { createWorkspaceIndex, type WorkspaceIndex } from './workspace-index.ts';

/** What the client can do, as far as it changes our answers. */
export interface ClientAbilities {
  readonly pullDiagnostics: boolean;
  readonly refreshDiagnostics: boolean;
  readonly refreshCodeLens: boolean;
  readonly refreshInlayHints: boolean;
  readonly relatedInformation: boolean;
  /** Words beside the labels of a completion list. */
  readonly labelDetails: boolean;
  readonly configuration: boolean;
  readonly registerConfiguration: boolean;
  readonly registerWatchedFiles: boolean;
}

export interface Session {
  readonly connection: Connection;
  readonly documents: OpenDocuments;
  readonly engine: Engine;
  /** Set once by `initialize`. */
  abilities: ClientAbilities;
  docsBase: string | undefined;
  settings: Settings;
  /** The client's word that programs may be run over the texts of this workspace. */
  trusted: boolean;
  /** Set once by `initialize`. */
  compiler: CompilerService | undefined;
  /** Resolves when parsers and settings are there. */
  ready: Promise<unknown>;
  /** The analysis of the document's present text, open or on disk; undefined when it cannot be read. */
  readonly analysisOf: (uri: string) => Promise<Analysis | undefined>;
  /** The text of any file, as it is open or on disk. */
  readonly textOf: (uri: string) => string | undefined;
  /** Lines of any file an analysis points at. */
  readonly lines: LinesByUri;
  /**
   * Forgets what rests on a file, or on everything; returns the open documents to analyse again. A file that may just
   * have `appeared` concerns every document with a missing link too.
   */
  readonly invalidate: (uri?: string, how?: { readonly appeared: boolean }) => readonly OpenDocument[];
  /** Forgets the analysis of a document itself; returns it if it is open, to be analysed again. */
  readonly forgetAnalysis: (uri: string) => readonly OpenDocument[];
  readonly setRoots: (folders: readonly string[]) => void;
  /** Folders of the workspace. */
  readonly roots: () => readonly string[];
  /** Reads the calibrations of the workspace again when they are next needed. */
  readonly forgetCalibration: () => void;
  /** Which files of the workspace rest on which. */
  readonly index: WorkspaceIndex;
  /** What the users of an open document say about it. */
  readonly dependants: Dependants;
  /** Where kernels of the workspace are defined and launched. */
  readonly kernels: WorkspaceKernels;
  /** Builds the index again over the folders of the workspace, unless the settings forbid it. */
  readonly buildIndex: () => Promise<void>;
}

interface Cached {
  readonly version: number;
  readonly analysis: Analysis;
}

/** C++ without kernels is not read, so nothing has to be loaded for it. */
const mayHoldKernels = ({ format, lines }: OpenDocument): boolean =>
  (format === 'cuda' && mayMatter(format, lines.getText())) || (format === 'python' && mayHoldCuda(lines.getText()));

export const noAbilities: ClientAbilities = {
  pullDiagnostics: false,
  refreshDiagnostics: false,
  refreshCodeLens: false,
  refreshInlayHints: false,
  relatedInformation: false,
  labelDetails: false,
  configuration: false,
  registerConfiguration: false,
  registerWatchedFiles: false,
};

export interface SessionParsers {
  /** Resolves when they can be used. */
  readonly parsers: Promise<void>;
  /** Loads the grammar of kernels at the first question for one. */
  readonly kernelParser: () => Promise<void>;
}

/** What is shown in the editor goes before what is on disk. */
function filesOver(open: (uri: string) => OpenDocument | undefined, disk: () => DiskFiles): FileAccess {
  return {
    read: (uri) => {
      const shown = open(uri);
      return shown ? { text: shown.lines.getText() } : disk().read(uri);
    },
    resolve: (fromUri, path) => disk().resolve(fromUri, path),
  };
}

export function createSession(connection: Connection, documents: OpenDocuments, { parsers, kernelParser }: SessionParsers): Session {
  let disk = diskFiles();
  let roots: readonly string[] = [];
  let cache = new Map<string, Cached>();
  const open = (uri: string): OpenDocument | undefined =>
    documents.get(uri) ?? documents.all().find((one) => normalUri(one.uri) === normalUri(uri));
  const files = filesOver(open, () => disk);
  const glance = (uri: string): string | undefined => {
    const found = files.read(uri);
    // Thousands of texts are not worth keeping for a look at each; a linked file is read again soon.
    disk.forget(uri);
    return 'text' in found ? found.text : undefined;
  };
  const kernels = createWorkspaceKernels(glance);
  let calibration: CalibrationFile | undefined;
  const calibrations = (): CalibrationFile => {
    calibration ??= readCalibrations(roots);
    return calibration;
  };
  const engine = createEngine({
    files: { ...files, kernels: kernels.places },
    settings: () => ({ ...session.settings.engine, calibration: calibrations() }),
    compiled: (uri, text) => (session.trusted ? session.compiler?.answer(uri, text) : undefined),
    log: (message) => connection.console.error(message),
  });
  const session: Session = {
    connection,
    documents,
    engine,
    abilities: noAbilities,
    docsBase: undefined,
    settings: noSettings,
    trusted: false,
    compiler: undefined,
    ready: parsers,
    analysisOf: async (uri) => {
      await session.ready;
      const document = open(uri);
      if (document ? mayHoldKernels(document) : formatOf(uri, '') === 'cuda') await kernelParser();
      if (!document) {
        disk.forget(uri);
        const found = disk.read(uri);
        return 'text' in found ? engine.analyse(uri, found.text, 0) : undefined;
      }
      const { version } = document.lines;
      const known = cache.get(document.uri);
      if (known !== undefined && known.version === version) return known.analysis;
      const analysis = engine.analyseDocument(document.read(findSourced(files)), version);
      cache.set(document.uri, { version, analysis });
      return analysis;
    },
    textOf: (uri) => textIn(files.read(uri)),
    lines: (uri) => linesFor(uri, open(uri), files),
    invalidate: (uri, how = { appeared: false }) => {
      disk.forget(uri === undefined ? undefined : normalUri(uri));
      const stale = documents
        .all()
        .filter((one) => uri === undefined || restsOn(cache.get(one.uri)?.analysis, normalUri(uri), how.appeared));
      if (uri === undefined) cache = new Map();
      else for (const { uri: name } of stale) cache.delete(name);
      return stale;
    },
    forgetAnalysis: (uri) => {
      const document = open(uri);
      if (!document) return [];
      cache.delete(document.uri);
      return [document];
    },
    setRoots: (folders) => {
      roots = folders;
      disk = diskFiles(folders);
      calibration = undefined;
    },
    roots: () => roots,
    forgetCalibration: () => {
      calibration = undefined;
    },
    index: createWorkspaceIndex((uri) => {
      const text = glance(uri);
      return text === undefined ? [] : engine.dependencies(uri, text);
    }),
    dependants: createDependants({
      usersOf: (uri) => session.index.dependants(uri),
      analysisOf: (uri) => session.analysisOf(uri),
      lines: (uri) => session.lines(uri),
    }),
    buildIndex: async () => {
      await session.ready;
      await session.index.build(session.settings.index ? roots : []);
    },
    kernels,
  };
  documents.onDidClose(({ document }) => cache.delete(document.uri));
  return session;
}

const textIn = (found: { readonly text: string } | { readonly error: string }): string | undefined =>
  'text' in found ? found.text : undefined;

/** True when the file was read for the analysis, or when it may satisfy a link that leads nowhere. */
function restsOn(analysis: Analysis | undefined, uri: string, appeared: boolean): boolean {
  if (!analysis) return false;
  if (analysis.dependsOn.includes(uri)) return true;
  const links = [...scriptLinks(analysis.document), ...analysis.jobs.flatMap((job) => job.links)];
  return appeared && links.some(({ missing }) => missing !== undefined);
}

function linesFor(
  uri: string,
  shown: OpenDocument | undefined,
  files: { read: (uri: string) => { readonly text: string } | { readonly error: string } },
): Lines | undefined {
  if (shown) return shown.lines;
  const found = files.read(uri);
  return 'text' in found ? linesOf(uri, found.text) : undefined;
}
