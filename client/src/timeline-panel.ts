/** The panel with the pipeline timeline or the simulated server: one per job of a document, kept up to date while the document is edited. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { JobMessage, PanelMessage, PanelReply } from '../../server/src/protocol/panel.ts';
import { isPanelReply } from '../../server/src/protocol/panel-shapes.ts';
import { type DocumentParams, type PanelResult, type PlaceResult, panelRequest, placeRequest } from '../../server/src/protocol/requests.ts';
import { calibrate, chooseTraces, readMeasured } from './measured-runs.ts';
import { type Company, companyOf, keepCompany } from './panel-memory.ts';
import { saveFile } from './save-file.ts';
import type { AnalysisWatch } from './watch.ts';
import { answerTo, besideOf, chooseBeside, failureOf } from './what-if.ts';

const viewType = 'rooflint.timeline';
/** Where the document of the last panel is remembered, for the next start of the window. */
const memory = 'rooflint.timeline.document';
/** Milliseconds after an edit before another job is compared with it again. */
const pause = 400;

export class TimelinePanels implements vscode.Disposable, vscode.WebviewPanelSerializer {
  private readonly context: vscode.ExtensionContext;
  private readonly client: LanguageClient;
  private readonly open = new Map<string, TimelinePanel>();
  /** The panel that was shown or used last. */
  private last: TimelinePanel | undefined;
  private isEnding = false;
  private readonly subscriptions: vscode.Disposable[];

  constructor(context: vscode.ExtensionContext, client: LanguageClient, watch: AnalysisWatch) {
    this.context = context;
    this.client = client;
    this.subscriptions = [
      vscode.window.registerWebviewPanelSerializer(viewType, this),
      watch.onDidAnalyse((uri) => {
        for (const panel of this.open.values()) if (panel.isOf(uri)) void panel.update();
      }),
      // VS Code closes a document that no editor shows after a while, and then nobody would tell of its changes any more.
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        for (const panel of this.open.values()) if (panel.isOf(uri)) void panel.keepOpen();
      }),
    ];
  }

  /** The document of the panel that was used last, while it is open. */
  get current(): DocumentParams | undefined {
    return this.last?.params;
  }

  show(params: DocumentParams): TimelinePanel {
    const shown = this.open.get(keyOf(params));
    if (shown) {
      this.last = shown;
      shown.reveal();
      return shown;
    }
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    return this.adopt(vscode.window.createWebviewPanel(viewType, 'Pipeline timeline', place, { enableScripts: true }), params);
  }

  /** Called by VS Code for a panel that was open when the window closed. */
  async deserializeWebviewPanel(webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const params = documentOf(state) ?? documentOf(this.context.workspaceState.get(memory));
    if (!params) return webviewPanel.dispose();
    await this.adopt(webviewPanel, params).keepOpen();
  }

  dispose(): void {
    this.isEnding = true;
    for (const disposable of [...this.subscriptions, ...this.open.values()]) disposable.dispose();
  }

  private adopt(webviewPanel: vscode.WebviewPanel, params: DocumentParams): TimelinePanel {
    const { extensionUri, workspaceState } = this.context;
    const key = keyOf(params);
    const panel = new TimelinePanel(webviewPanel, extensionUri, this.client, params, companyOf(workspaceState, key));
    panel.onCompany = (company) => keepCompany(workspaceState, key, company);
    this.open.set(key, panel);
    this.last = panel;
    webviewPanel.onDidChangeViewState(() => {
      if (webviewPanel.active) this.last = panel;
    });
    webviewPanel.onDidDispose(() => {
      this.open.delete(key);
      if (this.last === panel) this.last = [...this.open.values()].at(-1);
      // A window that closes is no panel that is closed.
      if (!this.isEnding) keepCompany(workspaceState, key, undefined);
    });
    void workspaceState.update(memory, params);
    return panel;
  }
}

class TimelinePanel implements vscode.Disposable {
  readonly params: DocumentParams;
  /** Told whenever other measured files or another job are shown. */
  onCompany: (company: Company) => void = () => {};
  private readonly panel: vscode.WebviewPanel;
  private readonly client: LanguageClient;
  /** Counts updates: an answer that comes after a newer question is dropped. */
  private latest = 0;
  /** The measured files and the other job that are shown. */
  private company: Company;
  /** Whether the measured files have been read, and whether the user has just opened them. */
  private isShown = false;
  private isNew = false;
  private isReady = false;
  private comparing: NodeJS.Timeout | undefined;

  constructor(panel: vscode.WebviewPanel, extension: vscode.Uri, client: LanguageClient, params: DocumentParams, company: Company) {
    this.company = company;
    this.panel = panel;
    this.client = client;
    this.params = params;
    const dist = vscode.Uri.joinPath(extension, 'dist');
    panel.iconPath = vscode.Uri.joinPath(extension, 'icon.png');
    panel.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    panel.onDidDispose(() => clearTimeout(this.comparing));
    panel.webview.onDidReceiveMessage((message: unknown) => void this.receive(message));
    panel.webview.html = pageOf(panel.webview, dist);
  }

  isOf(uri: vscode.Uri): boolean {
    return this.client.code2ProtocolConverter.asUri(uri) === this.params.uri;
  }

  reveal(): void {
    this.panel.reveal(undefined, true);
  }

  /**
   * Opens the document in the background where no editor shows it: the server tells of every analysis of an open document. Until then it
   * reads the file, so that a panel that comes back waits for nothing.
   */
  async keepOpen(): Promise<void> {
    const document = this.client.protocol2CodeConverter.asUri(this.params.uri);
    if (document.scheme !== 'file') return;
    // A file that is gone: the server says so.
    await Promise.resolve(vscode.workspace.openTextDocument(document)).catch(() => this.update());
  }

  async update(): Promise<void> {
    const turn = ++this.latest;
    const message = await this.ask();
    if (turn !== this.latest) return;
    if (message.type !== 'empty') this.panel.title = `${message.type === 'job' ? 'Timeline' : 'Simulation'}: ${message.job.title}`;
    await this.panel.webview.postMessage(message);
    if (this.company.beside) {
      clearTimeout(this.comparing);
      this.comparing = setTimeout(() => void this.showBeside(), pause);
    }
    if (this.company.traces.length > 0) await this.showMeasured();
  }

  /** Puts measured files beside the prediction; without any named, the user chooses. */
  async openMeasured(traces?: readonly string[]): Promise<void> {
    const chosen = traces ?? (await chooseTraces());
    if (!chosen || chosen.length === 0) return;
    this.keep({ ...this.company, traces: chosen });
    this.isShown = false;
    this.isNew = true;
    if (this.isReady) await this.showMeasured();
  }

  /** Writes a calibration made from the shown files, when the user agrees; asks for files where none are shown. */
  async calibrate(): Promise<void> {
    if (this.company.traces.length === 0) await this.openMeasured();
    const { traces } = this.company;
    if (traces.length > 0) await calibrate(this.client, this.params, traces);
  }

  /** Quietly where the server remembers the files and only the prediction has changed. */
  private async showMeasured(): Promise<void> {
    const { traces } = this.company;
    const message = await readMeasured(this.client, this.params, traces, this.isShown);
    if (this.company.traces !== traces) return;
    this.isShown = message !== undefined;
    if (!message) return this.keep({ ...this.company, traces: [] });
    const { isNew } = this;
    this.isNew = false;
    await this.panel.webview.postMessage({ type: 'measured', measured: message, isNew } satisfies PanelMessage);
  }

  private async compareWith(other: Extract<PanelReply, { readonly type: 'compare' }>['other']): Promise<void> {
    const { traces } = this.company;
    const beside = await chooseBeside(this.client, other);
    if (!beside && other !== 'none') return;
    this.keep({ traces, ...(beside ? { beside } : {}) });
    await this.showBeside();
  }

  private async showBeside(): Promise<void> {
    const { beside } = this.company;
    if (!beside) return;
    const message = await besideOf(this.client, this.params, beside);
    if (this.company.beside === beside) await this.panel.webview.postMessage(message);
  }

  private keep(company: Company): void {
    this.company = company;
    this.onCompany(company);
  }

  dispose(): void {
    this.panel.dispose();
  }

  private async ask(): Promise<JobMessage> {
    try {
      return await this.client.sendRequest<PanelResult>(panelRequest, this.params);
    } catch (error) {
      return { type: 'empty', why: error instanceof Error ? error.message : String(error) };
    }
  }

  private async receive(message: unknown): Promise<void> {
    if (!isPanelReply(message)) return;
    if (message.type === 'ready') {
      this.isReady = true;
      await this.update();
    }
    if (message.type === 'measure') await (message.action === 'open' ? this.openMeasured() : this.calibrate());
    if (message.type === 'reveal') await this.jumpTo(message.field);
    if (message.type === 'compare') await this.compareWith(message.other);
    if (message.type === 'save') await saveFile(message, this.params.uri);
    const answer = await answerTo(message, this.client, this.params).catch((error: unknown) => failureOf(message, error));
    if (answer) await this.panel.webview.postMessage(answer);
  }

  private async jumpTo(field: string): Promise<void> {
    const place = await this.client.sendRequest<PlaceResult>(placeRequest, { ...this.params, field });
    if (!place) return;
    const selection = this.client.protocol2CodeConverter.asRange(place.range);
    await vscode.window.showTextDocument(this.client.protocol2CodeConverter.asUri(place.uri), {
      selection,
      viewColumn: vscode.ViewColumn.One,
    });
  }
}

function keyOf({ uri, job }: DocumentParams): string {
  return `${job ?? 0} ${uri}`;
}

/** Reads a stored state of unknown origin. */
function documentOf(state: unknown): DocumentParams | undefined {
  const { uri, job } = (state ?? {}) as { readonly uri?: unknown; readonly job?: unknown };
  if (typeof uri !== 'string') return undefined;
  return { uri, ...(typeof job === 'number' ? { job } : {}) };
}

/** The page: nothing may be loaded but the two files of the bundle, and no script runs without the nonce. */
function pageOf(webview: vscode.Webview, dist: vscode.Uri): string {
  const nonce = randomBytes(18).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.js'));
  const style = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'webview.css'));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; font-src ${webview.cspSource}`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pipeline timeline</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
