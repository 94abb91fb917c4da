/** Where kernels are defined and launched, in the document and in other files of the workspace. */
import type { Place, Range } from '../core/origin.ts';
import { type Analysis, placeAmong } from './analysis.ts';

export interface KernelSpot {
  readonly name: string;
  readonly kind: 'definition' | 'launch';
  /** An offset behind the document's end where it stands in another file. */
  readonly range: Range;
}

interface Defined {
  readonly name: string;
  readonly nameRange: Range;
}

interface Launched {
  readonly kernel: string;
  readonly range: Range;
}

export function kernelSpots({ kernels }: Pick<Analysis, 'kernels'>): readonly KernelSpot[] {
  const { cuda, triton, tiles } = kernels ?? {};
  const defined: readonly Defined[] = [...(cuda?.file.kernels ?? []), ...(triton?.file.kernels ?? []), ...(tiles?.file.kernels ?? [])];
  const launches: readonly Launched[] = [...(cuda?.file.launches ?? []), ...(triton?.file.launches ?? [])];
  const definitions = defined.map(({ name, nameRange }): KernelSpot => ({ name, kind: 'definition', range: nameRange }));
  return [...definitions, ...launches.map(({ kernel, range }): KernelSpot => ({ name: kernel, kind: 'launch', range }))];
}

/** The spot at an offset of the document: a definition before the launches around it. */
export function kernelSpotAt(analysis: Pick<Analysis, 'kernels'>, offset: number): KernelSpot | undefined {
  const here = kernelSpots(analysis).filter(({ range }) => range.start <= offset && offset <= range.end);
  return here.find(({ kind }) => kind === 'definition') ?? here[0];
}

/** Where a spot really stands. */
export function kernelPlace({ uri, kernels }: Pick<Analysis, 'uri' | 'kernels'>, range: Range): Place {
  return placeAmong(uri, kernels?.elsewhere ?? [], range);
}

/** From a launch to the kernel, from a kernel to its launches. */
export function kernelCounterparts(analysis: Pick<Analysis, 'uri' | 'kernels'>, spot: KernelSpot): readonly Place[] {
  return kernelSpots(analysis)
    .filter(({ name, kind }) => name === spot.name && kind !== spot.kind)
    .map(({ range }) => kernelPlace(analysis, range));
}
