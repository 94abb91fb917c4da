/**
 * Containers around a program: `docker run --gpus all IMAGE command`, `apptainer exec IMAGE command`, and the image that
 * `srun --container-image` (pyxis) names. The image's tag often tells the release of what runs inside.
 */
import type { Range } from '../../core/origin.ts';
import type { ConfigDocument, Word } from '../../syntax/document.ts';
import type { Parse, Row } from '../row.ts';
import { row } from '../row.ts';
import type { Setting } from '../setting.ts';
import { type LauncherPart, partSettings } from './parts.ts';

export interface Container {
  /** As written: `nvcr.io/nvidia/pytorch:24.01-py3`. */
  readonly image: string;
  readonly tag: string | undefined;
  readonly range: Range;
}

/** Flags that take no value, in docker and in apptainer. */
const bareDocker = new Set('d i t it ti dit itd rm privileged init detach interactive tty read-only'.split(' '));
const bareApptainer = new Set(
  'nv nvccli rocm cleanenv e contain c containall C writable w writable-tmpfs fakeroot f no-home ipc i pid p userns u'.split(' '),
);

/** The innermost container in front of a program. */
export function containerOf(parts: readonly LauncherPart[]): Container | undefined {
  for (const part of parts.toReversed()) {
    const word = part.launcher === 'container' ? imageWord(part) : undefined;
    if (word?.text !== undefined) return container(word.text, word.value);
    if (part.launcher !== 'srun') continue;
    const named = partSettings(part).findLast(({ name }) => name === 'container-image');
    if (typeof named?.scalar === 'string') return container(named.scalar, named.value);
  }
  return undefined;
}

/** The image a Dockerfile starts from, or the one a carrier runs the commands in; a stage built on another leads to its base. */
export function baseImage({ directives }: ConfigDocument, before: number): Container | undefined {
  const stages = directives.filter(({ prefix }) => prefix === 'FROM');
  let stage = stages.length === 1 ? stages[0] : stages.findLast(({ key }) => key.start < before);
  for (let left = stages.length; stage && left > 0; left -= 1) {
    const { text } = stage;
    const base = stages.find(({ name }) => name !== '' && name === text);
    if (!base || base === stage) break;
    stage = base;
  }
  return stage && container(stage.text, stage.value);
}

function container(image: string, range: Range): Container {
  return { image, tag: /:([\w][\w.-]*)(?:@sha256:\w+)?$/.exec(image)?.[1], range };
}

/** The first word behind `run` or `exec` that is no flag and no flag's value. */
function imageWord({ program, words }: LauncherPart): Word | undefined {
  return words[imageIndex(program.text ?? '', words)];
}

/** Where the image stands among the words of a container's command; -1 where none does. */
export function imageIndex(program: string, words: readonly Word[]): number {
  const bare = /apptainer|singularity|shifter/.test(program) ? bareApptainer : bareDocker;
  const start = words.findIndex(({ text }) => text === 'run' || text === 'exec');
  if (start < 0) return -1;
  for (let at = start + 1; at < words.length; at += 1) {
    const text = words[at]?.text;
    if (text?.startsWith('-') !== true) return at;
    if (!text.includes('=') && !bare.has(text.replace(/^-+/, ''))) at += 1;
  }
  return -1;
}

/** `--gpus` of docker: `2`, `device=0,1` with or without inner quotes; `all` says nothing about how many there are. */
const dockerGpus: Parse<number> = (setting: Setting) => {
  const written = String(setting.scalar ?? '').replaceAll(/["']/g, '');
  const devices = /device=([\w,-]+)/.exec(written)?.[1];
  if (devices !== undefined) return { value: devices.split(',').filter((id) => id !== '').length };
  const number = Number(written);
  return Number.isInteger(number) && number > 0 ? { value: number } : 'absent';
};

export const dockerRows: readonly Row[] = [row({ field: 'cluster.gpusPerNode', keys: ['gpus'], parse: dockerGpus })];
