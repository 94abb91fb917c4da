/**
 * Which release of a package runs: what a requirement, a command that installs or an image pins. Requirements are those of
 * PEP 508, with the spellings of conda (`=4.38`) and Poetry (`^4.38`) beside them.
 */
import { imagePins } from './images.ts';

type Version = readonly number[];

/** The releases a pin allows: from `least` on (itself unless `above`), up to `most` (itself when `upTo`). */
export interface Pin {
  readonly package: string;
  readonly least: Version;
  readonly above: boolean;
  readonly most: Version | undefined;
  readonly upTo: boolean;
  /** As written, without the `==` of an exact one: `4.38.2`, `>=4.40,<5`. */
  readonly written: string;
  /** Where it stands, for people: `requirements.txt`. */
  readonly where: string;
}

/** The pins around a document; found only when an adapter asks. */
export type Pins = () => readonly Pin[];

/** The packages whose releases some adapter tells apart. Other requirements are passed over. */
const packages: readonly string[] = [
  'transformers',
  'trl',
  'axolotl',
  'llamafactory',
  'deepspeed',
  'megatron-core',
  'torchtitan',
  'vllm',
  'sglang',
  'lmdeploy',
  'tensorrt-llm',
];

const names = packages.map((name) => name.replace('-', '[-_.]')).join('|');
const version = String.raw`v?\d[\w.*+-]*`;
const bounds = String.raw`(?:(?:===?|~=|>=|<=|!=|<|>|=|\^)\s*${version}\s*,?\s*)+`;
/** `transformers[torch]>=4.38,<5`, in a line, a list or a string. */
const requirement = new RegExp(String.raw`(?<![\w./@-])(${names})(?:\[[^\]\n]*\])?\s*(${bounds})`, 'gi');
/** `transformers = "^4.38"`, `transformers = { version = "4.38", ... }`. */
const poetry = new RegExp(
  String.raw`^\s*["']?(${names})["']?\s*=\s*(?:\{[^}\n]*version\s*=\s*)?["']\s*((?:${bounds}|${version}))["']`,
  'gim',
);
/** `git+https://github.com/huggingface/transformers.git@v4.38.0`. */
const fromGit = new RegExp(String.raw`git\+\w+://[^\s"']*/(${names})(?:\.git)?@v?(\d+\.\d[\w.]*)`, 'gi');

/** The pins of a list of requirements, whatever file it stands in. */
export function requirementPins(text: string, where: string): readonly Pin[] {
  const plain = text.replaceAll(/(?:^|\s)#.*$/gm, '');
  const found = (pattern: RegExp, exactly = false) =>
    [...plain.matchAll(pattern)].map(([, name = '', spec = '']) => pinOf(name, exactly ? `==${spec}` : spec, where));
  return [...found(requirement), ...found(poetry), ...found(fromGit, true)];
}

/** A pin to one release. */
export const exactPin = (name: string, release: string, where: string): Pin => pinOf(name, `==${release}`, where);

/** The pins of the images a text names. */
export function pinsOfImages(text: string): readonly Pin[] {
  return imagePins(text).map(({ package: name, version: release, image }) => exactPin(name, release, image));
}

function pinOf(name: string, spec: string, where: string): Pin {
  const open: Pin = { package: canonical(name), least: [], above: false, most: undefined, upTo: false, written: shown(spec), where };
  return [...spec.matchAll(/(===?|~=|>=|<=|!=|<|>|=|\^)?\s*v?(\d[\w.*+-]*)/g)].reduce(
    (pin, [, sign = '==', release = '']) => bounded(pin, sign, release),
    open,
  );
}

const canonical = (name: string): string => name.toLowerCase().replaceAll(/[_.]/g, '-');
const shown = (spec: string): string =>
  spec
    .replaceAll(/\s+/g, '')
    .replace(/,$/, '')
    .replace(/^={1,3}/, '');

const numbers = (release: string): Version =>
  (/^\d+(?:\.\d+)*/.exec(release)?.[0] ?? '')
    .split('.')
    .filter((part) => part !== '')
    .map(Number);

/** The first release that no longer begins with these numbers: 4.39 after 4.38. */
const next = (release: Version): Version => [...release.slice(0, -1), (release.at(-1) ?? 0) + 1];

function bounded(pin: Pin, sign: string, release: string): Pin {
  const at = numbers(release);
  const between = (most: Version): Pin => ({ ...pin, least: at, above: false, most, upTo: false });
  switch (sign) {
    case '>=':
      return { ...pin, least: at, above: false };
    case '>':
      return { ...pin, least: at, above: true };
    case '<':
      return { ...pin, most: at, upTo: false };
    case '<=':
      return { ...pin, most: at, upTo: true };
    case '!=':
      return pin;
    case '~=':
      return between(next(at.slice(0, -1)));
    case '^':
      return between(next(at.slice(0, at[0] === 0 ? 2 : 1)));
    default:
      // `==4.38.*` and conda's `=4.38` mean any 4.38; an exact one is the first of its like.
      return sign === '=' || release.includes('*') ? between(next(at)) : { ...pin, least: at, above: false, most: at, upTo: true };
  }
}

function compare(a: Version, b: Version): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = (a[index] ?? 0) - (b[index] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

/** A release of an adapter's table, which holds from a version on until the next one of the table. */
export interface Since {
  readonly since: string;
}

/** True when the pin allows a release between the two versions. */
function allows(pin: Pin, since: Version, until: Version | undefined): boolean {
  const beyond = until !== undefined && compare(pin.least, until) >= 0;
  if (beyond || pin.most === undefined) return !beyond;
  const order = compare(pin.most, since);
  return order > 0 || (order === 0 && pin.upTo);
}

/**
 * The release of a table (the newest first) that the pins of a package leave, with the name it is shown by; undefined when
 * nothing pins it, or when the pin leaves all of them open.
 */
export function pinnedRelease<R extends Since>(
  pins: Pins,
  name: string,
  label: string,
  releases: readonly R[],
): { readonly release: R; readonly name: string } | undefined {
  const pin = pins().find((one) => one.package === name);
  if (pin === undefined) return undefined;
  const open = releases.filter(({ since }, index) => {
    const newer = releases[index - 1];
    return allows(pin, numbers(since), newer && numbers(newer.since));
  });
  const [release] = open;
  const isExact = pin.most !== undefined && pin.upTo && compare(pin.least, pin.most) === 0;
  if (release === undefined || (!isExact && open.length === releases.length)) return undefined;
  return { release, name: `${label} ${pin.written}, pinned in ${pin.where}` };
}
