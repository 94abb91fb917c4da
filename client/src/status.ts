/** The status bar item: the estimate of the active file in a few words. A click opens the report. */
import * as vscode from 'vscode';
import type { AnalysisWatch } from './watch.ts';

/** True while the active editor shows a file with an estimate; menus and key bindings depend on it. */
const contextKey = 'rooflint.hasEstimate';

export function createStatusBar(watch: AnalysisWatch): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('rooflint.summary', vscode.StatusBarAlignment.Left, 0);
  item.name = 'Rooflint';
  item.command = 'rooflint.report';

  const show = () => {
    const uri = vscode.window.activeTextEditor?.document.uri;
    const summary = uri && watch.summaryOf(uri);
    void vscode.commands.executeCommand('setContext', contextKey, summary !== undefined);
    if (summary !== undefined) {
      item.text = `$(dashboard) ${shorten(summary)}`;
      item.tooltip = `${summary}\n\nClick for the report.`;
      item.show();
    } else item.hide();
  };
  show();
  return vscode.Disposable.from(item, watch.onDidAnalyse(show), vscode.window.onDidChangeActiveTextEditor(show));
}

/** VS Code cuts long items off: keeps the first three figures without their bands. */
function shorten(summary: string): string {
  const figures = summary.split(' · ').slice(0, 3);
  return figures.map((figure) => figure.replace(/ \([^)]*\)/g, '')).join(' · ');
}
