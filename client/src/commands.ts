/** The commands of the palette. Each asks the server and shows its answer. Code lenses call them with the document and the job. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type DocumentParams,
  type ExplainResult,
  explainRequest,
  type ReportResult,
  reportRequest,
} from '../../server/src/protocol/requests.ts';
import { type ClusterChoice, chooseCluster } from './cluster-picker.ts';
import { pickDocument } from './document-picker.ts';
import type { MarkdownViews } from './markdown-views.ts';
import type { TimelinePanels } from './timeline-panel.ts';
import type { AnalysisWatch } from './watch.ts';

export interface CommandParts {
  readonly context: vscode.ExtensionContext;
  readonly client: LanguageClient;
  readonly views: MarkdownViews;
  readonly panels: TimelinePanels;
  readonly watch: AnalysisWatch;
}

/** What a caller may name a document by: a code lens sends text, a menu sends a Uri. */
type DocumentArgument = string | vscode.Uri | undefined;

export function registerCommands(parts: CommandParts): void {
  const { client, views, panels } = parts;
  const commands: { readonly [id: string]: (...args: never[]) => unknown } = {
    'rooflint.report': async (uri: DocumentArgument, job?: number) => {
      const params = await target(client, uri, job);
      return params && views.show(`${nameOf(params)} report`, { kind: 'report', params });
    },
    'rooflint.exportHtml': async (uri: DocumentArgument, job?: number, file?: string) => {
      const params = await target(client, uri, job);
      return params && exportHtml(client, params, file);
    },
    'rooflint.compare': async (left: DocumentArgument, right: DocumentArgument) => {
      const first = await side(client, left, 'Left side of the comparison');
      const second = first && (await side(client, right, `Compare ${nameOf(first)} with`));
      if (!first || !second) return undefined;
      return views.show(`${nameOf(first)} against ${nameOf(second)}`, { kind: 'compare', params: { left: first, right: second } });
    },
    'rooflint.timeline': async (uri: DocumentArgument, job?: number) => {
      const params = await target(client, uri, job);
      return params && panels.show(params);
    },
    'rooflint.openMeasured': async (uri: DocumentArgument, job?: number, traces?: readonly string[]) => {
      const params = await target(client, uri, job);
      return params && panels.show(params).openMeasured(traces);
    },
    // From the explorer: the files that are selected, beside the configuration that is in view.
    'rooflint.openAsMeasured': async (file?: vscode.Uri, selected?: readonly vscode.Uri[]) => {
      const files = selected && selected.length > 0 ? selected : file ? [file] : [];
      const params = panels.current ?? (await measuredConfiguration(parts));
      if (!params) return undefined;
      return panels.show(params).openMeasured(files.length > 0 ? files.map(({ fsPath }) => fsPath) : undefined);
    },
    'rooflint.calibrate': async (uri: DocumentArgument, job?: number) => {
      const params = await target(client, uri, job);
      return params && panels.show(params).calibrate();
    },
    'rooflint.chooseCluster': (choice?: ClusterChoice) => chooseCluster(client, choice),
    'rooflint.explain': async (uri: DocumentArgument, job?: number, term?: string) => {
      const params = await target(client, uri, job);
      const chosen = params && (term ?? (await pickTerm(client, params)));
      return chosen && views.show(`${nameOf(params)} ${chosen}`, { kind: 'explain', params: { ...params, term: chosen } });
    },
    'rooflint.restart': () => client.restart(),
  };
  for (const [id, run] of Object.entries(commands)) {
    parts.context.subscriptions.push(vscode.commands.registerCommand(id, (...args: never[]) => reported(() => run(...args))));
  }
}

/** Runs a command; what goes wrong is told in one sentence instead of an unhandled rejection. */
async function reported(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    void vscode.window.showErrorMessage(`Rooflint: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** The document a command is about: the one named, else the active one. Opening it makes it known to the server. */
async function target(client: LanguageClient, named: DocumentArgument, job?: unknown): Promise<DocumentParams | undefined> {
  const uri = typeof named === 'string' ? vscode.Uri.parse(named, true) : (named ?? vscode.window.activeTextEditor?.document.uri);
  if (!uri) {
    void vscode.window.showInformationMessage('Rooflint: open a launch script or a configuration file first.');
    return undefined;
  }
  await vscode.workspace.openTextDocument(uri);
  return { uri: client.code2ProtocolConverter.asUri(uri), ...(typeof job === 'number' ? { job } : {}) };
}

/** What ran: the document of the active editor where it is a job, else one that the user chooses. */
async function measuredConfiguration({ client, watch }: CommandParts): Promise<DocumentParams | undefined> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active && watch.summaryOf(active) !== undefined) return target(client, active);
  const chosen = await pickDocument('Which configuration was measured?');
  return chosen && target(client, chosen);
}

async function side(client: LanguageClient, named: DocumentArgument, title: string): Promise<DocumentParams | undefined> {
  const uri = named instanceof vscode.Uri || typeof named === 'string' ? named : await pickDocument(title);
  return uri === undefined ? undefined : target(client, uri);
}

async function pickTerm(client: LanguageClient, params: DocumentParams): Promise<string | undefined> {
  const { terms, markdown } = await client.sendRequest<ExplainResult>(explainRequest, params);
  if (terms.length === 0) {
    void vscode.window.showInformationMessage(`Rooflint: ${markdown}`);
    return undefined;
  }
  const items = terms.map(({ id, label, text }) => ({ label, description: text, detail: id, id }));
  const picked = await vscode.window.showQuickPick(items, { title: 'Explain a number', placeHolder: 'Which number?', matchOnDetail: true });
  return picked?.id;
}

/** `file` is where to write; absent asks. */
async function exportHtml(client: LanguageClient, params: DocumentParams, file?: string): Promise<vscode.Uri | undefined> {
  const document = client.protocol2CodeConverter.asUri(params.uri);
  const proposed = document.with({ scheme: document.scheme === 'untitled' ? 'file' : document.scheme, path: `${document.path}.html` });
  const chosen =
    file === undefined
      ? await vscode.window.showSaveDialog({ defaultUri: proposed, filters: { HTML: ['html'] } })
      : vscode.Uri.parse(file, true);
  if (!chosen) return undefined;
  const { text } = await client.sendRequest<ReportResult>(reportRequest, { ...params, format: 'html' });
  await vscode.workspace.fs.writeFile(chosen, new TextEncoder().encode(text));
  void vscode.window.showInformationMessage(`Rooflint: report written to ${vscode.workspace.asRelativePath(chosen)}.`);
  return chosen;
}

function nameOf({ uri }: DocumentParams): string {
  return decodeURIComponent(uri.slice(uri.lastIndexOf('/') + 1));
}
