/**
 * What the rules say of kernels, kept from one keystroke to the next. A rule looks at one kernel, its launches and the names
 * of the file; so as long as nothing changes outside the bodies of kernels, only those whose own body changed are asked about
 * again, and what was said of the others is moved to where it stands now.
 */
import type { KernelConfiguration } from '../core/kernels/configuration.ts';
import type { Kernel, KernelFile, Launch } from '../core/kernels/facts.ts';
import type { KernelFinding } from '../core/kernels/kernel-rule.ts';
import type { Range } from '../core/origin.ts';

/** A finding and the place of its rule among the rules, which is the order they are told in. */
export interface RuledFinding {
  readonly order: number;
  readonly finding: KernelFinding;
}

export interface KernelGroup {
  readonly kernels: readonly Kernel[];
  readonly launches: readonly Launch[];
  readonly configurations: readonly KernelConfiguration[];
}

/** One kernel as the text had it. */
interface Body {
  readonly range: Range;
  readonly text: string;
  /** What in it counts for the whole file. */
  readonly outside: string;
}

export interface KernelState {
  readonly text: string;
  /** Everything that is in no body, and what else the rules were asked with. */
  readonly outside: string;
  readonly bodies: readonly Body[];
  readonly groups: readonly { readonly findings: readonly RuledFinding[] }[];
  /** One object per kernel: the same as long as nothing has changed that is said of it. */
  readonly marks: readonly object[];
}

/** Definitions in a body are the file's, and so is what rules look for in the whole text. */
const definesForFile = /#[ \t]*(?:define|undef|include)\b|\b(?:struct|class|enum|union)\b[^;()]*\{/;
const speaksForFile =
  /\b(?:using|typedef)\b[^;]*;|^.*(?:#[ \t]*(?!pragma)\w|\bextern\b|HIP|ROCM|gfx1|wave32|wmma|rooflint|Launch|cuda[A-Z]|hip[A-Z]).*$/gm;

function bodyOf(text: string, range: Range, before: Body | undefined): Body {
  const own = text.slice(range.start, range.end);
  if (before?.text === own) return { ...before, range };
  return { range, text: own, outside: definesForFile.test(own) ? own : (own.match(speaksForFile) ?? []).join('\n') };
}

function bodiesOf(text: string, kernels: readonly Kernel[], before: KernelState | undefined): readonly Body[] {
  return kernels.map(({ body }, index) => bodyOf(text, body, before?.bodies[index]));
}

function outsideOf(text: string, bodies: readonly Body[], asked: string): string {
  const pieces = [asked];
  let at = 0;
  for (const { range, outside } of bodies) {
    pieces.push(text.slice(at, range.start), outside);
    at = range.end;
  }
  return [...pieces, text.slice(at)].join('\u0000');
}

/** Kernels that share a name share launches, and those that one macro launches share their place: rules see them together. */
export function groupsOf({ kernels, launches }: KernelFile, configurations: readonly KernelConfiguration[]): readonly KernelGroup[] {
  const groupOf = new Map<string | number, Set<string>>();
  const join = (name: string, at: number | undefined): void => {
    const [one, other] = [groupOf.get(name) ?? new Set([name]), (at === undefined ? undefined : groupOf.get(at)) ?? new Set([name])];
    const both = new Set([...one, ...other]);
    for (const member of both) groupOf.set(member, both);
    if (at !== undefined) groupOf.set(at, both);
  };
  for (const { kernel, launch } of configurations) {
    join(kernel.name, launch?.range.start);
    if (launch) join(kernel.name, launch.blockRange.start);
  }
  const groups = new Map<Set<string> | undefined, { kernels: Kernel[]; configurations: KernelConfiguration[]; launches: Launch[] }>();
  const within = (name: string) => {
    const key = groupOf.get(name);
    const group = groups.get(key) ?? { kernels: [], configurations: [], launches: [] };
    groups.set(key, group);
    return group;
  };
  for (const kernel of kernels) within(kernel.name).kernels.push(kernel);
  for (const configuration of configurations) within(configuration.kernel.name).configurations.push(configuration);
  for (const launch of launches) within(launch.kernel).launches.push(launch);
  return [...groups.values()];
}

/** What a compiler makes nothing of, outside strings. */
const blanks = /"(?:[^"\\\n]|\\.)*"|(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/g;

/** A text without comments and with one kind of blank, to see whether an edit changed anything else. */
const withoutBlanks = (text: string): string =>
  text.replace(blanks, (found) => (found.startsWith('"') ? found : found.includes('\n') ? '\n' : ' '));

function isSameOutside(before: KernelState, outside: string): boolean {
  return before.outside === outside || withoutBlanks(before.outside) === withoutBlanks(outside);
}

/** Where a range of the text before stands now; nothing for one that the edit between them touches. */
function placesFrom(before: string, now: string): (range: Range) => Range | undefined {
  const most = Math.min(before.length, now.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === now.charCodeAt(start)) start += 1;
  let tail = 0;
  while (tail < most - start && before.charCodeAt(before.length - 1 - tail) === now.charCodeAt(now.length - 1 - tail)) tail += 1;
  const [end, by] = [before.length - tail, now.length - before.length];
  return (range) => {
    if (range.end <= start) return range;
    return range.start >= end ? { start: range.start + by, end: range.end + by } : undefined;
  };
}

/** Findings at their new places; nothing where one of the places is gone. */
function movedFindings(findings: readonly RuledFinding[], to: (range: Range) => Range | undefined): readonly RuledFinding[] | undefined {
  let isWhole = true;
  const place = <Placed extends { readonly range: Range }>(one: Placed): Placed => {
    const range = to(one.range);
    if (!range) isWhole = false;
    return range ? { ...one, range } : one;
  };
  const found = findings.map(({ order, finding }) => ({
    order,
    finding: {
      ...place(finding),
      related: finding.related.map(place),
      fixes: finding.fixes.map((fix) => ({ ...fix, changes: fix.changes.map(place) })),
    },
  }));
  return isWhole ? found : undefined;
}

export interface KernelsAsked {
  readonly file: KernelFile;
  /** Those written in the document, in the order of its text. */
  readonly kernels: readonly Kernel[];
  readonly configurations: readonly KernelConfiguration[];
  /** The document with other files behind it. */
  readonly text: string;
  /** Whatever else the answers rest on. */
  readonly with: string;
}

/**
 * Findings in the order of the rules, those of a rule in the order of the text.
 * @param before what this gave for the last text of the same document.
 * @param ask runs the rules over one group.
 */
export function findingsOfKernels(
  { file, kernels, configurations, text, with: asked }: KernelsAsked,
  before: KernelState | undefined,
  ask: (group: KernelGroup) => readonly RuledFinding[],
): KernelState {
  const bodies = bodiesOf(text, kernels, before);
  const outside = outsideOf(text, bodies, asked);
  const kept = before && before.bodies.length === bodies.length && isSameOutside(before, outside) ? before : undefined;
  const to = kept && placesFrom(kept.text, text);
  const numbers = new Map(kernels.map((kernel, index) => [kernel, index]));
  const groups = groupsOf(file, configurations).map((group, index) => {
    const known = kept?.groups[index];
    const members = group.kernels.flatMap((kernel) => numbers.get(kernel) ?? []);
    const isSame = known && members.every((at) => kept.bodies[at]?.text === bodies[at]?.text);
    return { findings: (isSame && to && movedFindings(known.findings, to)) || ask(group) };
  });
  const marks = bodies.map(({ text: body }, at) => (kept?.bodies[at]?.text === body ? kept.marks[at] : undefined) ?? {});
  return { text, outside, bodies, groups, marks };
}

export const inOrder = ({ groups }: KernelState): readonly KernelFinding[] =>
  groups
    .flatMap(({ findings }) => findings)
    .toSorted((a, b) => a.order - b.order)
    .map(({ finding }) => finding);
