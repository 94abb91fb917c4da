/** Shell patterns (`*`, `?`, `[a-z]`) as regular expressions. */

const maxPatternLength = 200;

function bracket(pattern: string, at: number): { source: string; next: number } | undefined {
  const end = pattern.indexOf(']', at + 2);
  if (end < 0) return undefined;
  const inner = pattern.slice(at + 1, end).replace(/^[!^]/, '');
  const negated = /^[!^]/.test(pattern.slice(at + 1, end)) ? '^' : '';
  return { source: `[${negated}${inner.replace(/[\\[\]^]/g, '\\$&')}]`, next: end + 1 };
}

/** The pattern as the source of a regular expression; runs of `*` are one, so that matching cannot take exponential time. */
export function patternSource(pattern: string): string | undefined {
  if (pattern.length > maxPatternLength || (pattern.match(/\*+/g)?.length ?? 0) > 4) return undefined;
  let source = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at] ?? '';
    const group = char === '[' ? bracket(pattern, at) : undefined;
    if (group) {
      source += group.source;
      at = group.next;
      continue;
    }
    if (char === '*') {
      while (pattern[at + 1] === '*') at++;
      source += '[\\s\\S]*';
    } else if (char === '?') source += '[\\s\\S]';
    else if (char === '\\' && at + 1 < pattern.length) source += (pattern[++at] ?? '').replace(/[^\w]/, '\\$&');
    else source += char.replace(/[^\w]/, '\\$&');
    at++;
  }
  return source;
}

function compile(source: string | undefined, flags = ''): RegExp | undefined {
  if (source === undefined) return undefined;
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}

/** Whether the whole text matches; undefined when the pattern is not understood. */
export function matchesPattern(text: string, pattern: string): boolean | undefined {
  const source = patternSource(pattern);
  return compile(source === undefined ? undefined : `^(?:${source})$`)?.test(text);
}

/** `${x#pattern}`, `##`, `%` and `%%`; undefined when the pattern is not understood. */
export function removeMatch(text: string, operator: string, pattern: string): string | undefined {
  const lengths = Array.from({ length: text.length + 1 }, (_, length) => length);
  const longest = operator.length === 2;
  const fromStart = operator.startsWith('#');
  const rule = compile(`^(?:${patternSource(pattern) ?? '('})$`);
  if (!rule || text.length > 2_000) return undefined;
  for (const length of longest ? lengths.reverse() : lengths) {
    const part = fromStart ? text.slice(0, length) : text.slice(text.length - length);
    if (rule.test(part)) return fromStart ? text.slice(length) : text.slice(0, text.length - length);
  }
  return text;
}

/** `${x/pattern/by}` and `${x//pattern/by}`; undefined when the pattern is not understood. */
export function replaceMatch(text: string, pattern: string, by: string, all: boolean): string | undefined {
  const rule = compile(patternSource(pattern), all ? 'g' : '');
  return pattern === '' ? text : rule && text.length <= 2_000 ? text.replace(rule, () => by) : undefined;
}
