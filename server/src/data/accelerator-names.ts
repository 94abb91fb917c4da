/**
 * Finds an accelerator by the many names files and logs give it: "H100", "a100-sxm4-80gb", "NVIDIA H100 80GB HBM3",
 * the Slurm resource "gpu:a100:8", the Kubernetes label "nvidia-h100-mega-80gb". An incomplete name means the commonest
 * part of that family, which is the one that lists the bare name among its aliases: "A100" is the 80 GB SXM board, "V100"
 * the 16 GB one. A name that contradicts every known part (H100 with 64 GB, a "Ti" or laptop chip) is unknown.
 */
import type { Accelerator } from '../core/hardware.ts';

const vendorWords = new Set([
  'nvidia',
  'amd',
  'intel',
  'google',
  'instinct',
  'tesla',
  'geforce',
  'gpu',
  'gpus',
  'gres',
  'device',
  'dgx',
  'hgx',
]);
const formFactors = new Set(['sxm', 'pcie', 'nvl']);
/** Words that make another chip of a known name. */
const otherChip = new Set(['ti', 'super', 'laptop', 'mobile', 'max', 'd', 'dd', 'mig']);
/** Words of our own ids without which a name does not mean that part. */
const needed = new Set(['ada', 'pro', 'hbm2e']);

/** Lower-case words without vendor, counts and punctuation: "8x NVIDIA A100-SXM4-80GB" gives a100, sxm, 80gb. */
export function nameWords(name: string): readonly string[] {
  return name
    .toLowerCase()
    .replace(/(\d)\s*(?:gib|gb|g)\b/g, '$1gb')
    .replace(/\b(\d+)\s*x\s+/g, ' ')
    .replace(/\b(rtx|tpu|gaudi)(?=[\dav])/g, '$1 ')
    .replace(/(?<=\d)ada\b/g, ' ada')
    .replace(/\brtxpro/g, 'rtx pro ')
    .split(/[^a-z0-9.]+/)
    .map((word) => word.replace(/^(?:sxm\d?|smx\d?)$/, 'sxm').replace(/^nvlink$/, 'sxm'))
    .filter((word) => word !== '' && !vendorWords.has(word));
}

/** The word of an id that carries the model number: h100, a6000, mi300x, v5e. */
function modelWord(words: readonly string[]): string | undefined {
  return words.find((word) => /\d/.test(word) && !word.endsWith('gb'));
}

function memoryOf(words: readonly string[]): string | undefined {
  return words.find((word) => /^\d+gb$/.test(word));
}

/** Whether what the name says in words agrees with what the id says. */
function agrees(id: readonly string[], name: readonly string[]): boolean {
  const model = modelWord(id);
  if (model === undefined || !name.includes(model)) return false;
  if (id.some((word) => (needed.has(word) || otherChip.has(word)) && !name.includes(word))) return false;
  const form = id.find((word) => formFactors.has(word));
  const said = name.find((word) => formFactors.has(word));
  if (form !== undefined && said !== undefined && form !== said) return false;
  const memory = memoryOf(id);
  const saidMemory = memoryOf(name);
  return memory === undefined || saidMemory === undefined || memory === saidMemory;
}

/** A look-up over these accelerators; unknown names give undefined. */
export function acceleratorFinder(accelerators: readonly Accelerator[]): (name: string) => Accelerator | undefined {
  // Spellings that mean more than their words do: the Kubernetes label nvidia-tesla-a100 is the 40 GB board.
  const verbatim = new Map(accelerators.flatMap((accelerator) => accelerator.aliases.map((alias) => [alias, accelerator])));
  const known = new Map<string, Accelerator>();
  for (const accelerator of accelerators) {
    for (const name of [accelerator.id, accelerator.label, ...accelerator.aliases]) {
      const key = nameWords(name).join(' ');
      if (!known.has(key)) known.set(key, accelerator);
    }
  }
  const parts = accelerators.map((accelerator) => ({ accelerator, words: nameWords(accelerator.id) }));
  return (name) => {
    const words = nameWords(name);
    const exact = verbatim.get(name.trim().toLowerCase()) ?? verbatim.get(words.join(' ')) ?? known.get(words.join(' '));
    if (exact !== undefined) return exact;
    if (words.some((word) => otherChip.has(word))) return undefined;
    const fitting = parts.filter((part) => agrees(part.words, words)).map((part) => part.accelerator);
    const model = fitting[0] && modelWord(nameWords(fitting[0].id));
    const commonest = model === undefined ? undefined : verbatim.get(model);
    return commonest !== undefined && fitting.includes(commonest)
      ? commonest
      : (fitting.find((accelerator) => accelerator.id.includes('sxm')) ?? fitting[0]);
  };
}
