// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text, not templates.
/**
 * Random scripts over known values, read here and run by bash itself: the words must be the same. Each script is made
 * from a seed, so a failure can be repeated by its seed alone. Needs bash and is skipped where there is none.
 */
import { spawnSync } from 'node:child_process';
import { beforeAll, expect, test } from 'vitest';
import { loadParsers, shell } from './helpers.ts';

beforeAll(loadParsers);

const hasBash = spawnSync('bash', ['--norc', '-c', 'exit 0']).status === 0;

type Make = () => string;

/** Makes one script; the constructs are those launch scripts are built from. */
function makeScript(seed: number): string {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state / 0x7fff_ffff;
  };
  const below = (limit: number): number => Math.floor(random() * limit);
  const one = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const make = (makers: readonly Make[]): string => one(makers)();
  const text =
    (...items: string[]): Make =>
    (): string =>
      one(items);
  const many = (most: number, maker: Make, separator: string): string => Array.from({ length: 1 + below(most) }, maker).join(separator);

  const scalar = text('A', 'B', 'C');
  const list = text('L', 'M');
  const number = text('1', '2', '8', '16', '010', '0x10');
  const arithmetic = (depth: number): string =>
    depth === 0
      ? make([number, text('N', '$N', '${N}', 'K')])
      : make([
          () => `${arithmetic(depth - 1)} ${one(['+', '-', '*', '>', '==', '&&', '|', '<<'])} ${arithmetic(0)}`,
          () => `(${arithmetic(depth - 1)})`,
          () => `${arithmetic(0)}>${arithmetic(0)}?${arithmetic(0)}:${arithmetic(0)}`,
        ]);
  const expansion: Make = () =>
    make([
      () => `\${${scalar()}}`,
      () => `\${${scalar()}:-d${below(9)}}`,
      () => `\${U:-"$A z"}`,
      () => `\${${scalar()}:+alt}`,
      () => `$((${arithmetic(2)}))`,
      () => `\${${scalar()}%${one(['x', '*x', '.sh', '?'])}}`,
      () => `\${${scalar()}#${one(['x', '*-', 'a', '?'])}}`,
      () => `\${${scalar()}//${one(['x', '-', 'a'])}/Q}`,
      () => `\${${scalar()}:${below(3)}:${below(4)}}`,
      () => `\${${list()}[${below(3)}]}`,
      () => `\${#${list()}[@]}`,
      text('$(echo $A b)', '$(seq 1 3)', '$(expr 4 + $N)', '${#A}', '${B^^}', '${L[*]}'),
    ]);
  const word: Make = () =>
    make([
      number,
      text('"a b"', '""', '"p\\"q"', "'a $A'", "'x\"y'", "'l1\nl2'", 'a\\ b\\*', '{1..3}', 'x{a,b}', "$'t\\tn'", '"$@"', '$#', '--flag'),
      expansion,
      () => `"${expansion()}"`,
      () => `--k=${expansion()}`,
      () => `p${expansion()}s`,
      () => `"\${${list()}[@]}"`,
      () => `\${${list()}[@]}`,
    ]);
  const words = (most: number): string => many(most, word, one([' ', ' \\\n  ']));
  const value: Make = () =>
    make([
      number,
      text('"--q 1"', '" lead"', 'x-y.sh', '"$A --m $B"', '"\n --one 1 \\\n --two $N\n"', "'s q'", ''),
      expansion,
      () => `"${expansion()}"`,
    ]);
  const condition: Make = () =>
    make([
      () => `[ "$${scalar()}" = "${one(['1', '8', 'x y'])}" ]`,
      () => `[[ $N -gt ${below(10)} ]]`,
      () => `(( N > ${below(10)} ))`,
      text(
        '[[ $A == x* ]]',
        '[[ -z "$B" ]]',
        '[ -n "$A" ]',
        '! [ "$A" = 8 ]',
        '[[ $A =~ ^[0-9]+$ && $N -ge 2 ]]',
        '[ "$N" -eq 8 -a "$A" != 1 ]',
        'false',
      ),
    ]);
  const simple: Make = () =>
    make([
      () => `run ${words(4)}`,
      () => `run ${words(4)}`,
      () => `${scalar()}=${value()}`,
      () => `export ${scalar()}=${value()}`,
      () => `${list()}=( ${words(3)} # note\n )`,
      () => `${list()}+=( ${words(2)} )`,
      () => `set -- ${words(2)}`,
      () => `${condition()} && run yes`,
      () => `${condition()} || run no`,
      text(
        'N=$((N*2))',
        '(( N++ ))',
        'A+=" --more"',
        ': "${D:=dflt}"',
        'unset C',
        'A=1 B=2\nrun $A $B',
        'C="run --e $N"; $C t',
        'C="run 1"; eval $C k',
      ),
    ]);
  const block = (depth: number): string => many(2, () => statement(depth - 1), '\n');
  const statement = (depth: number): string =>
    depth === 0
      ? simple()
      : make([
          simple,
          simple,
          () => `if ${condition()}; then\n${block(depth)}\nelif ${condition()}; then\n${block(depth)}\nelse\n${block(depth)}\nfi`,
          () => `for i in ${words(2)}; do\nrun $i "$i"\n${block(depth)}\ndone`,
          () => `for ((j=0;j<${below(4)};j++)); do run $j; [ $j = 1 ] && break; done`,
          () => `case "$${scalar()}" in\n  8|1) ${block(depth)} ;;\n  *b*) ${block(depth)} ;;\n  *) ${block(depth)} ;;\nesac`,
          () => `f${depth}() { local A=loc; ${simple()}\n}\nf${depth} ${words(2)}`,
          () => `( ${block(depth)}\n)`,
          () => `w=0; while [ $w -lt ${below(4)} ]; do run $w; w=$((w+1)); done`,
        ]);
  const start = 'set --\nA=8\nB="x y"\nC=a-x.sh\nN=2\nK=3\nL=( 1 "2 3" )\nM=()\n';
  return `${start}${many(6, () => statement(2), '\n')}\n`;
}

/** What bash passes to `run`, or undefined when the script is no valid bash (bad arithmetic, an empty operand). */
function ranByBash(script: string): string[][] | undefined {
  const prelude = 'set -f; run() { printf "run"; local a; for a in "$@"; do printf "\\x1f%s" "$a"; done; printf "\\x1e"; }\n';
  const { stdout, stderr } = spawnSync('bash', ['--norc'], { input: prelude + script, encoding: 'utf8' });
  if (stderr !== '') return undefined;
  const lines = stdout.split('\x1e').slice(0, -1);
  return lines.map((line) => line.split('\x1f'));
}

test.skipIf(!hasBash)('the words are those bash passes', () => {
  let compared = 0;
  for (let seed = 1; seed <= 150; seed++) {
    const script = makeScript(seed * 7_919);
    const expected = ranByBash(script);
    const { commands } = shell(script);
    const isKnown = commands.every((command) => !command.conditional && command.words.every((word) => word.text !== undefined));
    // `p$Bs` names a variable the script never sets: bash takes it as empty, here it may come from outside.
    if (!expected || !isKnown) continue;
    compared++;
    expect({ seed, script, words: commands.map((command) => command.words.map((word) => word.text)) }).toEqual({
      seed,
      script,
      words: expected,
    });
  }
  expect(compared).toBeGreaterThan(100);
});
