/** The native runtime in its child process and the reader of this program give the same, and one may be missing. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NativeRuntime, runBatch } from '../../server/src/predictor/runtime.ts';
import { familyNames, networkOf } from './models.ts';

const folder = join(process.cwd(), 'out/predictor-test');
const script = join(folder, 'predictor.js');
let native: NativeRuntime;

/** Builds the child as scripts/build.mjs does, in a process of its own: the build scripts have no types. */
const building = `
import { build } from 'esbuild';
import { nativeBinding } from './scripts/lib/native-binding.mjs';
import { nodeBundle } from './scripts/lib/node-bundle.mjs';
const [outfile] = process.argv.slice(1);
await build({ ...nodeBundle, bundle: true, entryPoints: ['server/src/main-predictor.ts'], outfile, plugins: [nativeBinding] });
`;

beforeAll(() => {
  execFileSync(process.execPath, ['--input-type=module', '-e', building, script]);
  native = new NativeRuntime(script);
});
afterAll(() => native.close());

/** Random inputs of the size that the models meet. */
function inputs(rows: number, width: number, seed: number): Float32Array {
  const values = new Float32Array(rows * width);
  const next = fc.sample(fc.double({ min: -2, max: 14, noNaN: true }), { numRuns: values.length, seed });
  return values.map((_, index) => next[index] ?? 0);
}

describe.each(familyNames)('%s', (family) => {
  test('both answer alike to 1e-4', async () => {
    const network = networkOf(family);
    const batch = inputs(300, network.width, 7);
    const theirs = await native.run(network, batch);
    expect(theirs, 'the native runtime of this platform is installed').toBeDefined();
    const ours = network.run(batch);
    expect(theirs?.length).toBe(ours.length);
    for (const [index, output] of ours.entries())
      for (const [row, value] of output.entries())
        expect(Math.abs(value - (theirs?.[index]?.[row] ?? Number.NaN))).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
  });
});

describe('without the native runtime', () => {
  test('a script that is not there leaves the work to the reader', async () => {
    const network = networkOf('gemm');
    const batch = inputs(5000, network.width, 3);
    expect(await runBatch(network, batch, new NativeRuntime(join(folder, 'nothing.js')))).toEqual(network.run(batch));
  });

  test('a child that dies with a question leaves the work to the reader, and is not started again', async () => {
    const dying = join(folder, 'dying.js');
    writeFileSync(dying, 'process.on("message", () => process.abort());\n');
    const runtime = new NativeRuntime(dying);
    const network = networkOf('gemm');
    const batch = inputs(5000, network.width, 4);
    expect(await runBatch(network, batch, runtime)).toEqual(network.run(batch));
    expect(await runtime.run(network, batch)).toBeUndefined();
  });
});
