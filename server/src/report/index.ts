/** Reports for people and programs, from an analysis. */
export { compareMarkdown } from './compare.ts';
export { explainMarkdown } from './explain.ts';
export { escapeHtml, markdownToHtml, reportHtml } from './html.ts';
export { reportData, reportJson } from './json.ts';
export { reportMarkdown } from './markdown.ts';
export { subjectOf } from './subject.ts';
