/** Passes the server's "analysed" notifications on to the status bar, the panels and the open reports. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { type AnalysedParams, analysedNotification } from '../../server/src/protocol/requests.ts';

export class AnalysisWatch implements vscode.Disposable {
  private readonly emitter = new vscode.EventEmitter<vscode.Uri>();
  private readonly summaries = new Map<string, string>();
  private readonly subscriptions: vscode.Disposable[];

  constructor(client: LanguageClient) {
    this.subscriptions = [
      this.emitter,
      client.onNotification(analysedNotification, (params: AnalysedParams) =>
        this.receive(client.protocol2CodeConverter.asUri(params.uri), params),
      ),
      vscode.workspace.onDidCloseTextDocument((document) => this.summaries.delete(document.uri.toString())),
    ];
  }

  /** Fires with the document after each analysis. */
  readonly onDidAnalyse = this.emitter.event;

  /** A few words about the document, or undefined when no framework recognises it. */
  summaryOf(uri: vscode.Uri): string | undefined {
    return this.summaries.get(uri.toString());
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private receive(uri: vscode.Uri, { summary }: AnalysedParams): void {
    if (summary === undefined) this.summaries.delete(uri.toString());
    else this.summaries.set(uri.toString(), summary);
    this.emitter.fire(uri);
  }
}
