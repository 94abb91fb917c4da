/** Entry point in the extension host: starts the server and registers what the user can click. All knowledge is in the server. */
import * as vscode from 'vscode';
import { trustedNotification } from '../../server/src/protocol/requests.ts';
import { registerCommands } from './commands.ts';
import { createClient } from './language-client.ts';
import { MarkdownViews } from './markdown-views.ts';
import { createStatusBar } from './status.ts';
import { TimelinePanels } from './timeline-panel.ts';
import { AnalysisWatch } from './watch.ts';

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const client = createClient(context);
  const watch = new AnalysisWatch(client);
  const views = new MarkdownViews(client, watch);
  const panels = new TimelinePanels(context, client, watch);
  context.subscriptions.push(client, watch, views, panels, createStatusBar(watch));
  registerCommands({ context, client, views, panels, watch });
  await client.start();
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(() => void client.sendNotification(trustedNotification)));
}
