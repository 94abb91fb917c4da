/** Hands a file over as a download: what a plain page does where VS Code asks for a place. */
import type { PanelReply } from '../../server/src/protocol/panel.ts';

const types = { png: 'image/png', svg: 'image/svg+xml', json: 'application/json' } as const;

export function download({ name, encoding, content }: Extract<PanelReply, { readonly type: 'save' }>): void {
  const [, ending = ''] = /\.(\w+)$/.exec(name) ?? [];
  const type = Object.entries(types).find(([of]) => of === ending)?.[1] ?? 'application/octet-stream';
  const bytes = encoding === 'text' ? content : Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The browser has taken hold of the data by the next task; the address would keep it in memory for good.
  setTimeout(() => URL.revokeObjectURL(address), 0);
}
