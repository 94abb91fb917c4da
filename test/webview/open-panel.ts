/** Bundles the panel, serves it with its strict content security policy, and opens it in Chromium. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { PanelMessage, PanelReply } from '../../server/src/protocol/panel.ts';
import type { WebviewTheme } from './themes.ts';

const here = import.meta.dirname;

/** Where Debian puts Chromium; undefined where it is not installed. */
export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

declare global {
  interface Window {
    readonly harness: { readonly replies: readonly PanelReply[]; readonly send: (message: PanelMessage) => void };
  }
}

export interface OpenPanel {
  readonly page: Page;
  /** What the page complained about: errors and refused content. */
  readonly complaints: readonly string[];
  readonly send: (message: PanelMessage) => Promise<void>;
  readonly replies: () => Promise<readonly PanelReply[]>;
  readonly setTheme: (theme: WebviewTheme) => Promise<void>;
  /** Resolves when the canvas has been drawn again after `action`. */
  readonly redrawn: (action: () => Promise<unknown>) => Promise<void>;
  readonly close: () => Promise<void>;
}

async function serve(folder: string): Promise<Server> {
  const options = {
    bundle: true,
    format: 'iife',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    target: 'chrome130',
    logLevel: 'warning',
  } as const;
  await build({ ...options, entryPoints: [join(here, '../../webview/src/main.tsx')], outfile: join(folder, 'webview.js') });
  await build({ ...options, entryPoints: [join(here, 'host.ts')], outfile: join(folder, 'host.js') });
  const types: { readonly [name: string]: string } = {
    'webview.js': 'text/javascript',
    'host.js': 'text/javascript',
    'webview.css': 'text/css',
  };
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    const type = types[name];
    response.writeHead(200, { 'content-type': type ?? 'text/html; charset=utf-8' });
    response.end(readFileSync(type ? join(folder, name) : join(here, 'panel.html')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Opens the panel in a window of that size. */
export async function openPanel(size: { readonly width: number; readonly height: number }): Promise<OpenPanel> {
  const folder = mkdtempSync(join(tmpdir(), 'rooflint-panel-'));
  const server = await serve(folder);
  const browser: Browser = await chromium.launch({ ...(chromiumPath ? { executablePath: chromiumPath } : {}), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: 1 });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const drawings = () => page.evaluate(() => Number(document.querySelector('canvas.timeline')?.getAttribute('data-drawn') ?? 0));
  return {
    page,
    complaints,
    send: (message) => page.evaluate((sent) => window.harness.send(sent), message),
    replies: () => page.evaluate(() => window.harness.replies),
    setTheme: ({ classes, variables }) =>
      page.evaluate(
        ([names, values]) => {
          for (const [name, value] of Object.entries(values)) document.documentElement.style.setProperty(`--vscode-${name}`, value);
          document.body.className = names;
        },
        [classes, variables] as const,
      ),
    redrawn: async (action) => {
      const before = await drawings();
      await action();
      await page.waitForFunction((n) => Number(document.querySelector('canvas.timeline')?.getAttribute('data-drawn') ?? 0) > n, before);
    },
    close: async () => {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
