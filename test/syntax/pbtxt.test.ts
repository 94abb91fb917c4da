/** Protobuf's text format: entries at their places, lists, strings in parts, blanks of templates, and what is wrong. */
import { expect, test } from 'vitest';
import { formatOf, readDocument } from '../../server/src/syntax/read.ts';

const read = (text: string) => readDocument('file:///config.pbtxt', text);
const values = (text: string) => read(text).entries.map(({ path, scalar }) => [path.join('.'), scalar]);

test('is known by its name', () => {
  expect(formatOf('file:///models/llm/config.pbtxt', '')).toBe('pbtxt');
});

test('fields, messages with and without a colon, and lists have paths', () => {
  const text =
    'name: "a" # note\nmax_batch_size: 8\ngroup [ { count: 2, kind: KIND_GPU } ]\nparameters { key: "x" value: { string_value: "0.9" } }\ndims: [ -1, 3 ]';
  expect(values(text)).toEqual([
    ['name', 'a'],
    ['max_batch_size', 8],
    ['group.0', undefined],
    ['group.0.count', 2],
    ['group.0.kind', 'KIND_GPU'],
    ['parameters.0', undefined],
    ['parameters.0.key', 'x'],
    ['parameters.0.value.0', undefined],
    ['parameters.0.value.0.string_value', '0.9'],
    ['dims', undefined],
    ['dims.0', -1],
    ['dims.1', 3],
  ]);
  expect(read(text).problems).toEqual([]);
});

test('repeated messages are counted on, and angle brackets are braces', () => {
  expect(values('a { b: 1 }\na < b: 2 >').filter(([name]) => String(name).endsWith('b'))).toEqual([
    ['a.0.b', 1],
    ['a.1.b', 2],
  ]);
});

test('every range holds what is written there', () => {
  const text = 'backend: "tensor" "rt"\nsize: ${batch}';
  const [backend, size] = read(text).entries;
  expect(backend?.scalar).toBe('tensorrt');
  expect(text.slice(backend?.value.start, backend?.value.end)).toBe('"tensor" "rt"');
  expect(text.slice(backend?.key.start, backend?.key.end)).toBe('backend');
  expect(size).toMatchObject({ scalar: undefined, unknown: ['batch'], raw: '${batch}' });
});

test.each([
  ['a { b: 1', 'This { is never closed.', '{'],
  ['a: [ 1, 2', 'This [ is never closed.', '['],
  ['a: "b\nc: 1', 'This string is never closed.', '"'],
  ['a 1', 'Expected ":" or "{" behind a.', 'a'],
  ['a: }', 'Expected a value behind a.', 'a'],
  ['} a: 1', 'Expected the name of a field here.', '}'],
])('%s', (text, message, place) => {
  const [problem] = read(text).problems;
  expect(problem?.message).toBe(message);
  expect(text.slice(problem?.range.start, problem?.range.end)).toBe(place);
});

test('what stands behind a mistake is read all the same', () => {
  expect(values('a: "b\nc: 1')).toContainEqual(['c', 1]);
});

test('braces nested beyond reason end in a message', () => {
  const document = read('a {'.repeat(5000));
  expect(document.problems.map(({ message }) => message)).toContain('Messages nest too deep here; the rest is not read.');
});
