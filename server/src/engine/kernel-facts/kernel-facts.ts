/** Kernel code as facts under stable names, for `rooflint read` and whoever compares readings. */
import { configurationOf } from '../../core/kernels/configuration.ts';
import type { Analysis } from '../analysis.ts';
import type { Facts } from '../facts.ts';
import { cudaFacts } from './cuda-facts.ts';
import type { FactList } from './fact-list.ts';
import { tileFacts } from './tile-facts.ts';
import { tritonFacts } from './triton-facts.ts';

export interface KernelReading extends Facts {
  /** Files that values come from, as the code names them. */
  readonly links: readonly string[];
}

/** One reading for each language of kernels in a document. */
export function kernelReadings({ kernels, document }: Pick<Analysis, 'kernels' | 'document'>): readonly KernelReading[] {
  if (!kernels) return [];
  const { cuda, triton, tiles } = kernels;
  const lists: FactList[] = [];
  if (cuda) lists.push(cudaFacts(cuda, (kernel) => configurationOf(cuda.file, kernel, undefined), document.text));
  for (const dialect of ['cutlass3', 'cutlass2', 'tilelang', 'pallas'] as const) {
    const list = tileFacts(tiles?.configurations.filter(({ kernel }) => kernel.dialect === dialect) ?? []);
    if (list) lists.push(list);
  }
  if (triton) lists.push(tritonFacts(triton));
  return lists.map((list) => ({ ...list.all, links: list.links }));
}
