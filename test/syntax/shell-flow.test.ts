// biome-ignore-all lint/suspicious/noTemplateCurlyInString: shell text, not templates.
/** Which commands a script would run, as far as the file tells. */
import { beforeAll, describe, expect, test } from 'vitest';
import { readDocument } from '../../server/src/syntax/read.ts';
import { at, commandLines, lastWords, loadParsers, shell, texts } from './helpers.ts';

beforeAll(loadParsers);

describe('Slurm', () => {
  test('the header is what its variables repeat', () => {
    const header = '#SBATCH --nodes=4\n#SBATCH --gres=gpu:a100:8\n#SBATCH --ntasks-per-node=2\n';
    const text = `${header}run $SLURM_NNODES \${SLURM_JOB_NUM_NODES:-1} $SLURM_GPUS_ON_NODE $SLURM_NTASKS $((SLURM_NNODES * 8)) $SLURM_JOB_ID`;
    expect(commandLines(text)).toEqual(['run 4 4 8 8 32 ?SLURM_JOB_ID']);
    expect(lastWords(text)[0]).toMatchObject({ replaceable: true, value: { start: text.indexOf('4') } });
  });

  test.each([
    ['a range of nodes is no number', '#SBATCH --nodes=2-4\nrun $SLURM_NNODES', 'run ?SLURM_NNODES'],
    ['nor is what each part of a mixed job has', '#SBATCH -N 1\n#SBATCH hetjob\n#SBATCH -N 4\nrun $SLURM_NNODES', 'run ?SLURM_NNODES'],
    ['a script may set it itself', '#SBATCH -N 4\nSLURM_NNODES=2\nrun $SLURM_NNODES', 'run 2'],
  ])('%s', (_name, text, line) => expect(commandLines(text)).toEqual([line]));

  test('a script handed to sbatch sees what is exported, and its header under the options of the command', () => {
    const job = '#!/bin/bash\n#SBATCH --nodes=2 --ntasks-per-node=8\nrun $A $B $C $1 $SLURM_NNODES $SLURM_NTASKS';
    const find = (_from: string, path: string) => (path === 'job.sh' ? { uri: 'file:///job.sh', text: job } : undefined);
    const lines = (text: string) => readDocument('file:///submit.sh', text, 'shell', find).commands.map((one) => texts(one).join(' '));
    expect(lines('export A=1; B=2; export C=3; sbatch -N 4 job.sh x').at(-1)).toBe('run 1 ?B 3 x 4 32');
    expect(lines('export A=1; B=2; export C=3; sbatch --export=A,B=7 job.sh').at(-1)).toBe('run 1 7 ?C 2 16');
    expect(lines('export A=1; sbatch --export=ALL,B=7 job.sh y').at(-1)).toBe('run 1 7 ?C y 2 16');
    expect(lines('echo sbatch job.sh')).toHaveLength(1);
  });
});

describe('what a script insists on', () => {
  const loop = 'M=""; while [[ $# -gt 0 ]]; do case $1 in --model) M="$2"; shift 2 ;; --other) shift ;; *) exit 1 ;; esac; done; ';

  test('an empty default that the caller may replace is no reason to leave', () => {
    expect(commandLines(`${loop}if [[ -z "$M" ]]; then echo none; exit 1; fi; run $M`).at(-1)).toBe('run ?M');
  });

  test('without the check it stays empty', () => {
    expect(commandLines(`${loop}run x$M`).at(-1)).toBe('run x');
  });
});
/** A search and what it decides, as commands. */
const printed = (text: string, search: string, then: string): readonly string[] => [`echo ${text}`, `grep -q ${search}`, then];

describe('branches', () => {
  test.each([
    ['known condition', 'A=1; if [ $A = 1 ]; then run yes; else run no; fi', ['run yes']],
    ['known condition, numbers', 'A=8; if [[ $A -gt 4 && $A -lt 10 ]]; then run yes; else run no; fi', ['run yes']],
    ['old and', 'A=3; B=2; if [ $A -eq 3 -a $B = 2 ]; then run yes; fi', ['run yes']],
    ['not', 'A=1; if ! [ $A = 1 ]; then run yes; else run no; fi', ['run no']],
    ['pattern', 'M=llama3-8b; if [[ $M == llama* ]]; then run yes; fi', ['run yes']],
    ['regex', 'M=llama3; if [[ $M =~ ^llama[0-9]$ ]]; then run yes; fi', ['run yes']],
    ['arithmetic', 'A=3; if (( A > 2 )); then run yes; else run no; fi', ['run yes']],
    ['elif', 'A=2; if [ $A = 1 ]; then run 1; elif [ $A = 2 ]; then run 2; else run 3; fi', ['run 2']],
    ['default followed', 'if [ "${1:-7b}" = 7b ]; then run 7; else run other; fi', ['run 7']],
    ['test command', 'A=x; if test "$A" = x; then run yes; fi', ['run yes']],
    ['unknown', 'if [ "$X" = 1 ]; then run yes; else run no; fi', ['(maybe) run yes', '(maybe) run no']],
    ['file test', 'if [ -f x ]; then run yes; fi', ['(maybe) run yes']],
    ['exit code', 'if grep -q a b; then run yes; fi', ['grep -q a b', '(maybe) run yes']],
    [
      'searched text',
      'A="--tp 2 --sim"; if echo "$A" | grep -q -- --sim; then run yes; else run no; fi',
      printed('--tp 2 --sim', '-- --sim', 'run yes'),
    ],
    [
      'searched text without it',
      'A=--tp; if echo $A | grep -qi SIM; then run yes; else run no; fi',
      ['echo --tp', 'grep -qi SIM', 'run no'],
    ],
    ['searched text, other case', 'if echo a Sim | grep -qi sim; then run yes; fi', ['echo a Sim', 'grep -qi sim', 'run yes']],
    ['searched text, part unknown', 'if echo "--tp $X" | grep -q -- --sim; then run yes; fi', [/^echo/, /^grep/, '(maybe) run yes']],
    ['searched text, found beside the unknown', 'if echo "--sim $X" | grep -q -- --sim; then run yes; fi', [/^echo/, /^grep/, 'run yes']],
    ['searched pattern', 'if echo abc | grep -q "a.c"; then run yes; fi', ['echo abc', 'grep -q a.c', '(maybe) run yes']],
    ['set in one branch only', 'if [ $X ]; then A=1; fi; if [ "$A" = 1 ]; then run yes; fi', ['(maybe) run yes']],
    ['set in one branch only, and not this', 'if [ $X ]; then A=1; fi; if [ "$A" = 2 ]; then run yes; fi; run no', ['run no']],
    ['elif after unknown', 'A=1; if [ $X ]; then run a; elif [ $A = 1 ]; then run b; else run c; fi', ['(maybe) run a', '(maybe) run b']],
    ['case', 'S=8b; case "$S" in 7b|70b) run a ;; 8*) run b ;; *) run c ;; esac', ['run b']],
    ['case default', 'S=x; case $S in a) run a ;; *) run c ;; esac', ['run c']],
    ['case unknown', 'case $S in a) run a ;; *) run c ;; esac', ['(maybe) run a', '(maybe) run c']],
    ['and, known', 'A=1; [ $A = 1 ] && run yes; [ $A = 2 ] && run no', ['run yes']],
    ['or, known', 'A=1; [ $A = 1 ] || run no; [ $A = 2 ] || run yes', ['run yes']],
    ['and after a program', 'mkdir x && run y', ['mkdir x', 'run y']],
    ['or after a program', 'run x || run y', ['run x', '(maybe) run y']],
    ['exit above', 'run a; exit 0; run b', ['run a']],
    ['exit in an unknown branch', 'if [ -z "$1" ]; then exit 1; fi; run a', ['run a']],
    ['exit after a failure', 'cd x || exit 1; run a', ['cd x', 'run a']],
    ['exit in a subshell', '( exit 1 ); run a', ['run a']],
    ['exit in both branches', 'if [ $X ]; then exit 1; else exit 2; fi; run a', []],
    ['pipeline', 'run a 2>&1 | tee log', ['run a', 'tee log']],
    ['exec', 'exec run a\nrun b', ['exec run a']],
    ['redirecting exec', 'exec > log\nrun b', ['run b']],
  ])('%s', (_name, text, expected) => {
    const lines = commandLines(text);
    expect(lines).toEqual(expected.map((one, index) => (one instanceof RegExp && one.test(lines[index] ?? '') ? lines[index] : one)));
  });
});

describe('values after branches', () => {
  const value = (text: string): unknown => {
    const word = lastWords(`${text}\nrun $V`)[0];
    return word && { text: word.text ?? `?${word.unknown}`, default: word.fromDefault, maybe: word.conditional === true };
  };
  test.each([
    ['same on both sides', 'if [ $X ]; then V=1; else V=1; fi', { text: '1', default: false, maybe: false }],
    ['different', 'if [ $X = a ]; then V=1; else V=2; fi', { text: '?X', default: false, maybe: false }],
    ['given only when empty', 'if [ -z "$V" ]; then V=1; fi', { text: '1', default: true, maybe: false }],
    ['given only when empty, short', '[ -z "${V:-}" ] && V=1', { text: '1', default: true, maybe: false }],
    ['added in one branch', 'V=; if [ $X ]; then V=--fp8; fi', { text: '--fp8', default: false, maybe: true }],
    [
      'option loop',
      'V=1; while [[ $# -gt 0 ]]; do case $1 in --v) V=$2; shift 2;; *) break;; esac; done',
      { text: '1', default: true, maybe: false },
    ],
    [
      'option loop of a function that is given options, and the rest of the caller',
      'W=1; f() { while [[ $# -gt 0 ]]; do case $1 in --v) V=$2; shift 2;; --w) W=$2; shift 2;; *) shift;; esac; done; }; f --w 3 "$@"; V=$W',
      { text: '3', default: true, maybe: false },
    ],
    [
      'option loop of a function, the default of an option that only the caller may give',
      'V=1; f() { while [[ $# -gt 0 ]]; do case $1 in --v) V=$2; shift 2;; --w) W=$2; shift 2;; *) shift;; esac; done; }; f --w 3 $*',
      { text: '1', default: true, maybe: false },
    ],
    ['read', 'V=1; read V', { text: '?read V', default: false, maybe: false }],
    ['branch that leaves', 'V=1; if [ $X ]; then V=2; exit; fi', { text: '1', default: false, maybe: false }],
    ['subshell', 'V=1; ( V=2 )', { text: '1', default: false, maybe: false }],
  ])('%s', (_name, text, expected) => {
    expect(value(text)).toEqual(expected);
  });

  test('options of every branch are kept, marked as conditional', () => {
    const words = lastWords('L=( --a )\nif [ $X ]; then L+=( --b ); else L+=( --c ); fi\nS="--d"\n[ $Y ] && S="$S --e"\nrun "${L[@]}" $S');
    expect(words.map((word) => [word.text, word.conditional === true])).toEqual([
      ['--a', false],
      ['--b', true],
      ['--c', true],
      ['--d', false],
      ['--e', true],
    ]);
  });
});

describe('loops and functions', () => {
  test.each([
    ['list', 'for i in 1 "2 3"; do run $i "$i"; done', ['run 1 1', 'run 2 3 2 3']],
    ['numbers', 'for i in {1..3}; do run $i; done', ['run 1', 'run 2', 'run 3']],
    ['variable list', 'L="1 2"; for i in $L; do run $i; done', ['run 1', 'run 2']],
    ['nested', 'for i in 1 2; do for j in 3 4; do run $i $j; done; done', ['run 1 3', 'run 1 4', 'run 2 3', 'run 2 4']],
    ['counted', 'for ((i=0; i<2; i++)); do run $i; done', ['run 0', 'run 1']],
    ['while', 'i=1; while [ $i -le 4 ]; do run $i; i=$((i*2)); done', ['run 1', 'run 2', 'run 4']],
    ['until', 'i=1; until [ $i = 3 ]; do run $i; ((i++)); done', ['run 1', 'run 2']],
    ['endless', 'while true; do run a; sleep 1; done', ['run a', 'sleep 1']],
    ['break', 'for i in 1 2 3; do [ $i = 2 ] && break; run $i; done', ['run 1']],
    ['continue', 'for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; run $i; done', ['run 1', 'run 3']],
    ['unknown list', 'for i in $(ls); do run $i; done', ['(maybe) run ?$(ls)']],
    ['function', 'f() { run "$@" $#; }\nf a "b c"', ['run a b c 2']],
    ['function keyword', 'function f { run $2; }\nf a b', ['run b']],
    ['function never called', 'f() { run a; }', []],
    ['local', 'A=1; f() { local A=2; run $A; }\nf; run $A', ['run 2', 'run 1']],
    ['return', 'f() { run a; return; run b; }\nf; run c', ['run a', 'run c']],
    ['recursion', 'f() { run a; f; }\nf', Array.from({ length: 8 }, () => 'run a')],
    ['shift', 'f() { shift; run $1; }\nf a b', ['run b']],
    ['set', 'set -- a b; run $2', ['run b']],
    ['a word of JavaScript', 'run $((2 constructor 3))', ['run ?$((2 constructor 3))']],
  ])('%s', (_name, text, expected) => {
    // The innermost call of a recursion is reported as a program, because nothing more is known of it.
    expect(commandLines(text).filter((line) => line !== 'f')).toEqual(expected);
  });

  test('thousands of launches and doubling texts stay bounded', () => {
    const digits = '0 1 2 3 4 5 6 7 8 9';
    const nested = `for a in ${digits}; do for b in ${digits}; do for c in ${digits}; do run $a $b $c; done; done; done`;
    expect(shell(nested).commands.length).toBeLessThanOrEqual(500);
    const doubling = `A=x\n${'A="$A $A"\n'.repeat(60)}run $A`;
    expect(shell(doubling).problems.map((problem) => problem.code)).toContain('script-too-long');
  });
});

describe('texts that are run', () => {
  test.each([
    ['eval', 'C="run --a 1"; eval $C', ['run --a 1']],
    ['eval in quotes', 'C="run --a 1"; eval "$C 2>&1 | tee log"', ['run --a 1', 'tee log']],
    ['eval with quotes inside', 'C="run --a \'x y\'"; eval $C', ['run --a x y']],
    ['variable as command', 'C="run --a 1"; $C --b', ['run --a 1 --b']],
    ['echo and eval', 'C="run 1"; echo $C; eval $C', ['echo run 1', 'run 1']],
    ['bash -c', 'A=1; bash -c "run $A"', ['bash -c run 1', 'run 1']],
    ['behind srun', "srun -N 2 bash -c 'run a && run b'", ['srun -N 2 bash -c run a && run b', 'run a', 'run b']],
    ['unknown part', 'sh -c "run --n $X"', ['sh -c ?X', 'run --n ?X']],
    ['later expansion', 'sh -c "run --n \\$X"', ['sh -c run --n $X', 'run --n ?X']],
    ['heredoc into bash', 'A=1; bash <<EOF\nrun $A\nEOF', ['bash', 'run 1']],
    ['heredoc into a variable', "read -r -d '' C <<EOF\nrun --a 1 \\\n --b $X\nEOF\ngo $C", ['go run --a 1 --b ?X']],
    ['heredoc through cat', 'C=$(cat <<EOF\n--a 1\n--b ${T:-2}\nEOF\n)\nrun $C', ['run --a 1 --b 2']],
    ['heredoc into sbatch', 'sbatch <<EOF\n#!/bin/bash\n#SBATCH --nodes=2\nsrun run a\nEOF', ['sbatch', 'srun run a']],
  ])('%s', (_name, text, expected) => {
    expect(commandLines(text)).toEqual(expected);
  });
});

describe('environment', () => {
  const environment = (text: string): Record<string, string | undefined> =>
    Object.fromEntries((shell(text).commands.at(-1)?.environment ?? []).map((variable) => [variable.name, variable.value.text]));
  test.each<[string, string, Record<string, string>]>([
    ['in front of the command', 'A=0,1 B=2 run', { A: '0,1', B: '2' }],
    ['exported', 'export A=1; B=2; run', { A: '1' }],
    ['exported later', 'A=1; export A; run', { A: '1' }],
    ['all exported', 'set -a; A=1; set +a; B=2; run', { A: '1' }],
    ['declared', 'declare -x A=1; run', { A: '1' }],
    ['overridden', 'export A=1; A=2 run', { A: '2' }],
    ['only for one command', 'A=1 run x; run y', {}],
    ['assigned on the line before', 'A=1 B=2\nrun', {}],
  ])('%s', (_name, text, expected) => {
    expect(environment(text)).toEqual(expected);
  });

  test('every assignment is listed once, with its place', () => {
    const text = 'export TP=8\nPP=$TP\nfor i in 1 2; do X=$i; done\nexport PP';
    const variables = shell(text).variables;
    expect(variables.map((variable) => [variable.name, variable.value.text, variable.exported, at(text, variable.assignment)])).toEqual([
      ['TP', '8', true, 'TP=8'],
      ['PP', '8', true, 'PP=$TP'],
      ['X', '2', false, 'X=$i'],
    ]);
  });
});

describe('directives and heredocs', () => {
  test('#SBATCH options in all their spellings', () => {
    const text =
      '#!/bin/bash\n#SBATCH --nodes=4\n#SBATCH --ntasks-per-node 8 # note\n#SBATCH -N 2 --exclusive\n#SBATCH -p gpu\n#SBATCH --gres=gpu:h100:8\n##SBATCH --off=1\n#SBATCH --job-name="a b"\nrun\n#SBATCH --late=1\n';
    const found = shell(text).directives;
    expect(found.map((directive) => [directive.name, directive.text])).toEqual([
      ['--nodes', '4'],
      ['--ntasks-per-node', '8'],
      ['-N', '2'],
      ['--exclusive', ''],
      ['-p', 'gpu'],
      ['--gres', 'gpu:h100:8'],
      ['--job-name', 'a b'],
    ]);
    for (const directive of found) {
      expect(at(text, directive.key)).toBe(directive.name);
      expect(at(text, directive.value)).toBe(directive.text);
    }
  });

  test('an sbatch heredoc has its own directives', () => {
    const text = 'sbatch <<EOF\n#SBATCH --nodes=2\nrun\nEOF\n';
    const [directive] = shell(text).directives;
    expect(directive && [directive.name, at(text, directive.value)]).toEqual(['--nodes', '2']);
  });

  test.each([
    ['cat <<EOF > ds.json\n{"a": $A, "b": ${B:-2}, "c": $X}\nEOF', 'ds.json', '{"a": 8, "b": 2, "c": ${X}}\n'],
    ['cat > "ds_$A.json" <<EOF\n  x\nEOF', 'ds_8.json', '  x\n'],
    ["cat <<'EOF' > f\n$A `x`\nEOF", 'f', '$A `x`\n'],
    ['tee f <<EOF\nx\nEOF', 'f', 'x\n'],
    ['cat <<EOF | tee f\nx\nEOF', 'f', 'x\n'],
    ['cat <<-EOF > f\n\t\tx\n\ty $A\n\tEOF', 'f', 'x\ny 8\n'],
    ['cat <<EOF\nx\nEOF', undefined, 'x\n'],
  ])('%s', (text, path, body) => {
    const [heredoc] = shell(`A=8\n${text}\n`).heredocs;
    expect([heredoc?.path, heredoc?.body]).toEqual([path, body]);
  });
});

describe('half-typed and broken text', () => {
  test('what can be read is read', () => {
    expect(lastWords('TP=8\nrun --tp $TP --pp').map((word) => word.text)).toEqual(['--tp', '8', '--pp']);
    expect(lastWords('TP=\nrun --tp $TP --pp 2').map((word) => word.text)).toEqual(['--tp', '--pp', '2']);
    expect(texts(shell('if [ $A = 1 ]; then\nrun a\n').commands[0])).toEqual(['run', 'a']);
  });

  test.each([
    ['if [ $A ]; then run a', ['syntax-error']],
    ['run "abc', ['syntax-error']],
    ['run --a 1 \\ \n  --b 2', ['broken-continuation']],
    ['run --a 1 \\\n# note\n  --b 2', ['broken-continuation']],
    ['run --a 1\n  --b 2', ['broken-continuation']],
    ['run --a "${X:$N+1}"', []],
    ['run --load <PATH> --tp 8', []],
    ['S=" --a 1 \\\n --b 2 \\\n"; run $S', []],
    ['L=( --a\n  --b ); run "${L[@]}"', []],
  ])('%s', (text, codes) => {
    expect(shell(text).problems.map((problem) => problem.code)).toEqual(codes);
  });
});

describe('arguments of the script', () => {
  test.each<[string, string, string[]]>([
    ['getopts', 'while getopts "t:p:" o; do case $o in t) T=$OPTARG;; p) P=$OPTARG;; esac; done; run $T $P', ['run ?-t ?-p']],
    ['an option loop', 'while [[ $# -gt 0 ]]; do case $1 in -t|--tp) T="$2"; shift 2;; *) shift;; esac; done; run $T', ['run ?--tp']],
    ['an option with a default', 'T=1; while [ $# -gt 0 ]; do case $1 in --tp) T=$2; shift;; esac; shift; done; run $T', ['run 1']],
    ['positions', 'T=$3; run $T ${4:-2}', ['run ?$3 2']],
  ])('%s gives them their names', (_name, text, expected) => {
    expect(commandLines(text)).toEqual(expected);
  });
});

describe('lists whose length is not known', () => {
  test.each<[string, string, string[]]>([
    ['split at run time', 'IFS=, read -ra G <<< "$IDS"; run ${#G[@]}', ['run ?IFS=, read -ra G <<< "$IDS",${#G[@]}']],
    ['with an element of one word', 'A=(a b "$X c"); run ${#A[@]}', ['run 3']],
  ])('%s', (_name, text, expected) => {
    expect(commandLines(text)).toEqual(expected);
  });
});

test.each<[string, string, string[]]>([
  ['basename', 'M=org/llama-7b.json; run $(basename $M) $(basename $M .json) $(dirname $M)', ['run llama-7b.json llama-7b org']],
  ['basename of what is not known', 'run $(basename $M)', ['run ?M']],
  ['the script itself', 'run $(dirname $0)', ['run ?$(dirname $0)']],
  ['printf', 'run $(printf "%02d-%s" 3 a) $(printf "%.2f" 3)', ['run 03-a ?$(printf "%.2f" 3)']],
])('substitutions that only compute: %s', (_name, text, expected) => {
  expect(commandLines(text)).toEqual(expected);
});
