/** The pages of `rooflint serve`: the list of files with jobs, and the panel with what connects it to the server. */
import { escapeHtml } from '../../report/html.ts';

/** Nothing but the files of this server, and no inline code. */
export const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export interface ListedJob {
  readonly file: string;
  readonly job: number;
  readonly title: string;
  readonly summary: string;
  readonly findings: number;
  /** What the panel of the job is called; undefined without one. */
  readonly panel: string | undefined;
}

function page(title: string, head: string, body: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="icon.svg">
<title>${escapeHtml(title)}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`;
}

const queryOf = ({ file, job }: { readonly file: string; readonly job: number }): string =>
  `file=${encodeURIComponent(file)}&amp;job=${job}`;

/** Every job with its one-line summary. */
export function listPage(folder: string, jobs: readonly ListedJob[]): string {
  const rows = jobs.map((job) => {
    const query = queryOf(job);
    const panel = job.panel === undefined ? '' : `<a href="panel?${query}">${job.panel}</a>`;
    const found = job.findings === 0 ? 'no findings' : `${job.findings} ${job.findings === 1 ? 'finding' : 'findings'}`;
    return `<li><h2>${escapeHtml(job.title)}</h2><p>${escapeHtml(job.summary)}</p><p>${panel} <a href="report?${query}">Report</a> <span>${found}</span></p></li>`;
  });
  const list = rows.length === 0 ? '<p>No file here holds a job Rooflint understands.</p>' : `<ul class="jobs">\n${rows.join('\n')}\n</ul>`;
  return page('Rooflint', '<link rel="stylesheet" href="page.css">', `<main><h1>Jobs in ${escapeHtml(folder)}</h1>\n${list}</main>`);
}

/** The panel of one job; the bridge finds out from the address which one. */
export function panelPage(title: string): string {
  const head = '<link rel="stylesheet" href="page.css">\n<link rel="stylesheet" href="webview.css">';
  const scripts = '<script src="bridge.js"></script>\n<script src="webview.js" defer></script>';
  return page(`${title} - Rooflint`, head, `<nav><a href="./">All jobs</a></nav>\n<div id="root"></div>\n${scripts}`);
}

/** A plain page with a sentence. */
export function messagePage(text: string): string {
  return page('Rooflint', '', `<p>${escapeHtml(text)}</p>`);
}

/**
 * Gives the panel its host: messages come by server-sent events, replies go by POST. Runs before the panel's own script.
 * Messages that come before the panel listens are kept; only the last counts.
 */
export const bridgeScript = `'use strict';
(() => {
  const listeners = [];
  let last;
  const source = new EventSource('events' + location.search);
  source.onmessage = (event) => {
    last = JSON.parse(event.data);
    for (const listener of listeners) listener(last);
  };
  const place = 'rooflint' + location.search;
  window.rooflintHost = {
    keep: {
      load: () => JSON.parse(sessionStorage.getItem(place) ?? 'null'),
      save: (state) => sessionStorage.setItem(place, JSON.stringify(state)),
    },
    onMessage: (listener) => {
      listeners.push(listener);
      if (last !== undefined) listener(last);
    },
    readOnly: true,
    post: (reply) => {
      // Told with every frame, and nobody here keeps a log of it.
      if (reply.type === 'drawn') return;
      const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(reply) };
      fetch('reply' + location.search, sent)
        .then((response) => (response.status === 200 ? response.json() : undefined))
        .then((answer) => {
          if (answer !== undefined) for (const listener of listeners) listener(answer);
        })
        .catch(() => {});
    },
  };
})();
`;

export const pageStyles = `:root { color-scheme: light dark; --page-ink: #1c2024; --page-paper: #ffffff; --page-line: #d4d9e0; --page-accent: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --page-ink: #e3e6ea; --page-paper: #16181c; --page-line: #3a404a; --page-accent: #7ab7f0; } }
html, body { height: 100%; }
body { margin: 0; background: var(--page-paper); color: var(--page-ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem; }
nav { padding: .4rem .8rem; font-size: 13px; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
.jobs { list-style: none; padding: 0; }
.jobs li { border: 1px solid var(--page-line); border-radius: 6px; padding: .8rem 1rem; margin: 0 0 .8rem; }
.jobs h2 { font-size: 1.05rem; margin: 0 0 .3rem; overflow-wrap: anywhere; }
.jobs p { margin: .2rem 0; }
a { color: var(--page-accent); margin-right: .8rem; }
`;

/** A roofline: what the tab shows. */
export const pageIcon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1.5 14 8 5h6.5" fill="none" stroke="#0b5cad" stroke-width="2.5"/></svg>';
