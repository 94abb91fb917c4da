/**
 * Who may talk to the local page. The token keeps other users and other pages out; the Host check stops a foreign name
 * that was made to resolve to this machine; the Origin check stops a foreign page that knows the port.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refused {
  readonly status: 403 | 404 | 405;
  readonly why: string;
}

export interface Allowed {
  /** What stands behind the token, without a leading slash. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Decides about one request. `port` is the port the server listens on. */
export function admit(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>, token: string, port: number): Allowed | Refused {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (!hosts.includes(request.headers.host ?? '')) return { status: 403, why: 'wrong host' };
  const { origin } = request.headers;
  if (origin !== undefined && !hosts.some((host) => origin === `http://${host}`)) return { status: 403, why: 'wrong origin' };
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && !['same-origin', 'none'].includes(String(site))) return { status: 403, why: 'wrong site' };
  if (request.method !== 'GET' && request.method !== 'POST') return { status: 405, why: 'wrong method' };
  const url = parse(request.url ?? '/');
  const [, given = '', ...rest] = url?.pathname.split('/') ?? [];
  if (!url || !same(given, token)) return { status: 404, why: 'not found' };
  return { path: rest.join('/'), query: url.searchParams };
}

function parse(target: string): URL | undefined {
  try {
    return new URL(target, 'http://127.0.0.1');
  } catch {
    return undefined;
  }
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
