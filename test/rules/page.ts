/**
 * A rule's page: test and documentation in one. Reads `test/rules/<rule>.md` into cases. Sections are "Flagged", "Not flagged"
 * and, after a flagged case, "Fixed by: <title of the fix>". Blocks that follow each other without text in between are the
 * files of one case; a line such as
 *
 *     #    ^^^ error some-rule: the line that the editor shows
 *
 * under a line of a file marks the text above the carets and is taken out before the file is read.
 */
export interface Marker {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly severity: string;
  readonly rule: string;
  readonly message: string;
}

export interface CaseFile {
  readonly name: string;
  readonly text: string;
  readonly markers: readonly Marker[];
}

export interface PageCase {
  readonly kind: 'flagged' | 'not-flagged';
  readonly settings: Readonly<Record<string, unknown>>;
  readonly files: readonly CaseFile[];
  readonly fixed: readonly { readonly title: string; readonly files: readonly CaseFile[] }[];
}

export interface Page {
  readonly title: string;
  readonly intro: string;
  readonly cases: readonly PageCase[];
  /** What does not follow the format. */
  readonly complaints: readonly string[];
}

interface Draft extends PageCase {
  settings: PageCase['settings'];
  readonly files: CaseFile[];
  readonly fixed: { readonly title: string; readonly files: CaseFile[] }[];
}

const markerLine = /^\s*(?:#|\/\/)(\s*)(\^+) (error|warning|info) ([\w-]+): (.+)$/;

export function readPage(text: string): Page {
  const lines = text.split('\n');
  const cases: Draft[] = [];
  const complaints: string[] = [];
  const intro: string[] = [];
  let section = 'intro';
  let fresh = true;
  for (let at = 1; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const heading = /^## (.+)$/.exec(line)?.[1];
    const fence = /^```(\w*) ?(.*)$/.exec(line);
    if (heading !== undefined) {
      section = heading;
      fresh = true;
      if (!/^(Flagged|Not flagged|Fixed by: .+)$/.test(heading)) complaints.push(`line ${at + 1}: no such section: ${heading}`);
      if (heading.startsWith('Fixed by: ')) cases.at(-1)?.fixed.push({ title: heading.slice('Fixed by: '.length), files: [] });
    } else if (fence) {
      const end = lines.indexOf('```', at + 1);
      const body = lines.slice(at + 1, end);
      addBlock(fence[1] ?? '', fence[2] ?? '', body);
      at = end;
    } else if (section === 'intro') intro.push(line);
    else if (line.trim() !== '') fresh = true;
  }
  return { title: (lines[0] ?? '').replace(/^# /, ''), intro: intro.join('\n').trim(), cases, complaints };

  function addBlock(language: string, info: string, body: readonly string[]): void {
    const fixing = section.startsWith('Fixed by: ');
    const file = info === 'settings' ? undefined : caseFile(info, body);
    if (fixing) {
      if (file) cases.at(-1)?.fixed.at(-1)?.files.push(file);
      return;
    }
    const last = cases.at(-1);
    const repeats = file === undefined ? last?.files.length !== 0 : last?.files.some(({ name }) => name === file.name);
    if (fresh || !last || repeats) {
      cases.push({ kind: section === 'Flagged' ? 'flagged' : 'not-flagged', settings: {}, files: [], fixed: [] });
      fresh = false;
    }
    const current = cases.at(-1);
    if (!current) return;
    if (file) current.files.push(file);
    else if (language === 'json') current.settings = JSON.parse(body.join('\n')) as Record<string, unknown>;
    else complaints.push(`a block of settings is not JSON`);
  }

  function caseFile(info: string, body: readonly string[]): CaseFile {
    const name = /^title=(\S+)$/.exec(info)?.[1];
    if (name === undefined) complaints.push(`a block has no title: ${info}`);
    const kept: string[] = [];
    const markers: Marker[] = [];
    for (const line of body) {
      const marker = markerLine.exec(line);
      if (!marker) {
        kept.push(line);
        continue;
      }
      const [, , carets = '', severity = '', rule = '', message = ''] = marker;
      const start = line.indexOf('^');
      markers.push({ line: kept.length - 1, start, end: start + carets.length, severity, rule, message });
    }
    return { name: name ?? '', text: `${kept.join('\n')}\n`, markers };
  }
}
