import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { expect, test } from 'vitest';
import { markdownToHtml } from '../../server/src/report/index.ts';
import { code, plain, tableOf } from '../../server/src/report/markdown-text.ts';

const renderer = new MarkdownIt({ html: false });
/** What a reader sees of rendered HTML. */
const seen = (html: string) =>
  html
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
/** Printable text on one line; `&` is left out because `seen` could not tell an entity from its text. */
const line = fc.stringMatching(/^[ -%'-~äß名😀]*$/u).map((text) => text.trim());

test('plain text is seen as it was written', () => {
  fc.assert(
    fc.property(line, (text) => {
      expect(seen(renderer.renderInline(plain(text)))).toBe(text);
    }),
  );
});

test('a code span is seen as it was written, backticks included', () => {
  for (const text of ['a', 'a`b', '`', '``a``', 'b / (t * p)']) expect(seen(renderer.renderInline(code(text)))).toBe(text);
});

test('a cell is one cell whatever is in it', () => {
  fc.assert(
    fc.property(line, line, (first, second) => {
      const html = renderer.render(tableOf(['a', 'b', 'c'], [[plain(first), code(second), 'end']]));
      expect(html.match(/<td/g)).toHaveLength(3);
      expect(html).toContain('<td>end</td>');
    }),
  );
});

test('no text becomes an element', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const html = markdownToHtml(`${plain(text)} <b onclick="x()">${text}</b>`, text);
      expect(html).not.toMatch(/<(?:script|img|a|b|iframe)[\s>]/i);
    }),
  );
});
