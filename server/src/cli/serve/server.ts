/** The local web server of `rooflint serve`: bound to this machine, guarded, read-only. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { isPanelReply } from '../../protocol/panel-shapes.ts';
import { admit } from './guard.ts';
import { listJobs, reportPage, type ServedFolder } from './jobs.ts';
import { streamJob } from './live.ts';
import { bridgeScript, listPage, messagePage, pageIcon, pageStyles, panelPage, policy } from './pages.ts';
import { answerTo } from './replies.ts';

export interface RunningServer {
  /** The address to open, token included. */
  readonly url: string;
  readonly port: number;
  readonly token: string;
  readonly close: () => Promise<void>;
}

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const reportPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const missingPage = messagePage('There is no such page or file.');

/** Replies of the panel are small; nothing larger is read. */
const largestReply = 64 * 1024;

/** Starts listening on 127.0.0.1. `port` 0 takes a free one. Rejects when the port cannot be had. */
export function startServer(folder: ServedFolder, dist: string, port: number): Promise<RunningServer> {
  const token = randomBytes(24).toString('base64url');
  const server: Server = createServer((request, response) => {
    const { port: listening } = server.address() as AddressInfo;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    answer(request, response, { folder, dist, token, port: listening }).catch(() =>
      finish(response, 500, messagePage('This page could not be made.')),
    );
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const { port: listening } = server.address() as AddressInfo;
      const close = (): Promise<void> =>
        new Promise((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ url: `http://127.0.0.1:${listening}/${token}/`, port: listening, token, close });
    });
  });
}

interface Context {
  readonly folder: ServedFolder;
  readonly dist: string;
  readonly token: string;
  readonly port: number;
}

async function answer(request: IncomingMessage, response: ServerResponse, { folder, dist, token, port }: Context): Promise<void> {
  const admitted = admit(request, token, port);
  if ('why' in admitted) return finish(response, admitted.status, messagePage(`Refused: ${admitted.why}.`));
  const { path, query } = admitted;
  const [file, job] = [query.get('file') ?? '', Math.max(0, Math.trunc(Number(query.get('job') ?? 0)) || 0)];
  if (request.method === 'POST')
    return path === 'reply'
      ? takeReply(request, response, { folder, file, job })
      : finish(response, 405, messagePage('Refused: wrong method.'));
  switch (path) {
    case '':
      return finish(response, 200, listPage(folder.only ?? folder.files.root, await listJobs(folder)));
    case 'panel':
      return known(folder, file) ? finish(response, 200, panelPage(file)) : notFound(response);
    case 'report':
      return report(folder, file, job, response);
    case 'events':
      return known(folder, file) ? streamJob(folder, file, job, response) : notFound(response);
    case 'bridge.js':
      return finish(response, 200, bridgeScript, 'text/javascript');
    case 'page.css':
      return finish(response, 200, pageStyles, 'text/css');
    case 'icon.svg':
      return finish(response, 200, pageIcon, 'image/svg+xml');
    case 'webview.js':
      return asset(dist, path, 'text/javascript', response);
    case 'webview.css':
      return asset(dist, path, 'text/css', response);
    default:
      return notFound(response);
  }
}

const known = ({ files, only }: ServedFolder, file: string): boolean =>
  files.find(file) !== undefined && (only === undefined || file === only);

/** The report brings its own, equally strict policy for its inline styles. */
function report(folder: ServedFolder, file: string, job: number, response: ServerResponse): void {
  const html = known(folder, file) ? reportPage(folder, file, job) : undefined;
  if (html !== undefined) response.setHeader('content-security-policy', reportPolicy);
  finish(response, html === undefined ? 404 : 200, html ?? missingPage);
}

function asset(dist: string, name: string, type: string, response: ServerResponse): void {
  try {
    finish(response, 200, readFileSync(join(dist, name), 'utf8'), type);
  } catch {
    finish(response, 404, `/* ${name} is not built */`, type);
  }
}

/** What the panel says: checked, and answered where it asks for something. Nothing on disk changes by it. */
async function takeReply(
  request: IncomingMessage,
  response: ServerResponse,
  { folder, file, job }: { readonly folder: ServedFolder; readonly file: string; readonly job: number },
): Promise<void> {
  const reply = parsed(await bodyOf(request));
  if (!isPanelReply(reply)) return finish(response, 400, messagePage('Refused: not a message of the panel.'));
  const answer = known(folder, file) ? await answerTo(reply, folder, file, job) : undefined;
  if (answer) finish(response, 200, JSON.stringify(answer), 'application/json');
  else response.writeHead(204).end();
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let size = 0;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > largestReply) request.destroy(new Error('too large'));
      else chunks.push(chunk);
    });
    request.on('error', reject);
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notFound(response: ServerResponse): void {
  finish(response, 404, missingPage);
}

function finish(response: ServerResponse, status: number, body: string, type = 'text/html'): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(body);
}
