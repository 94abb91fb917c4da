/** Measured runs: which files to read, the reading with progress and cancel, and the calibration, which asks before it writes. */
import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { type LanguageClient, WorkDoneProgress } from 'vscode-languageclient/node';
import {
  type CalibrateParams,
  type CalibrateResult,
  calibrateRequest,
  type MeasuredParams,
  type MeasuredResult,
  measuredRequest,
  type PanelMeasured,
} from '../../server/src/protocol/measured.ts';
import type { DocumentParams } from '../../server/src/protocol/requests.ts';

/** The files the user chooses, as paths; undefined when none are. */
export async function chooseTraces(): Promise<readonly string[] | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Measured runs: several files are several ranks of one run',
    openLabel: 'Open',
    canSelectMany: true,
    filters: { 'Traces and logs': ['json', 'gz', 'sqlite', 'log', 'txt', 'out', 'err'], 'All files': ['*'] },
  });
  return chosen?.map(({ fsPath }) => fsPath);
}

/**
 * Reads measured files for a document; unless `quietly`, with progress and a button that stops. Undefined when it was stopped or failed,
 * which is told.
 */
export async function readMeasured(
  client: LanguageClient,
  document: DocumentParams,
  traces: readonly string[],
  quietly: boolean,
): Promise<PanelMeasured | undefined> {
  const params: MeasuredParams = { ...document, traces };
  const result = quietly
    ? await client.sendRequest<MeasuredResult>(measuredRequest, params)
    : await withProgress<MeasuredParams, MeasuredResult>(client, measuredRequest, params, 'Reading measured files');
  if (!result) return undefined;
  if ('measured' in result) return result.measured;
  void vscode.window.showErrorMessage(`Rooflint: ${result.error}.`);
  return undefined;
}

/** Shows what a calibration by the files says, and writes it when the user agrees. Returns the file. */
export async function calibrate(client: LanguageClient, document: DocumentParams, traces: readonly string[]): Promise<string | undefined> {
  const ask = (write: boolean): Promise<CalibrateResult | undefined> =>
    withProgress<CalibrateParams, CalibrateResult>(client, calibrateRequest, { ...document, traces, write }, 'Calibrating');
  const found = await ask(false);
  if (!found) return undefined;
  if ('error' in found) {
    void vscode.window.showErrorMessage(`Rooflint: no calibration: ${found.error}.`);
    return undefined;
  }
  const detail = `${found.lines.map((line) => `• ${line}`).join('\n')}\n\nEstimates for this GPU and software in this workspace will rest on it, and say so.`;
  const agreed = await vscode.window.showInformationMessage(`Write ${found.path}?`, { modal: true, detail }, 'Write');
  if (agreed !== 'Write') return undefined;
  const written = await ask(true);
  if (!written || 'error' in written) {
    void vscode.window.showErrorMessage(`Rooflint: ${written?.error ?? 'the calibration was not written'}.`);
    return undefined;
  }
  void vscode.window.showInformationMessage(`Rooflint: calibration written to ${vscode.workspace.asRelativePath(written.path)}.`);
  return written.path;
}

/** Sends a request that tells how far it is; undefined when the user stops it. */
function withProgress<P extends object, R>(client: LanguageClient, request: string, params: P, title: string): Promise<R | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const run = vscode.window.withProgress(options, async (progress, stop) => {
    const workDoneToken = randomUUID();
    let told = 0;
    const listening = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
      if (value.kind !== 'report' || value.percentage === undefined) return;
      progress.report({ increment: value.percentage - told, message: value.message ?? `${value.percentage} %` });
      told = value.percentage;
    });
    try {
      const result = await client.sendRequest<R>(request, { ...params, workDoneToken }, stop);
      return stop.isCancellationRequested ? undefined : result;
    } catch (error) {
      if (stop.isCancellationRequested) return undefined;
      throw error;
    } finally {
      listening.dispose();
    }
  });
  return Promise.resolve(run);
}
