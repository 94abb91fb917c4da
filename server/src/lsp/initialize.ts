/** What the client can do, and what we offer it. */
import { type ClientCapabilities, type InitializeParams, type InitializeResult, TextDocumentSyncKind } from 'vscode-languageserver';
import { pathOfUri } from '../io/uris.ts';
import { completionTriggers } from './completion.ts';
import type { ClientAbilities } from './session.ts';

export function abilitiesOf({ textDocument, workspace }: ClientCapabilities): ClientAbilities {
  return {
    pullDiagnostics: textDocument?.diagnostic !== undefined,
    refreshDiagnostics: workspace?.diagnostics?.refreshSupport ?? false,
    refreshCodeLens: workspace?.codeLens?.refreshSupport ?? false,
    refreshInlayHints: workspace?.inlayHint?.refreshSupport ?? false,
    relatedInformation: textDocument?.publishDiagnostics?.relatedInformation ?? textDocument?.diagnostic?.relatedInformation ?? false,
    labelDetails: textDocument?.completion?.completionItem?.labelDetailsSupport ?? false,
    configuration: workspace?.configuration ?? false,
    registerConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    registerWatchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
  };
}

/** True when the client runs the commands of the lenses itself; two owners of one command do not get along. */
export function hasOwnCommands(options: unknown): boolean {
  return typeof options === 'object' && options !== null && 'clientCommands' in options && options.clientCommands === true;
}

export function initializeResult(abilities: ClientAbilities, version: string, commands: readonly string[]): InitializeResult {
  return {
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      ...(abilities.pullDiagnostics
        ? { diagnosticProvider: { identifier: 'rooflint', interFileDependencies: true, workspaceDiagnostics: false } }
        : {}),
      hoverProvider: true,
      completionProvider: { triggerCharacters: [...completionTriggers] },
      codeLensProvider: {},
      inlayHintProvider: true,
      codeActionProvider: { codeActionKinds: ['quickfix'] },
      documentLinkProvider: {},
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      ...(commands.length > 0 ? { executeCommandProvider: { commands: [...commands] } } : {}),
    },
    serverInfo: { name: 'rooflint', version },
  };
}

/** Folders of the workspace as paths; relative links are not looked for above them. */
export function rootsOf({ workspaceFolders, rootUri }: InitializeParams): readonly string[] {
  const uris = workspaceFolders?.map(({ uri }) => uri) ?? (rootUri ? [rootUri] : []);
  return uris.flatMap((uri) => pathOfUri(uri) ?? []).map((path) => path.replace(/(?<=.)[\\/]$/, ''));
}

/** The folder of the rule pages that the client names, with a slash at the end. */
export function docsBaseOf(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null || !('docsBase' in options)) return undefined;
  const { docsBase } = options;
  return typeof docsBase === 'string' && docsBase !== '' ? withSlash(docsBase) : undefined;
}

export const withSlash = (uri: string): string => (uri.endsWith('/') ? uri : `${uri}/`);
