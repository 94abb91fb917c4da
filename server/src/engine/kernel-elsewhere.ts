/**
 * Kernels and launches that stand in other files of the workspace: a kernel in a header and its launch in a source, or the
 * other way round. What comes from another file keeps its ranges, moved behind the end of the document, so that nothing takes
 * them for places in it.
 */
import type { ExpressionFunction } from '../core/kernels/expression.ts';
import type { Kernel, KernelFile, Launch } from '../core/kernels/facts.ts';
import { moved, movedKernel } from '../core/kernels/moved.ts';
import type { ElsewhereFile, FileAccess } from './analysis.ts';
import { type Included, readKernelFile, withIncludes } from './kernel-includes.ts';

/** More files than this launch a kernel of a library. */
const mostFiles = 24;

export interface Joined {
  readonly file: KernelFile;
  /** The document with the files of `elsewhere` behind it. */
  readonly text: string;
  readonly elsewhere: readonly ElsewhereFile[];
  readonly uris: readonly string[];
  /** Texts of what is included. */
  readonly sources: readonly string[];
}

interface Other {
  readonly uri: string;
  readonly text: string;
  readonly included: Included;
}

const folders = (uri: string): readonly string[] => uri.split('/').slice(0, -1);

/** How many folders two files have in common. */
function nearness(a: string, b: string): number {
  const [left, right] = [folders(a), folders(b)];
  const differs = left.findIndex((part, at) => part !== right[at]);
  return differs < 0 ? left.length : differs;
}

class Elsewhere {
  private readonly uri: string;
  private readonly files: FileAccess;
  private readonly offsets = new Map<string, number>();
  /** Macros of the files that launches come from. */
  private readonly functions = new Map<string, ExpressionFunction>();
  /** Texts of what the files of kernels include. */
  private readonly sources = new Set<string>();
  private text: string;

  constructor(uri: string, text: string, files: FileAccess) {
    this.uri = uri;
    this.text = text;
    this.files = files;
  }

  read(uri: string): Other | undefined {
    const found = this.files.read(uri);
    const file = 'text' in found ? readKernelFile(uri, found.text) : undefined;
    return file && 'text' in found ? { uri, text: found.text, included: withIncludes(uri, file, this.files) } : undefined;
  }

  private offsetOf({ uri, text }: Other): number {
    const known = this.offsets.get(uri);
    if (known !== undefined) return known;
    const offset = this.text.length + 1;
    this.offsets.set(uri, offset);
    this.text = `${this.text}\n${text}`;
    return offset;
  }

  /** A file that defines a kernel and one that launches it belong together by includes, else by being the only or nearest ones. */
  private belong(name: string, definer: string, launcher: Other): boolean {
    const { uris } = launcher.included;
    if (launcher.included.own.kernels.some((kernel) => kernel.name === name)) return false;
    if (uris.includes(definer)) return true;
    const definers = this.files.kernels?.definedIn(name) ?? [];
    if (definers.some((one) => uris.includes(one))) return false;
    const others = definers.filter((one) => one !== definer);
    return others.every((one) => nearness(one, launcher.uri) < nearness(definer, launcher.uri));
  }

  /** Launches of the document's kernels in other files. */
  launchesOf(kernels: readonly Kernel[]): readonly Launch[] {
    const names = new Set(kernels.map(({ name }) => name));
    const uris = new Set([...names].flatMap((name) => this.files.kernels?.launchedIn(name) ?? []));
    uris.delete(this.uri);
    return [...uris].slice(0, mostFiles).flatMap((uri) => {
      const other = this.read(uri);
      const launches =
        other?.included.file.launches.filter(({ kernel }) => names.has(kernel) && this.belong(kernel, this.uri, other)) ?? [];
      if (!other || launches.length === 0) return [];
      const by = this.offsetOf(other);
      const { constants, functions } = other.included.file;
      for (const [name, body] of functions) this.functions.set(name, body);
      return launches.map((launch) => ({ ...moved(launch, by), constants: new Map([...constants, ...launch.constants]), uri }));
    });
  }

  /** Kernels that the document launches and other files define. */
  kernelsFor({ file, own, uris }: Included): readonly Kernel[] {
    const missing = new Set(file.launches.map(({ kernel }) => kernel));
    for (const { name } of file.kernels) missing.delete(name);
    return [...missing].slice(0, mostFiles * 4).flatMap((name) => {
      const definers = this.files.kernels?.definedIn(name) ?? [];
      const included = uris.filter((uri) => definers.length === 0 || definers.includes(uri));
      const nearest = definers.toSorted((a, b) => nearness(b, this.uri) - nearness(a, this.uri)).slice(0, 2);
      const [first, second] = nearest;
      // Two at one distance cannot be told apart.
      const isSure = first !== undefined && (second === undefined || nearness(first, this.uri) > nearness(second, this.uri));
      const candidates = included.length > 0 ? included : isSure && first !== this.uri && own.launches.length > 0 ? [first] : [];
      for (const uri of candidates) {
        const other = this.read(uri);
        const kernel = other?.included.own.kernels.find((one) => one.name === name);
        if (!other || !kernel) continue;
        const { constants } = other.included.file;
        for (const text of other.included.texts) this.sources.add(text);
        return [{ ...movedKernel(kernel, this.offsetOf(other)), constants: new Map([...constants, ...kernel.constants]) }];
      }
      return [];
    });
  }

  joined(file: KernelFile, { uris, texts }: Included): Joined {
    const all = [...this.offsets].toSorted(([, a], [, b]) => a - b);
    const elsewhere = all.map(([uri, offset], at) => ({ uri, offset, length: (all[at + 1]?.[1] ?? this.text.length + 1) - 1 - offset }));
    const functions = this.functions.size === 0 ? file.functions : new Map([...this.functions, ...file.functions]);
    return {
      file: { ...file, functions },
      text: this.text,
      elsewhere,
      uris: [...new Set([...uris, ...this.offsets.keys()])],
      sources: [...new Set([...texts, ...this.sources])],
    };
  }
}

/** The file with what other files of the workspace know of its kernels and launches. */
export function withElsewhere(uri: string, text: string, own: KernelFile, files: FileAccess): Joined {
  const included = withIncludes(uri, own, files);
  const elsewhere = new Elsewhere(uri, text, files);
  const launches = own.kernels.length > 0 ? elsewhere.launchesOf(own.kernels) : [];
  const kernels = own.launches.length > 0 ? elsewhere.kernelsFor(included) : [];
  const { file } = included;
  const joined = { ...file, kernels: [...file.kernels, ...kernels], launches: [...file.launches, ...launches] };
  return elsewhere.joined(launches.length + kernels.length > 0 ? joined : file, included);
}
