/** `#SBATCH` lines at the head of a Slurm script. */
import type { Range } from '../../core/origin.ts';
import type { Directive } from '../document.ts';

const line = /^#SBATCH[ \t]+(.*?)[ \t]*$/gm;
const option = /(--[A-Za-z][\w-]*|-[A-Za-z])(?:=|[ \t]+(?=[^-\s])|(?=[^\s=-]))?("[^"]*"|'[^']*'|[^\s#"']\S*)?/g;

/** Slurm stops reading directives at the first command. */
function headerEnd(text: string, within: Range): number {
  const command = /^[ \t]*[^\s#]/gm;
  command.lastIndex = within.start;
  return Math.min(command.exec(text)?.index ?? text.length, within.end);
}

function unquote(text: string, start: number): { text: string; start: number; end: number } {
  const quoted = /^(["'])(.*)\1$/.exec(text);
  return quoted ? { text: quoted[2] ?? '', start: start + 1, end: start + text.length - 1 } : { text, start, end: start + text.length };
}

/** Reads every option of every `#SBATCH` line of a script before its first command; `within` is where the script stands. An option without value has the text ''. */
export function readDirectives(text: string, within: Range): readonly Directive[] {
  const found: Directive[] = [];
  const end = headerEnd(text, within);
  for (const match of text.matchAll(line)) {
    if (match.index < within.start) continue;
    if (match.index >= end) break;
    const content = (match[1] ?? '').replace(/[ \t]#.*$/, '').replace(/\r$/, '');
    const contentStart = match.index + match[0].indexOf(match[1] ?? '', '#SBATCH'.length);
    for (const part of content.matchAll(option)) {
      const name = part[1] ?? '';
      const raw = part[2] ?? '';
      const start = contentStart + part.index;
      const value = unquote(raw, start + part[0].length - raw.length);
      found.push({
        prefix: 'SBATCH',
        name,
        text: value.text,
        key: { start, end: start + name.length },
        value: { start: value.start, end: value.end },
      });
    }
  }
  return found;
}
