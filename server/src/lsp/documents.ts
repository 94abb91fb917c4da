/** Open documents: the text with its lines, and the reader that reads it again after edits, kept in step. */

import { type TextDocumentContentChangeEvent, TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { mayMatter } from '../frameworks/interest.ts';
import type { ConfigDocument, TextFormat } from '../syntax/document.ts';
import { DocumentReader, type FindSourced, formatOf, type TextChange, unreadDocument } from '../syntax/read.ts';

export interface OpenDocument {
  readonly uri: string;
  /** Text, version and positions. */
  readonly lines: TextDocument;
  readonly format: TextFormat;
  /** The document read as configuration, with the files it sources; edits that came since the last time are applied at once. */
  readonly read: (find: FindSourced) => ConfigDocument;
  readonly update: (changes: readonly TextDocumentContentChangeEvent[], version: number) => void;
  readonly dispose: () => void;
}

export type OpenDocuments = TextDocuments<OpenDocument>;

const formats: Readonly<Record<string, TextFormat>> = {
  shellscript: 'shell',
  sh: 'shell',
  bash: 'shell',
  json: 'json',
  jsonc: 'json',
  yaml: 'yaml',
  toml: 'toml',
  python: 'python',
  dockerfile: 'dockerfile',
  pbtxt: 'pbtxt',
  modelfile: 'modelfile',
  'cuda-cpp': 'cuda',
  cuda: 'cuda',
  hip: 'cuda',
  cpp: 'cuda',
  c: 'cuda',
  csv: 'csv',
};

export function createDocuments(): OpenDocuments {
  const documents: OpenDocuments = new TextDocuments<OpenDocument>({
    create: (uri, language, version, text) => openDocument(uri, language, version, text),
    update: (document, changes, version) => {
      document.update(changes, version);
      return document;
    },
  });
  documents.onDidClose(({ document }) => document.dispose());
  return documents;
}

function openDocument(uri: string, language: string, version: number, text: string): OpenDocument {
  const lines = TextDocument.create(uri, language, version, text);
  let finder: FindSourced = () => undefined;
  const reader = new DocumentReader(uri, text, formats[language], (from, path) => finder(from, path));
  let pending: TextChange[] = [];
  return {
    uri,
    lines,
    format: formats[language] ?? formatOf(uri, text),
    read: (find) => {
      finder = find;
      const format = formats[language];
      if (format !== undefined && !mayMatter(format, lines.getText())) return unreadDocument(uri, lines.getText(), format);
      if (pending.length === 0) return reader.document;
      const changes = pending;
      pending = [];
      return reader.edit(changes);
    },
    update: (changes, next) => {
      for (const change of changes) {
        pending.push(offsetsOf(lines, change));
        // One at a time: the positions of each change refer to the text after the ones before it.
        TextDocument.update(lines, [change], next);
      }
      if (changes.length === 0) TextDocument.update(lines, [], next);
    },
    dispose: () => reader.dispose(),
  };
}

function offsetsOf(lines: TextDocument, change: TextDocumentContentChangeEvent): TextChange {
  if (!('range' in change)) return { start: 0, end: lines.getText().length, text: change.text };
  const start = lines.offsetAt(change.range.start);
  const end = lines.offsetAt(change.range.end);
  return { start: Math.min(start, end), end: Math.max(start, end), text: change.text };
}
