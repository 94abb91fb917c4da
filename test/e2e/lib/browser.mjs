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
    if (!local) outside.add(request.url());
  });
  // A webview's files have addresses of a made-up host, which VS Code's service worker answers: nothing leaves the page.
  page.on('response', (response) => {
    if (response.fromServiceWorker()) outside.delete(response.url());
  });
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    const text = `${message.text()} (${message.location().url})`;
    if (/content security policy/i.test(text)) policyViolations.push(text);
    else errors.push(text);
  });
  return { browser, page, outside, policyViolations, errors };
}
