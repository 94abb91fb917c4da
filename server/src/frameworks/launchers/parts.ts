/**
 * The words in front of a program, cut at each launcher: `srun -N 4 apptainer exec image torchrun --nproc_per_node 8`
 * has three parts, each with flags of its own.
 */
import type { Word } from '../../syntax/document.ts';
import { readFlags } from '../flags.ts';
import type { Setting } from '../setting.ts';
import { canonicalFlag } from '../setting.ts';

export type LauncherName =
  | 'torchrun'
  | 'deepspeed'
  | 'accelerate'
  | 'colossalai'
  | 'srun'
  | 'sbatch'
  | 'mpirun'
  | 'jsrun'
  | 'ray'
  | 'container'
  | 'runner'
  | 'python';

export interface LauncherPart {
  readonly launcher: LauncherName;
  /** The launcher's own word. */
  readonly program: Word;
  /** The words behind it, up to the next launcher. */
  readonly words: readonly Word[];
}

/** `runner`: programs that start another one and say nothing about GPUs. */
const programs: readonly (readonly [LauncherName, RegExp])[] = [
  ['torchrun', /(^|\/)torchrun$|^torch\.distributed\.(run|launch)$/],
  ['deepspeed', /(^|\/)deepspeed(?:\.py)?$|^deepspeed\.launcher\.\w+$/],
  ['accelerate', /(^|\/)accelerate(?:-launch)?$|^accelerate\.commands\.launch$/],
  ['colossalai', /(^|\/)colossalai$/],
  ['srun', /(^|\/)srun$/],
  ['sbatch', /(^|\/)sbatch$/],
  ['mpirun', /(^|\/)(mpirun|mpiexec(?:\.hydra)?|orterun|prun|horovodrun)$/],
  ['jsrun', /(^|\/)(jsrun|lrun)$/],
  ['ray', /(^|\/)ray$/],
  ['container', /(^|\/)(docker|podman|nerdctl|nvidia-docker|apptainer|singularity|shifter)$/],
  [
    'runner',
    /(^|\/)(nohup|setsid|env|time|timeout|numactl|taskset|stdbuf|sudo|exec|uv|uvx|poetry|pipenv|pdm|pixi|rye|conda|mamba|nsys|ncu)$/,
  ],
  ['python', /(^|\/)(?:python|pypy)[\d.]*$/],
];

/** One look for the many words that are none of them. */
const anyProgram = new RegExp(programs.map(([, { source }]) => source).join('|'));

/** Names of launchers that are common words too, so that they count only as a command or right behind another launcher. */
const firstOnly: ReadonlySet<LauncherName> = new Set(['runner', 'ray', 'container']);

/** The launcher a word is, which may depend on the words in front of it. */
export function launcherOf(words: readonly Word[], at: number): LauncherName | undefined {
  const written = words[at]?.text;
  const found = written === undefined || !anyProgram.test(written) ? undefined : programs.find(([, pattern]) => pattern.test(written))?.[0];
  if (found === undefined || !firstOnly.has(found) || at === 0) return found;
  const before = words[at - 1]?.text ?? '';
  // `srun --container-name ray` is the value of a flag, and `apptainer exec` no shell's `exec`.
  return /^--?[a-z][\w-]*$/i.test(before) || written === 'exec' ? undefined : found;
}

/** The launchers among the words, outermost first. */
export function launcherParts(words: readonly Word[]): readonly LauncherPart[] {
  const starts = words.flatMap((program, at) => {
    const launcher = launcherOf(words, at);
    return launcher === undefined ? [] : [{ launcher, program, at }];
  });
  return starts.map(({ launcher, program, at }, index) => ({
    launcher,
    program,
    words: words.slice(at + 1, starts[index + 1]?.at ?? words.length),
  }));
}

const slurmFlags = {
  N: 'nodes',
  n: 'ntasks',
  c: 'cpus-per-task',
  w: 'nodelist',
  l: 'label',
  u: 'unbuffered',
  G: 'gpus',
  C: 'constraint',
  p: 'partition',
};

/** Short flags by their long names; launchers give the same letter different meanings. */
const shortFlags: { readonly [L in LauncherName]?: { readonly [short: string]: string } } = {
  srun: slurmFlags,
  sbatch: slurmFlags,
  mpirun: { n: 'np', c: 'np', N: 'npernode', ppn: 'npernode', perhost: 'npernode', H: 'host', hosts: 'host' },
  jsrun: { n: 'nrs', a: 'tasks-per-rs', g: 'gpu-per-rs', c: 'cpu-per-rs', r: 'rs-per-host', p: 'np', b: 'bind', d: 'launch-distribution' },
  deepspeed: { H: 'hostfile', i: 'include', e: 'exclude', 'num-accelerators': 'num-gpus' },
  python: { m: 'module', u: 'unbuffered' },
  torchrun: { m: 'module' },
  accelerate: { m: 'module' },
  container: { e: 'env', v: 'volume', B: 'bind' },
};

const switches: ReadonlySet<string> = new Set([
  ...['label', 'unbuffered', 'exclusive', 'standalone', 'no-python', 'allow-run-as-root', 'oversubscribe', 'multi-gpu', 'use-deepspeed'],
  ...['use-fsdp', 'use-megatron-lm', 'force-multi', 'no-ssh', 'no-local-rank', 'module', 'same-network', 'cpu'],
]);

/** True for a launcher's flag that takes no value. */
export function isSwitch(written: string): boolean {
  return switches.has(canonicalFlag(written));
}

/** The flags of one launcher. */
export function partSettings({ launcher, words }: LauncherPart): readonly Setting[] {
  const short = shortFlags[launcher] ?? {};
  return readFlags(words, { short, switches, oneValue: launcher === 'container' || launcher === 'mpirun' }).settings;
}
