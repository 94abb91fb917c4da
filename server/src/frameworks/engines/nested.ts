/**
 * JSON behind flags and in strings of files (`--speculative-config '{"method": "eagle3"}'`) as settings of their own, named
 * by the flag and the path inside: `speculative-config.method`. Blocks of YAML and Python's dicts have that form already.
 */
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import { embeddedDocument, wordDocument } from '../../syntax/embedded.ts';
import { splitAssignmentWord } from '../../syntax/word.ts';
import type { Setting } from '../setting.ts';
import { canonicalFlag, entrySetting } from '../setting.ts';

/** The canonical name: dashes in the flag's own name, underscores inside its block. */
export function engineName(name: string): string {
  const [first = '', ...rest] = name.replace(/^(?:\*\*\.)+/, '').split('.');
  return [canonicalFlag(first), ...rest.map((part) => part.replaceAll('-', '_'))].join('.');
}

/** The settings with those inside of the named ones behind them. */
export function withNested(
  document: ConfigDocument,
  settings: readonly Setting[],
  names: ReadonlySet<string>,
  words: readonly Word[] = [],
): readonly Setting[] {
  const inner = settings.flatMap((setting) => {
    if (!names.has(setting.name) || setting.container === true) return [];
    const found = innerDocument(document, setting, words);
    return (found?.entries ?? []).map((entry) => {
      const one = entrySetting(entry);
      return { ...one, name: engineName(`${setting.name}.${one.name}`) };
    });
  });
  return inner.length === 0 ? settings : [...settings, ...inner];
}

function innerDocument(document: ConfigDocument, setting: Setting, words: readonly Word[]): ConfigDocument | undefined {
  const word = words
    .flatMap((one) => [one, splitAssignmentWord(one).value ?? one])
    .find(({ value, range }) => value.start === setting.value.start && range.start >= setting.key.start);
  const isBlock = /^\s*\{/.test(String(setting.scalar ?? setting.written ?? ''));
  if (word) return isBlock ? wordDocument(document, word, 'json') : undefined;
  const entry = document.entries.find(({ value }) => value.start === setting.value.start && value.end === setting.value.end);
  return entry && isBlock ? embeddedDocument(document, entry, 'json') : undefined;
}
