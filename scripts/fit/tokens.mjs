/**
 * Compares times per token with measured ones of SGLang, TensorRT-LLM and vLLM (`silicon_sample` of ai-dynamo/aiconfigurator) and
 * writes how far off they are to test/validation/token-residuals.json, from which bands are made. Nothing is fitted. The table itself
 * is not the project's to hold: only errors are kept, by engine, system, model and format.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundled } from '../lib/bundled.mjs';
import { root } from '../lib/paths.mjs';
import { table } from './lib.mjs';

const { residualsOf, tableCatalog, validate } = await bundled(`
  export { residualsOf } from './server/src/validation/bands.ts';
  export { tableCatalog } from './server/src/validation/table-catalog.ts';
  export { validate } from './server/src/validation/run.ts';
`);

const engines = { trtllm: 'tensorrt-llm', sglang: 'sglang', vllm: 'vllm' };
const formats = { fp4: 'nvfp4', fp8: 'fp8', int4: 'int4' };
const isPowerOfTwo = (count) => (count & (count - 1)) === 0;
const nameOf = ({ backend, system, model_path, precision }) => `${backend}/${system}/${model_path}/${precision}`;

function* rowsOf(samples) {
  // A TP that divides no heads sums up the GPUs of engines that only prefill and others that only decode.
  const summed = new Set(samples.filter(({ tp_size }) => !isPowerOfTwo(Number(tp_size))).map(nameOf));
  for (const [index, sample] of samples.entries()) {
    const [tp, attention] = [Number(sample.tp_size), Number(sample.attention_dp_size || 1)];
    // One series takes as long for 5 requests as for 224: it ran without graphs, which its table does not say.
    const isEager = String(sample.silicon_data_source).includes('trtllm/1.3.0rc1');
    if (sample.mode !== 'agg' || attention !== 1 || Number(sample.pp_size || 1) !== 1 || isEager || summed.has(nameOf(sample))) continue;
    const quant = sample.model_path.includes('gpt-oss') ? 'mxfp4' : formats[sample.precision];
    yield {
      id: `sample-${index}`,
      source: nameOf(sample),
      where: 'ai-dynamo/aiconfigurator, silicon_sample.csv',
      kind: 'tpot',
      model: { id: sample.model_path },
      hardware: { gpu: sample.system.replace('_sxm', ''), gpus: tp },
      engine: { name: engines[sample.backend] },
      parallel: { tp, ep: Number(sample.moe_ep_size || 1) },
      config: { isl: Number(sample.isl), osl: Number(sample.osl), in_flight: Number(sample.batch_size), ...(quant ? { quant } : {}) },
      measured: { tpot_ms: Number(sample.silicon_tpot_ms) },
    };
  }
}

const rows = [...rowsOf(table('aiconfigurator/silicon_sample.csv.gz'))];
const report = validate(rows.map((row) => JSON.stringify(row)).join('\n'), tableCatalog);
const tables = new Map();
for (const { quantity, regime, source, size } of residualsOf(report)) {
  const own = tables.get(source) ?? { quantity, regime, sizes: [] };
  own.sizes.push(Math.round(1000 * size) / 1000);
  tables.set(source, own);
}
const out = [...tables].map(([source, { quantity, regime, sizes }]) => ({ source, quantity, regime, sizes: sizes.sort((a, b) => a - b) }));
for (const { source, sizes } of out)
  console.log(`${source}: ${sizes.length} rows, median ${(100 * sizes[sizes.length >> 1]).toFixed(1)} %`);
const sum = out.reduce((count, { sizes }) => count + sizes.length, 0);
console.log(`${rows.length} rows, ${sum} compared`);
const lines = out.map((one) => `    ${JSON.stringify(one)}`).join(',\n');
const why = 'written by scripts/fit/tokens.mjs: errors of times per token against a table that the project does not hold';
writeFileSync(join(root, 'test/validation/token-residuals.json'), `{\n  "why": ${JSON.stringify(why)},\n  "tables": [\n${lines}\n  ]\n}\n`);
