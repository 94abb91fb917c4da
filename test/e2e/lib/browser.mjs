// Headless Chromium on the editor's page, with a record of what the page asked for and complained about.
import { chromium } from 'playwright-core';

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A webview's files have addresses of a made-up host, which VS Code's service worker answers: nothing leaves the page. */
const isMadeUp = (asked) => new URL(asked.url()).hostname.endsWith('.vscode-resource.vscode-cdn.net');

/** Resolves to `{ browser, page, outside, policyViolations, errors }`; the three sets fill while the page lives. */
export async function openPage(viewport) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, args: flags });
  const page = await browser.newPage({ viewport });
  const outside = new Set();
  const policyViolations = [];
  const errors = [];
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    const local = hostname === '127.0.0.1' || protocol === 'data:' || protocol === 'blob:';
    if (!local && !isMadeUp(request)) outside.add(request.url());
  });
  // Of a webview's files, only an answer or a failure tells who was asked; many are asked for in vain when their webview is closed.
  page.on('response', (response) => {
    if (isMadeUp(response) && !response.fromServiceWorker()) outside.add(response.url());
  });
  page.on('requestfailed', (request) => {
    if (isMadeUp(request) && request.failure()?.errorText !== 'net::ERR_ABORTED') outside.add(request.url());
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} (${message.location().url})`;
    if (/content security policy/i.test(text)) policyViolations.push(text);
    else errors.push(text);
  });
  return { browser, page, outside, policyViolations, errors };
}
