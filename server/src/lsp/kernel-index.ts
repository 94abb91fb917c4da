/** The index of kernels over the folders of the workspace, built in the background in short stretches. */
import type { KernelPlaces } from '../engine/analysis.ts';
import { KernelIndex, largestKernelSource } from '../io/kernel-index.ts';
import { isKernelSource, othersFirst, walkKernelSources } from '../io/walk.ts';

/** More sources than this are a tree that nobody works on as a whole. */
const mostFiles = 30_000;
/** Milliseconds of work before others get their turn. */
const stretch = 8;

export interface WorkspaceKernels {
  readonly places: KernelPlaces;
  /** Reads every source below the folders; resolves when done or when a newer build has begun. */
  readonly build: (folders: readonly string[]) => Promise<void>;
  /** A file was changed, made or deleted. */
  readonly update: (uri: string) => void;
}

export function createWorkspaceKernels(read: (uri: string) => string | undefined): WorkspaceKernels {
  const index = new KernelIndex();
  let round = 0;
  const take = (uri: string): void => {
    const text = read(uri);
    if (text === undefined || text.length > largestKernelSource) index.forget(uri);
    else index.set(uri, text);
  };
  return {
    places: index,
    build: async (folders) => {
      round += 1;
      const mine = round;
      index.clear();
      let began = performance.now();
      for (const folder of folders) {
        for await (const uri of walkKernelSources(folder, mostFiles)) {
          if (mine !== round) return;
          take(uri);
          if (performance.now() - began < stretch) continue;
          await othersFirst();
          began = performance.now();
        }
      }
    },
    update: (uri) => {
      if (isKernelSource(uri)) take(uri);
    },
  };
}
