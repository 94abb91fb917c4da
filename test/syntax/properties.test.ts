// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text, not templates.
/** What must hold for any text: reading never throws, no range leaves the text, and edits give what a fresh read gives. */
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ConfigDocument, Word } from '../../server/src/syntax/document.ts';
import { createLineIndex } from '../../server/src/syntax/line-index.ts';
import { DocumentReader, readDocument, type TextChange } from '../../server/src/syntax/read.ts';
import { at, badRanges, loadParsers, pythonValues } from './helpers.ts';

beforeAll(loadParsers);

type Tried = 'shell' | 'json' | 'yaml' | 'toml' | 'python' | 'pbtxt' | 'modelfile';

const vocabulary: Readonly<Record<Tried, readonly string[]>> = {
  pbtxt: [
    'a',
    'b:',
    '{',
    '}',
    '<',
    '>',
    '[',
    ']',
    ',',
    ';',
    '"x"',
    "'y'",
    '"',
    '${z}',
    '#n\n',
    '-1',
    '0.5',
    'True',
    'key: "k" value: { s: "v" }',
    '\\',
    '\r\n',
  ],
  modelfile: [
    'FROM',
    'PARAMETER',
    'num_ctx',
    '4096',
    'SYSTEM',
    '"""',
    '"',
    '\n',
    '\r\n',
    '# note',
    'MESSAGE',
    'user',
    'llama3:8b',
    'true',
    '\t',
    'TEMPLATE',
    '{{ .Prompt }}',
  ],
  shell: [
    'TP=8',
    'export PP="${PP:-4}"',
    'ARGS=(',
    ')',
    'ARGS+=( --x $TP )',
    '"${ARGS[@]}"',
    '$ARGS',
    '${A[0]}',
    '$((TP*2))',
    '$((2 __proto__ 3))',
    '$((2 constructor 3))',
    '$(expr $TP \\* 2)',
    'torchrun',
    '--tp',
    '--x=$TP',
    '"',
    "'",
    '\\',
    '\n',
    ' ',
    '\r\n',
    ';',
    '&&',
    '||',
    '|',
    '&',
    '#c',
    'if [ "$TP" = 8 ]; then',
    'elif',
    'else',
    'fi',
    'for i in 1 2; do',
    'done',
    'while true; do',
    'case $TP in',
    '8)',
    ';;',
    'esac',
    'f() {',
    '}',
    'f',
    '<<EOF',
    'EOF',
    'eval "$X"',
    'bash -c "$X"',
    'X="a $TP',
    'é',
    '日本',
    '😀',
    '\uFEFF',
    '<PATH>',
    '${',
    '$((',
    '$(',
    '`',
    '((TP++))',
    '[[',
    ']]',
    '#SBATCH --nodes=4',
    'exit',
    'unset TP',
    '2>&1',
    '> f',
  ],
  json: [
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"a"',
    '"b"',
    '"',
    '1',
    '1e400',
    '-',
    'true',
    'null',
    '//',
    '/*',
    '*/',
    '\n',
    ' ',
    '\\',
    '"é😀"',
    '\uFEFF',
    'NaN',
    '\r\n',
  ],
  yaml: [
    'a:',
    'b: 1',
    '- ',
    '\n',
    '\r\n',
    '  ',
    '&x',
    '*x',
    '<<: *x',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    "'",
    '|',
    '>',
    '# c',
    '---',
    '!!str',
    '\t',
    'é😀',
    '? ',
    '1e400',
    '%YAML',
  ],
  toml: [
    'a = 1',
    'b.c = ',
    '[a]',
    '[[x]]',
    '[a.b]',
    '=',
    '"',
    "'",
    '"""',
    "'''",
    '{ x = 1 }',
    '{',
    '}',
    '[',
    ']',
    ',',
    '.',
    '# c',
    '\\',
    'True',
    '<X>',
    '{{ y }}',
    '\n',
    '\r\n',
    'é😀',
    '\uFEFF',
    '1e400',
  ],
  python: [
    'a = 8',
    'b = a * 2',
    'a += 1',
    'cfg.x = a',
    'cfg["y"] = [a, b]',
    'f(a, k=b)',
    'f(**cfg)',
    'import os',
    'from .m import x as y',
    'if a:',
    'else:',
    'for i in a:',
    'while b:',
    'try:',
    'except E:',
    'with f() as g:',
    'match a:',
    'case 1:',
    'def f(a, b=2, *c, **d):',
    'class C(B):',
    '@d(1)',
    'return a',
    'lambda q: q',
    '[i for i in a]',
    'f"{a}{b!r}"',
    '"""',
    "'",
    '"',
    '(',
    ')',
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '=',
    '\\',
    '\n',
    '\n    ',
    '\r\n  ',
    '\t',
    '# c',
    'not',
    '-1',
    '1e400',
    '0x',
    '2**99',
    '"a" * 9',
    '!pip install x',
    '%%time',
    'é😀',
    '\uFEFF',
    ' if a else ',
    'a.append(b)',
    'del a',
    'global a',
    'os.environ["A"]',
    '<PATH>',
  ],
};

const anyText = (format: Tried): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.constantFrom(...vocabulary[format], ' ', '\n'), { maxLength: 40 }).map((parts) => parts.join('')) },
    { weight: 2, arbitrary: fc.array(fc.constantFrom(...vocabulary[format]), { maxLength: 25 }).map((parts) => parts.join(' ')) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 80 }) },
  );

const edits: fc.Arbitrary<readonly { place: number; length: number; part: number; text: string }[]> = fc.array(
  fc.record({ place: fc.nat(400), length: fc.nat(6), part: fc.nat(200), text: fc.constantFrom('', ' ', '\n', '"', 'x', '8', ')') }),
  { minLength: 1, maxLength: 6 },
);

/** The value of a literal read on its own. */
function readLiteral(literal: string): unknown {
  const value = readDocument('x', `x = ${literal}`, 'python').python?.assignments[0]?.value;
  return value?.kind === 'scalar' ? value.scalar : undefined;
}

function wordsOf(document: ConfigDocument): Word[] {
  return [...document.commands.flatMap((command) => command.words), ...document.variables.map((variable) => variable.value)];
}

describe.each(['shell', 'json', 'yaml', 'toml', 'python', 'pbtxt', 'modelfile'] as const)('%s', (format) => {
  test('any text is read without throwing, and every range lies in it', () => {
    fc.assert(
      fc.property(anyText(format), (text) => {
        expect(badRanges(readDocument('x', text, format))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  test('what is called replaceable is written where it is said to be', () => {
    fc.assert(
      fc.property(anyText(format), (text) => {
        const document = readDocument('x', text, format);
        for (const word of wordsOf(document)) if (word.replaceable) expect(at(text, word.value)).toBe(word.text);
        for (const value of document.python ? pythonValues(document.python) : []) {
          if (value.kind === 'scalar' && value.replaceable) expect(readLiteral(at(text, value.value))).toBe(value.scalar);
        }
        for (const entry of document.entries) expect(entry.raw).toBe(at(text, entry.value));
      }),
      { numRuns: 300 },
    );
  });

  test('any edits give what a fresh read of the result gives', () => {
    fc.assert(
      fc.property(anyText(format), edits, (text, steps) => {
        const reader = new DocumentReader('x', text, format);
        expect(reader.document).toEqual(readDocument('x', text, format));
        for (const { place, length, part, text: inserted } of steps) {
          const start = place % (reader.text.length + 1);
          const end = Math.min(reader.text.length, start + length);
          const token = inserted === '' ? (vocabulary[format][part % vocabulary[format].length] ?? '') : inserted;
          const change: TextChange = { start, end, text: token };
          expect(reader.edit([change])).toEqual(readDocument('x', reader.text, format));
        }
        reader.dispose();
      }),
      { numRuns: 200 },
    );
  });
});

const value = fc.constantFrom('8', '"8"', "'8'", '$B', '${B:-3}', '"a b"', '$((B*2))', '--x=$B');

test('a script with Windows line ends gives the same words', () => {
  const line = fc.oneof(
    value.map((text) => `A=${text}`),
    value.map((text) => `run --a ${text} \\\n  --b $A`),
    fc.array(value, { maxLength: 4 }).map((items) => `L=(\n${items.map((item) => `  ${item} # note`).join('\n')}\n)\nrun "\${L[@]}"`),
    value.map((text) => `S=" \\\n --c ${text.replaceAll('"', '')} \\\n"\nrun $S`),
    value.map((text) => `if [ "$B" = 1 ]; then\n  run ${text}\nfi`),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const unix = `B=1\n${lines.join('\n')}\n`;
      const words = (text: string): unknown =>
        readDocument('x', text, 'shell').commands.map((c) => c.words.map((w) => w.text ?? w.unknown));
      expect(words(unix.replaceAll('\n', '\r\n'))).toEqual(words(unix));
    }),
    { numRuns: 200 },
  );
});

test.each(['json', 'yaml'] as const)('%s with Windows line ends gives the same scalars', (format) => {
  const scalar = fc.constantFrom('1', '"x"', 'true', 'null', '1.5', '"é"');
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      scalar,
      fc.array(tie('node'), { maxLength: 3 }).map((items) => `[\n${items.join(',\n')}\n]`),
      fc.array(tie('node'), { maxLength: 3 }).map((items) => `{\n${items.map((item, index) => `"k${index}": ${item}`).join(',\n')}\n}`),
    ),
  })).node;
  fc.assert(
    fc.property(tree, (text) => {
      const scalars = (source: string): unknown => readDocument('x', source, format).entries.map((entry) => [entry.path, entry.scalar]);
      expect(scalars(text.replaceAll('\n', '\r\n'))).toEqual(scalars(text));
    }),
  );
});

test('JSON scalars are those of JSON.parse', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null))),
      (object) => {
        const document = readDocument('x', JSON.stringify(object, null, 2), 'json');
        const keys = Object.keys(object);
        expect(document.problems).toEqual([]);
        expect(document.entries.map((entry) => [entry.path[0], entry.scalar])).toEqual(keys.map((key) => [key, object[key]]));
      },
    ),
  );
});

test('every offset comes back from its position, unless it stands inside a line end', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n'), maxLength: 60 }), (text) => {
      const index = createLineIndex(text);
      for (let offset = 0; offset <= text.length; offset++) {
        const inLineEnd = text[offset - 1] === '\r' && text[offset] === '\n';
        expect(index.offset(index.position(offset))).toBe(inLineEnd ? offset - 1 : offset);
      }
    }),
  );
});
