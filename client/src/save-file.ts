/** Saves what the panel made where the user says. */
import * as vscode from 'vscode';
import type { PanelReply } from '../../server/src/protocol/panel.ts';

const kinds = { png: 'Picture', svg: 'Drawing', json: 'Trace' } as const;

/** Asks for a place, the folder of `document` first; nothing is written without an answer. */
export async function saveFile({ name, encoding, content }: Extract<PanelReply, { readonly type: 'save' }>, document: string) {
  const folder = vscode.Uri.joinPath(vscode.Uri.parse(document), '..');
  const ending = Object.entries(kinds).find(([of]) => name.endsWith(`.${of}`));
  const place = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, name),
    ...(ending ? { filters: { [ending[1]]: [ending[0]] } } : {}),
  });
  if (!place) return;
  try {
    await vscode.workspace.fs.writeFile(place, Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'));
  } catch (error) {
    void vscode.window.showErrorMessage(`${name} was not saved: ${error instanceof Error ? error.message : String(error)}`);
  }
}
