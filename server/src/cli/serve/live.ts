/** Server-sent events: one message now and one whenever a file changes and the answer with it. */
import { type FSWatcher, watch } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { panelMessage, type ServedFolder, watchedPaths } from './jobs.ts';

/** Editors write a file in several steps; one answer is enough for all of them. */
const settleMilliseconds = 40;

/** Streams the messages of one job until the page goes away. Folders are watched, not files: editors replace files. */
export function streamJob(folder: ServedFolder, name: string, job: number, response: ServerResponse): void {
  let last = '';
  let timer: NodeJS.Timeout | undefined;
  const watchers = new Map<string, FSWatcher>();
  const send = (): void => {
    const text = JSON.stringify(panelMessage(folder, name, job));
    if (text !== last) response.write(`data: ${text}\n\n`);
    last = text;
    follow();
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(send, settleMilliseconds);
  };
  const follow = (): void => {
    for (const path of watchedPaths(folder, name)) {
      const place = dirname(path);
      if (watchers.has(place)) continue;
      try {
        const watcher = watch(place, later);
        watcher.on('error', () => watcher.close());
        watchers.set(place, watcher);
      } catch {
        // A folder that cannot be watched is shown as it is now.
      }
    }
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.on('close', () => {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  });
  send();
}
