/** Text that comes from files, made safe and plain inside Markdown. */

/** Escapes what Markdown would read as markup, and keeps everything on one line. */
export function plain(text: string): string {
  return text
    .replace(/\s*\r?\n\s*/g, ' ')
    .replace(/[\\`*_[\]<>|~#]/g, (character) => `\\${character}`)
    .replace(/^(\s*)([-+]|\d+\.)(?=\s)/, '$1\\$2');
}

/** A code span; the fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const line = text.replace(/\s*\r?\n\s*/g, ' ').replace(/\|/g, '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A Markdown table. Cells must be safe already. Columns in `right` are right-aligned. */
export function tableOf(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[] = []): string {
  const rule = head.map((_, column) => (right.includes(column) ? '--:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Headed sections joined with blank lines; empty ones are left out. */
export function sections(parts: readonly (string | undefined)[]): string {
  return `${parts.filter((part) => part !== undefined && part.trim() !== '').join('\n\n')}\n`;
}
