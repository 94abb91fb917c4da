/** Environment variables of a command as settings, so that rows can read them. */
import type { ShellVariable } from '../syntax/document.ts';
import type { Setting } from './setting.ts';

export function environmentSettings(variables: readonly ShellVariable[]): readonly Setting[] {
  return variables.map(({ name, value, assignment }) => ({
    name,
    spelling: name,
    key: { start: assignment.start, end: assignment.start + name.length },
    value: value.value,
    given: true,
    scalar: value.text,
    quoted: false,
    unknown: value.unknown,
    rest: [],
  }));
}
