/** Which files of a workspace define and which launch a kernel, by its name. Keeps names only, no texts. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KernelPlaces } from '../engine/analysis.ts';
import { type KernelMentions, kernelMentions } from '../engine/kernel-mentions.ts';
import { projectFolder } from './project-folder.ts';
import { isKernelSource, isSkipped } from './walk.ts';

export class KernelIndex implements KernelPlaces {
  private readonly files = new Map<string, KernelMentions>();
  private readonly definers = new Map<string, Set<string>>();
  private readonly launchers = new Map<string, Set<string>>();

  set(uri: string, text: string): void {
    this.forget(uri);
    const mentions = kernelMentions(text);
    if (mentions.defines.length + mentions.launches.length === 0) return;
    this.files.set(uri, mentions);
    for (const name of mentions.defines) add(this.definers, name, uri);
    for (const name of mentions.launches) add(this.launchers, name, uri);
  }

  forget(uri: string): void {
    const mentions = this.files.get(uri);
    if (!mentions) return;
    for (const name of mentions.defines) this.definers.get(name)?.delete(uri);
    for (const name of mentions.launches) this.launchers.get(name)?.delete(uri);
    this.files.delete(uri);
  }

  clear(): void {
    for (const map of [this.files, this.definers, this.launchers]) map.clear();
  }

  definedIn(name: string): readonly string[] {
    return [...(this.definers.get(name) ?? [])];
  }

  launchedIn(name: string): readonly string[] {
    return [...(this.launchers.get(name) ?? [])];
  }
}

function add(map: Map<string, Set<string>>, name: string, uri: string): void {
  map.set(name, (map.get(name) ?? new Set()).add(uri));
}

/** Larger files are generated. */
export const largestKernelSource = 2 ** 20;
/** More files than this are a source tree of which a command looks at one corner. */
const mostFiles = 4000;

/** Indexes of the projects that files belong to, each made when it is first asked, for commands that look at few files. */
export class ProjectIndexes implements KernelPlaces {
  private readonly made = new Map<string, KernelIndex>();
  private readonly start: string;
  private folder: string;

  /** @param start the folder a command is started in. */
  constructor(start: string) {
    this.start = start;
    this.folder = start;
  }

  /** The file that is looked at now; those of other projects are of no concern to it. */
  lookAt(path: string): void {
    this.folder = dirname(path);
  }

  definedIn(name: string): readonly string[] {
    return this.index().definedIn(name);
  }

  launchedIn(name: string): readonly string[] {
    return this.index().launchedIn(name);
  }

  private index(): KernelIndex {
    // Without a sign of a project the folder of the command is one, if the file lies in it.
    const root = projectFolder(this.folder) ?? (isWithin(this.folder, this.start) ? this.start : this.folder);
    const index = this.made.get(root) ?? indexOf(root);
    this.made.set(root, index);
    return index;
  }
}

const isWithin = (folder: string, outer: string): boolean => !relative(outer, folder).startsWith('..');

function indexOf(root: string): KernelIndex {
  const index = new KernelIndex();
  const folders = [root];
  let left = mostFiles;
  for (let folder = folders.pop(); folder !== undefined && left > 0; folder = folders.pop()) {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !isSkipped(entry.name)) folders.push(path);
      else if (entry.isFile() && isKernelSource(entry.name) && left-- > 0) take(index, path);
    }
  }
  return index;
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function take(index: KernelIndex, path: string): void {
  try {
    if (statSync(path).size <= largestKernelSource) index.set(pathToFileURL(path).href, readFileSync(path, 'utf8'));
  } catch {
    // Gone, or not ours to read.
  }
}
