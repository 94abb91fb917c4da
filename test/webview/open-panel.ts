/** Bundles the panel, serves it with its strict content security policy, and opens it in Chromium. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { PanelMessage, PanelReply } from '../../server/src/protocol/panel.ts';
import { blankFont } from './blank-font.ts';
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

/** How a panel is opened, beside the size of the window. */
export interface Opening {
  /** Without text, for pictures that are compared. */
  readonly textFree?: boolean;
  /** Pixels of the screen per pixel of the page: 2 is what 200 % zoom makes of a window twice as wide. */
  readonly density?: number;
}

async function serve(folder: string, { textFree = false }: Opening): Promise<Server> {
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
    'text-free.css': 'text/css',
    'blank.ttf': 'font/ttf',
  };
  const page = readFileSync(join(here, 'panel.html'), 'utf8');
  const pageShown = textFree ? page.replace('</head>', '<link rel="stylesheet" href="text-free.css" /></head>') : page;
  const bodyOf = (name: string): Buffer | string => {
    if (name === 'blank.ttf') return blankFont();
    if (name === 'text-free.css') return readFileSync(join(here, name));
    return types[name] ? readFileSync(join(folder, name)) : pageShown;
  };
  const server = createServer((request, response) => {
    const name = request.url?.slice(1) ?? '';
    response.writeHead(200, { 'content-type': types[name] ?? 'text/html; charset=utf-8' });
    response.end(bodyOf(name));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

/** Opens the panel in a window of that size. */
export async function openPanel(size: { readonly width: number; readonly height: number }, opening: Opening = {}): Promise<OpenPanel> {
  const folder = mkdtempSync(join(tmpdir(), 'rooflint-panel-'));
  const server = await serve(folder, opening);
  const browser: Browser = await chromium.launch({ ...(chromiumPath ? { executablePath: chromiumPath } : {}), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: size, deviceScaleFactor: opening.density ?? 1 });
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
