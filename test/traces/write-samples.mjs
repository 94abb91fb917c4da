// Writes the small traces in samples/ anew: node test/traces/write-samples.mjs. They are made by synthetic.ts and hold nothing of any real run.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundled } from '../../scripts/lib/bundled.mjs';

const { chromeText, kinetoText, megatronText, sampleRun, synthetic, vllmText } = await bundled(
  `export * from './test/traces/synthetic.ts'`,
);
const folder = join(import.meta.dirname, 'samples');
const write = (name, content) => writeFileSync(join(folder, name), content);
const trace = synthetic(sampleRun);

for (const rank of [0, 1]) write(`rank${rank}.pt.trace.json.gz`, gzipSync(kinetoText(trace, rank), { level: 9 }));
write('xla.trace.json', chromeText(synthetic({ ...sampleRun, steps: 2, microBatches: 1 })));
write('megatron.log', megatronText(0.141, 9100));
write('vllm.log', vllmText);
