/** The only place where plain values of the engine become objects of the protocol, and back. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeLens,
  type CompletionItem,
  CompletionItemKind,
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  type DocumentLink,
  type Hover,
  type InlayHint,
  InlayHintKind,
  type Location,
  type Range as LspRange,
  MarkupKind,
  type Position,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Severity } from '../core/finding.ts';
import type { Place, Range } from '../core/origin.ts';
import type { PlacedFinding, TextChange } from '../engine/analysis.ts';
import type { Elsewhere } from '../engine/elsewhere.ts';
import type { Suggestion } from '../engine/suggestion.ts';
import { messageOf } from '../engine/wording.ts';
import { fileName } from '../io/uris.ts';
import { plain } from '../report/markdown-text.ts';
import type { Problem } from '../syntax/document.ts';

/** Offsets of one text to lines and characters (UTF-16, the protocol's default). */
export type Lines = Pick<TextDocument, 'positionAt' | 'offsetAt' | 'version'>;

export function linesOf(uri: string, text: string): Lines {
  return TextDocument.create(uri, 'plaintext', 0, text);
}

export function toRange(lines: Lines, { start, end }: Range): LspRange {
  return { start: lines.positionAt(start), end: lines.positionAt(Math.max(start, end)) };
}

export function toOffsets(lines: Lines, { start, end }: LspRange): Range {
  return { start: lines.offsetAt(start), end: lines.offsetAt(end) };
}

const severities: { readonly [S in Severity]: DiagnosticSeverity } = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
};

/** One edit as it travels inside a diagnostic. */
export interface CarriedFix {
  readonly title: string;
  readonly preferred: boolean;
  readonly edits: readonly { readonly uri: string; readonly range: LspRange; readonly newText: string }[];
}

/** What a diagnostic carries for its code actions. `version` is the one its ranges belong to. */
export interface CarriedData {
  readonly version: number;
  readonly fixes: readonly CarriedFix[];
}

/** Finds the lines of any file a finding may point at; undefined when it cannot be read any more. */
export type LinesByUri = (uri: string) => Lines | undefined;

export interface DiagnosticOptions {
  readonly lines: LinesByUri;
  readonly version: number;
  /** Folder of the rule pages, with a slash at the end; undefined leaves the link out. */
  readonly docsBase: string | undefined;
  readonly relatedInformation: boolean;
}

export function findingToDiagnostic(placed: PlacedFinding, options: DiagnosticOptions): Diagnostic | undefined {
  const { finding, place, related } = placed;
  const own = options.lines(place.uri);
  if (!own) return undefined;
  const others = related.flatMap((one) => relatedInformation(one.place, one.message, options.lines));
  const data: CarriedData = { version: options.version, fixes: carriedFixes(placed, options.lines) };
  return {
    range: toRange(own, place.range),
    severity: severities[finding.severity],
    code: finding.rule,
    ...(options.docsBase === undefined ? {} : { codeDescription: { href: `${options.docsBase}${finding.rule}.md` } }),
    source: 'rooflint',
    message: messageOf(finding),
    ...(options.relatedInformation && others.length > 0 ? { relatedInformation: others } : {}),
    data,
  };
}

function relatedInformation(place: Place, message: string, lines: LinesByUri): readonly DiagnosticRelatedInformation[] {
  const location = toLocation(place, lines);
  return location ? [{ location, message }] : [];
}

/** The fixes of a finding that can be made mechanically. */
export function carriedFixes({ finding, edits }: PlacedFinding, lines: LinesByUri): readonly CarriedFix[] {
  return finding.fixes.flatMap((fix, index) => {
    const changes = edits[index];
    if (!changes) return [];
    const carried = changes.flatMap((change) => carriedEdit(change, lines));
    return carried.length === changes.length ? [{ title: fix.title, preferred: fix.preferred ?? false, edits: carried }] : [];
  });
}

function carriedEdit({ uri, range, newText }: TextChange, lines: LinesByUri) {
  const of = lines(uri);
  return of ? [{ uri, range: toRange(of, range), newText }] : [];
}

export function problemToDiagnostic(problem: Problem, lines: Lines, options: DiagnosticOptions): Diagnostic {
  const { range, severity, code, message, related = [] } = problem;
  const others = related.flatMap((one) => relatedInformation(one.place, one.message, options.lines));
  return {
    range: toRange(lines, range),
    severity: severities[severity],
    code,
    source: 'rooflint',
    message,
    ...(options.relatedInformation && others.length > 0 ? { relatedInformation: others } : {}),
  };
}

/** What a file says about this one; the message names it. */
export function elsewhereToDiagnostic({ code, severity, message, place, from }: Elsewhere, lines: LinesByUri): Diagnostic | undefined {
  const own = lines(place.uri);
  if (!own) return undefined;
  const file = fileName(from.uri);
  return {
    range: toRange(own, place.range),
    severity: severities[severity],
    code,
    source: 'rooflint',
    message: `In ${file}: ${message}`,
    relatedInformation: [...relatedInformation(from, file, lines)],
  };
}

export function toCodeAction(fix: CarriedFix, diagnostic: Diagnostic): CodeAction {
  const changes: NonNullable<WorkspaceEdit['changes']> = {};
  for (const { uri, range, newText } of fix.edits) {
    changes[uri] = [...(changes[uri] ?? []), { range, newText }];
  }
  return { title: fix.title, kind: CodeActionKind.QuickFix, diagnostics: [diagnostic], isPreferred: fix.preferred, edit: { changes } };
}

export function toHover(lines: Lines, range: Range, markdown: string): Hover {
  return { range: toRange(lines, range), contents: { kind: MarkupKind.Markdown, value: markdown } };
}

export interface LensText {
  readonly title: string;
  readonly command: string;
  readonly arguments: readonly unknown[];
}

export function toCodeLens(lines: Lines, at: Range, lens: LensText): CodeLens {
  const start = lines.positionAt(at.start);
  return { range: { start, end: start }, command: { title: lens.title, command: lens.command, arguments: [...lens.arguments] } };
}

export function toInlayHint(position: Position, label: string, tooltip: string): InlayHint {
  return { position, label, tooltip, kind: InlayHintKind.Parameter, paddingLeft: true };
}

/**
 * The list is shown in the order of `index`, whatever the labels say. A client that writes beside every label gets the short line
 * there, and what a value gives above its description, where it may wrap; the others get one line.
 */
export function toCompletion(lines: Lines, suggestion: Suggestion, index: number, labelDetails: boolean): CompletionItem {
  const { label, insert, range, kind, detail, brief = detail, about } = suggestion;
  const isBeside = labelDetails && brief !== undefined;
  const words = [...(isBeside && kind === 'value' && detail !== undefined ? [plain(detail)] : []), ...(about === undefined ? [] : [about])];
  return {
    label,
    ...(isBeside ? { labelDetails: { description: brief } } : {}),
    kind: kind === 'key' ? CompletionItemKind.Property : CompletionItemKind.Value,
    sortText: String(index).padStart(4, '0'),
    filterText: insert,
    textEdit: { range: toRange(lines, range), newText: insert },
    ...(detail === undefined || (isBeside && kind === 'value') ? {} : { detail }),
    ...(words.length === 0 ? {} : { documentation: { kind: MarkupKind.Markdown, value: words.join('\n\n') } }),
  };
}

export function toDocumentLink(lines: Lines, range: Range, target: string, tooltip: string): DocumentLink {
  return { range: toRange(lines, range), target, tooltip };
}

export function toLocation({ uri, range }: Place, lines: LinesByUri): Location | undefined {
  const of = lines(uri);
  return of && { uri, range: toRange(of, range) };
}
