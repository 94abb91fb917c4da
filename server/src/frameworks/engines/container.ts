/** `docker run` in front of a server: which GPUs it may see, and the environment it gets. */
import { textAt, type Word } from '../../syntax/document.ts';
import type { Draft } from '../draft.ts';
import { readFlags } from '../flags.ts';
import { dockerRows } from '../launchers/container.ts';
import { readRows } from '../row.ts';
import type { Setting } from '../setting.ts';

/** Reads what the words in front of a server say, and returns the variables they set. */
export function readContainer(draft: Draft, words: readonly Word[]): readonly Setting[] {
  const { settings } = readFlags(words, { short: { e: 'env' }, oneValue: true });
  readRows(draft, dockerRows, settings);
  return settings.flatMap((setting) => environmentOf(draft, setting));
}

/** `-e NAME=value` as a setting named NAME whose place is the part behind the sign. */
function environmentOf(draft: Draft, setting: Setting): readonly Setting[] {
  const written = String(setting.scalar ?? '');
  const equals = written.indexOf('=');
  if (setting.name !== 'env' || equals < 0) return [];
  const name = written.slice(0, equals);
  const scalar = written.slice(equals + 1);
  const { start } = setting.value;
  const at = textAt(draft.document, setting.value).indexOf(written);
  const value = at < 0 ? setting.value : { start: start + at + equals + 1, end: start + at + written.length };
  return [{ ...setting, name, spelling: name, value, scalar }];
}
