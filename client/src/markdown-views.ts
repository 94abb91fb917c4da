/**
 * Read-only Markdown documents made by the server: report, comparison, explanation. Each is a virtual document whose
 * address holds the request, so it can be asked for again whenever one of its files is analysed anew.
 */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import {
  type CompareParams,
  compareRequest,
  type DocumentParams,
  type ExplainParams,
  type ExplainResult,
  explainRequest,
  type ReportResult,
  reportRequest,
} from '../../server/src/protocol/requests.ts';
import type { AnalysisWatch } from './watch.ts';

export const viewScheme = 'rooflint';

type View =
  | { readonly kind: 'report'; readonly params: DocumentParams }
  | { readonly kind: 'compare'; readonly params: CompareParams }
  | { readonly kind: 'explain'; readonly params: ExplainParams };

export class MarkdownViews implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly client: LanguageClient;
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: vscode.Disposable[];
  readonly onDidChange = this.changed.event;

  constructor(client: LanguageClient, watch: AnalysisWatch) {
    this.client = client;
    this.subscriptions = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(viewScheme, this),
      watch.onDidAnalyse((uri) => this.refresh(uri)),
    ];
  }

  /** Opens the view beside the editor, rendered where VS Code's Markdown preview is there, else as text. */
  async show(title: string, view: View): Promise<vscode.TextDocument> {
    const uri = vscode.Uri.from({ scheme: viewScheme, path: `/${title}.md`, query: JSON.stringify(view) });
    const document = await vscode.workspace.openTextDocument(uri);
    try {
      await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
    } catch {
      // The built-in Markdown extension can be turned off.
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
    }
    return document;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const view = JSON.parse(uri.query) as View;
    try {
      return await this.ask(view);
    } catch (error) {
      return `Rooflint could not make this ${view.kind}: ${error instanceof Error ? error.message : String(error)}\n`;
    }
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private async ask(view: View): Promise<string> {
    switch (view.kind) {
      case 'report':
        return (await this.client.sendRequest<ReportResult>(reportRequest, { ...view.params, format: 'md' })).text;
      case 'compare':
        return (await this.client.sendRequest<ReportResult>(compareRequest, view.params)).text;
      case 'explain':
        return (await this.client.sendRequest<ExplainResult>(explainRequest, view.params)).markdown;
    }
  }

  private refresh(analysed: vscode.Uri): void {
    const name = this.client.code2ProtocolConverter.asUri(analysed);
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === viewScheme && document.uri.query.includes(JSON.stringify(name))) this.changed.fire(document.uri);
    }
  }
}
