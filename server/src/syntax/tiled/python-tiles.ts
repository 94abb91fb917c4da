/** Tile kernels of a Python module: TileLang and Pallas. */
import type { TileFile } from '../../core/kernels/tiled/facts.ts';
import { givenSizes } from '../cuda/given-sizes.ts';
import type { Node } from '../python/tree.ts';
import { mayHoldPallas, pallasKernels } from './pallas.ts';
import { moduleNames } from './python-names.ts';
import { mayHoldTileLang, tileLangKernels } from './tilelang.ts';

/** @param root the plain copy of the module's tree. Undefined for a module without such kernels. Never throws. */
export function readPythonTiles(root: Node, source: string): TileFile | undefined {
  const kernels = [
    ...(mayHoldTileLang(source) ? tileLangKernels(root, source) : []),
    ...(mayHoldPallas(source) ? pallasKernels(root, source) : []),
  ];
  return kernels.length === 0 ? undefined : { kernels, constants: moduleNames(root, source).constants, given: givenSizes(source, '#') };
}
