/** The panel's what-if values and comparisons: asked of the server, and written into files as an edit that can be undone. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { noAnswer } from '../../server/src/protocol/no-answer.ts';
import type { PanelMessage, PanelReply } from '../../server/src/protocol/panel.ts';
import {
  type BesideParams,
  type BesideResult,
  besideRequest,
  type DocumentParams,
  schedulesRequest,
  type WhatIfParams,
  type WhatIfResult,
  type WriteResult,
  whatIfRequest,
  writeRequest,
} from '../../server/src/protocol/requests.ts';
import type { SchedulesFound } from '../../server/src/protocol/schedules.ts';
import type { Change } from '../../server/src/protocol/what-if.ts';
import { pickDocument } from './document-picker.ts';
import { lastCommitOf } from './last-commit.ts';

/** The answer to what the panel asks about values of a document; undefined where it asks nothing of them. */
export async function answerTo(reply: PanelReply, client: LanguageClient, params: DocumentParams): Promise<PanelMessage | undefined> {
  switch (reply.type) {
    case 'whatIf': {
      const { turn, change } = reply;
      const answer = await client.sendRequest<WhatIfResult>(whatIfRequest, { ...params, change });
      return { type: 'whatIf', answer: { turn, ...answer } };
    }
    case 'schedules':
      return { type: 'schedules', turn: reply.turn, found: await search(client, { ...params, change: reply.change }) };
    case 'stopSearch':
      stopSearch(params);
      return undefined;
    case 'apply':
      return { type: 'applied', ...(await apply(client, params, reply.change)) };
    default:
      return undefined;
  }
}

/** What the panel is told when a question failed. */
export function failureOf(reply: PanelReply, error: unknown): PanelMessage | undefined {
  const text = error instanceof Error ? error.message : String(error);
  if (reply.type === 'whatIf') return { type: 'whatIf', answer: { turn: reply.turn, ...noAnswer(text) } };
  if (reply.type === 'schedules') return { type: 'schedules', turn: reply.turn, found: { rows: [], words: [text] } };
  if (reply.type === 'apply') return { type: 'applied', done: false, text };
  return undefined;
}

/** The search under way for each job. */
const searches = new Map<string, vscode.CancellationTokenSource>();
const searchKey = ({ uri, job = 0 }: DocumentParams): string => `${job} ${uri}`;

function stopSearch(params: DocumentParams): void {
  searches.get(searchKey(params))?.cancel();
  searches.delete(searchKey(params));
}

/** Which schedule would be best; an earlier search for the same job is given up. */
async function search(client: LanguageClient, params: WhatIfParams): Promise<SchedulesFound> {
  stopSearch(params);
  const source = new vscode.CancellationTokenSource();
  const key = searchKey(params);
  searches.set(key, source);
  try {
    return await client.sendRequest<SchedulesFound>(schedulesRequest, params, source.token);
  } finally {
    if (searches.get(key) === source) searches.delete(key);
    source.dispose();
  }
}

/** Writes the values: into the files through one undoable edit, and into the settings what no file says. */
async function apply(client: LanguageClient, params: DocumentParams, change: Change): Promise<{ done: boolean; text: string }> {
  const document = await vscode.workspace.openTextDocument(client.protocol2CodeConverter.asUri(params.uri));
  const { version } = document;
  const written = await client.sendRequest<WriteResult>(writeRequest, { ...params, change });
  if ('why' in written) return { done: false, text: written.why };
  if (document.version !== version) return { done: false, text: 'The file was changed meanwhile: nothing was written.' };
  const edit = new vscode.WorkspaceEdit();
  for (const { uri, range, newText } of written.edits) {
    edit.replace(client.protocol2CodeConverter.asUri(uri), client.protocol2CodeConverter.asRange(range), newText);
  }
  if (written.edits.length > 0 && !(await vscode.workspace.applyEdit(edit))) {
    return { done: false, text: 'VS Code did not take the edit: is the file read-only?' };
  }
  await storeSettings(written.settings);
  const files = new Set(written.edits.map(({ uri }) => uri)).size;
  const settings = Object.keys(written.settings).map((name) => `rooflint.${name}`);
  const parts = [...(files > 0 ? [files === 1 ? 'one file' : `${files} files`] : []), ...settings];
  return { done: true, text: `Written into ${parts.join(' and ')}.` };
}

async function storeSettings(settings: { readonly [name: string]: string | number }): Promise<void> {
  const inWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  for (const [name, value] of Object.entries(settings)) await vscode.workspace.getConfiguration('rooflint').update(name, value, target);
}

const nothing = (why: string): PanelMessage => ({ type: 'beside', title: '', shown: { type: 'empty', why }, rows: [] });

/** Another job to put beside one: of a file, or of the same file at its last commit. */
export type Beside = 'last-commit' | { readonly uri: string };

/** What the panel asks to compare with; undefined where the user thought better of it, or nothing is to be compared any more. */
export async function chooseBeside(
  client: LanguageClient,
  other: Extract<PanelReply, { type: 'compare' }>['other'],
): Promise<Beside | undefined> {
  if (other === 'last-commit') return other;
  const chosen = other === 'choose' ? await pickDocument('Compare with') : undefined;
  return chosen && { uri: client.code2ProtocolConverter.asUri(chosen) };
}

/** The other job as it is now, or why there is none. */
export async function besideOf(client: LanguageClient, params: DocumentParams, beside: Beside): Promise<PanelMessage> {
  try {
    return await (beside === 'last-commit' ? withLastCommit(client, params) : withFile(client, params, beside.uri));
  } catch (error) {
    return nothing(error instanceof Error ? error.message : String(error));
  }
}

async function withFile(client: LanguageClient, params: DocumentParams, uri: string): Promise<PanelMessage> {
  const file = client.protocol2CodeConverter.asUri(uri);
  await vscode.workspace.openTextDocument(file);
  const { shown, rows } = await client.sendRequest<BesideResult>(besideRequest, { ...params, other: { uri } } satisfies BesideParams);
  return { type: 'beside', title: shown.type === 'empty' ? vscode.workspace.asRelativePath(file) : shown.job.title, shown, rows };
}

/** The document as it was, and the files it rested on as they were. */
async function withLastCommit(client: LanguageClient, params: DocumentParams): Promise<PanelMessage> {
  const document = client.protocol2CodeConverter.asUri(params.uri);
  const last = await lastCommitOf(document);
  if ('why' in last) return nothing(`There is no last commit to compare with: ${last.why}.`);
  const text = await last.textOf(document);
  if (text === undefined) return nothing(`There is no last commit to compare with: commit ${last.commit} does not have this file.`);
  const ask = (texts: { readonly [uri: string]: string }): Promise<BesideResult> =>
    client.sendRequest<BesideResult>(besideRequest, { ...params, other: { ...params, texts } } satisfies BesideParams);
  const first = await ask({ [params.uri]: text });
  const linked = await Promise.all(
    first.restsOn.map(async (uri) => [uri, await last.textOf(client.protocol2CodeConverter.asUri(uri))] as const),
  );
  const known = linked.flatMap(([uri, then]) => (then === undefined ? [] : [[uri, then] as const]));
  const { shown, rows } = known.length === 0 ? first : await ask({ [params.uri]: text, ...Object.fromEntries(known) });
  return { type: 'beside', title: `Commit ${last.commit}`, shown, rows };
}
