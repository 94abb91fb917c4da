/**
 * The Markdown report as one HTML file that needs nothing else: styles inside, no script, no image, no link out of the
 * file that is followed by itself, and a policy that forbids everything but its own styles.
 */
import MarkdownIt from 'markdown-it';
import type { JobField } from '../core/job-fields.ts';
import type { Alternative, Analysis } from '../engine/analysis.ts';
import type { ScheduleAdvice } from '../engine/schedule-search/advice.ts';
import { reportMarkdown } from './markdown.ts';
import { fileNameOf } from './subject.ts';

const styles = `
:root { color-scheme: light dark; --ink: #1c2024; --paper: #ffffff; --soft: #f2f4f7; --line: #d4d9e0; --accent: #0b5cad; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e6ea; --paper: #16181c; --soft: #1f2329; --line: #3a404a; --accent: #7ab7f0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 64rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.4rem 0 .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
th { background: var(--soft); font-weight: 600; }
code { background: var(--soft); padding: .05rem .3rem; border-radius: 3px; font: .9em ui-monospace, monospace; overflow-wrap: break-word; }
ul { padding-left: 1.3rem; } li { margin: .15rem 0; }
a { color: var(--accent); }
@media print { body { font-size: 11px; } main { max-width: none; padding: 0; } }
`;

const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for an HTML document. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character);
}

/** A Markdown text as such a file. Markup inside the text is shown, not run. */
export function markdownToHtml(markdown: string, title: string): string {
  const renderer = new MarkdownIt({ html: false, linkify: false });
  // A wide table scrolls inside the page instead of widening it; alignment must not need a style attribute per cell.
  renderer.renderer.rules.table_open = () => '<div class="scroll"><table>\n';
  renderer.renderer.rules.table_close = () => '</table></div>\n';
  // The report links nowhere: an image or link that a file smuggled in stays text.
  renderer.disable(['image', 'link', 'autolink']);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(title)}</title>
<style>${styles}</style>
</head>
<body>
<main>
${renderer.render(markdown)}</main>
</body>
</html>
`;
}

/** Report of one job as HTML. */
export function reportHtml(
  analysis: Analysis,
  jobIndex: number,
  alternatives?: (field: JobField) => readonly Alternative[],
  schedules?: ScheduleAdvice,
): string {
  return markdownToHtml(reportMarkdown(analysis, jobIndex, alternatives, schedules), `${fileNameOf(analysis.uri)} - Rooflint`);
}
