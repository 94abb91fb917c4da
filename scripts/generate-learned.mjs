// Writes server/src/data/learned-products.json: tables of learned times of 16-bit products for the devices where estimates of served
// models agree better with published runs for them (docs/learned-models.md). With --check it says whether the file is stale and fails.
import { join } from 'node:path';
import { bundled } from './lib/bundled.mjs';
import { updateFile } from './lib/generated-file.mjs';
import { root } from './lib/paths.mjs';

const path = 'server/src/data/learned-products.json';

/**
 * RTX PRO 6000 runs on the curve of B200, which is another chip. The others were tried and left: held-out or open rows are worse with
 * them, because the efficiencies beside their curves were fitted on whole steps with the curve.
 */
const devices = ['nvidia-rtx-pro-6000-blackwell'];

const { axes, productRatios, loadNetwork, families, accelerators } = await bundled(`
  export { axes, productRatios } from './server/src/predictor/product-table.ts';
  export { loadNetwork } from './server/src/predictor/network.ts';
  export { families } from './server/src/predictor/families.ts';
  export { accelerators } from './server/src/data/gpus/index.ts';
`);
const network = loadNetwork(join(root, 'server/src/predictor/models'), 'gemm', families.gemm.inputs);
const ratios = Object.fromEntries(
  devices.map((id) => [
    id,
    productRatios(
      network,
      accelerators.find((sheet) => sheet.id === id),
    ),
  ]),
);
updateFile(path, `${JSON.stringify({ ...axes, ratios })}\n`);
