/** Ollama's Modelfile: instructions, parameters, values in quotes over several lines, and what is wrong. */
import { expect, test } from 'vitest';
import { formatOf, readDocument } from '../../server/src/syntax/read.ts';

const read = (text: string) => readDocument('file:///Modelfile', text);

test.each([
  ['file:///Modelfile', ''],
  ['file:///models/Modelfile.coder', ''],
  ['file:///coder.modelfile', ''],
  ['file:///nameless', '# a model\nFROM llama3\nPARAMETER num_ctx 4096\n'],
])('%s is one', (uri, text) => {
  expect(formatOf(uri, text)).toBe('modelfile');
});

test('a Dockerfile is none', () => {
  expect(formatOf('file:///nameless', 'FROM ubuntu\nRUN true\n')).toBe('shell');
});

test('instructions in any case, parameters under their names, text in three quotes', () => {
  const text = 'from llama3\nPARAMETER num_ctx 4096\nSYSTEM """Be\nFROM brief.\n"""\nPARAMETER stop "<|end|>"\nPARAMETER use_mmap false\n';
  const document = read(text);
  expect(document.problems).toEqual([]);
  expect(document.entries.map(({ path, scalar }) => [path.join('.'), scalar])).toEqual([
    ['FROM', 'llama3'],
    ['PARAMETER.num_ctx', 4096],
    ['SYSTEM', 'Be\nFROM brief.\n'],
    ['PARAMETER.stop', '<|end|>'],
    ['PARAMETER.use_mmap', false],
  ]);
  for (const { value, raw } of document.entries) expect(text.slice(value.start, value.end)).toBe(raw);
});

test.each([
  ['FROM a\nFORM b', '"FORM" is no instruction of a Modelfile.', 'FORM'],
  ['PARAMETER num_ctx 1', 'A Modelfile needs a FROM line.', 'P'],
  ['FROM a\nSYSTEM """open', 'These quotes are never closed.', '"""'],
  ['FROM a\nTEMPLATE', 'TEMPLATE needs a value.', 'TEMPLATE'],
  ['FROM a\nMESSAGE robot hello', 'The role of a message is system, user or assistant.', 'robot'],
])('%s', (text, message, place) => {
  const [problem] = read(text).problems;
  expect(problem?.message).toBe(message);
  expect(text.slice(problem?.range.start, problem?.range.end)).toBe(place);
});
