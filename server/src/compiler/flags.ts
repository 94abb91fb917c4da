/**
 * The flags of a build that change what a kernel becomes: where headers are, macros, the standard, and how mathematics and
 * registers are treated. All others are left out, those that name programs, plug-ins or outputs above all.
 */
import { isAbsolute, resolve } from 'node:path';

export interface KeptFlags {
  readonly flags: readonly string[];
  /** Architectures the build is for, as written: `sm_90a`, `gfx942`. */
  readonly architectures: readonly string[];
}

/** Flags with a path, and how they are written for any compiler. */
const ofPath: { readonly [flag: string]: string | undefined } = {
  '-I': '-I',
  '--include-path': '-I',
  '-isystem': '-isystem',
  '--system-include': '-isystem',
  '-iquote': '-I',
  '-idirafter': '-isystem',
  '-include': '-include',
  '--pre-include': '-include',
};

const ofText: { readonly [flag: string]: string | undefined } = {
  '-D': '-D',
  '--define-macro': '-D',
  '-U': '-U',
  '--undefine-macro': '-U',
};

/** Flags without a value, or with one behind an equals sign, that are taken over as they are. */
const plain =
  /^(?:--?std=[\w+]+|-O[0-3]|-G|--device-debug|-g|-lineinfo|--?generate-line-info|-?-expt-(?:relaxed-constexpr|extended-lambda)|-?-extended-lambda|-?-use_fast_math|-ffast-math|-?-(?:ftz|prec-div|prec-sqrt|fmad)=(?:true|false)|-?-maxrregcount=\d+|-?-rdc=true|-?-relocatable-device-code=true)$/;

/** Flags with a value of their own behind them that only nvcc knows. */
const withNumber = /^-?-maxrregcount$/;
const withStandard = /^--?std$/;

const architecture = /\b(?:sm|gfx|compute)_?[\da-f]+[a-f]?\b/g;
const architectureFlag = /^(?:-arch|--gpu-architecture|-gencode|--generate-code|--cuda-gpu-arch|--offload-arch)(?:=|$)/;

/** What only nvcc knows. */
const nvccOnly = /expt-|extended-lambda|use_fast_math|maxrregcount|^-G$|device-debug|line-?info|^-?-(?:ftz|prec-|fmad)|rdc=|relocatable/;

interface Joined {
  readonly flag: string;
  readonly value: string | undefined;
}

/** `-Ifolder`, `-I folder`, `--include-path=folder`. */
function joined(word: string, table: { readonly [flag: string]: string | undefined }): Joined | undefined {
  const flag = Object.keys(table).find((one) => word === one || word.startsWith(one));
  if (flag === undefined) return undefined;
  const rest = word.slice(flag.length).replace(/^=/, '');
  return { flag: table[flag] ?? flag, value: rest === '' ? undefined : rest };
}

/** @param folder what relative paths of the flags rest on. */
export function keptFlags(words: readonly string[], folder: string, isNvcc: boolean): KeptFlags {
  const flags: string[] = [];
  const architectures: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (architectureFlag.test(word)) {
      const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (words[++at] ?? '');
      architectures.push(...(value.match(architecture) ?? []).map((one) => one.replace('compute_', 'sm_')));
      continue;
    }
    const path = joined(word, ofPath);
    const text = path ? undefined : joined(word, ofText);
    const found = path ?? text;
    if (found) {
      const value = found.value ?? words[++at];
      if (value !== undefined) flags.push(found.flag, path && !isAbsolute(value) ? resolve(folder, value) : value);
    } else if (plain.test(word)) {
      if (isNvcc || !nvccOnly.test(word)) flags.push(word);
    } else if (withNumber.test(word) && /^\d+$/.test(words[at + 1] ?? '')) {
      if (isNvcc) flags.push(`-maxrregcount=${words[at + 1]}`);
      at++;
    } else if (withStandard.test(word) && /^[\w+]+$/.test(words[at + 1] ?? '')) {
      flags.push(`-std=${words[++at]}`);
    } else if (/^-?-(?:dc|device-c)$/.test(word) && isNvcc) flags.push('-rdc=true');
  }
  return { flags, architectures: [...new Set(architectures)] };
}
