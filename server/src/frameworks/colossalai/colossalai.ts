/**
 * ColossalAI: `colossalai run --nproc_per_node 8 train.py -p 3d --tp 4 --pp 2 --zero 1 -b 2`. The flags are those of the example
 * scripts (examples/language and applications/Colossal-LLaMA of ColossalAI 4f9953be), which hand them to a plugin.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import type { Draft } from '../draft.ts';
import { createDraft, finishReading, keyOrigin, setDefault, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { type Find, finder } from '../find.ts';
import { type FlagOptions, flagNames, readFlags } from '../flags.ts';
import { nameHidden } from '../hidden-arguments.ts';
import { type Launch, launchesOf, readCluster } from '../launchers/launch.ts';
import { count, present } from '../parse.ts';
import { readRows, row } from '../row.ts';
import { settingNumber, settingText } from '../setting.ts';
import { colossalaiKeys } from './keys.ts';
import { pluginCalls, readPlugin } from './python.ts';

const framework = 'colossalai';
const release = 'ColossalAI 0.4 (4f9953be)';

const short = {
  c: 'config',
  p: 'plugin',
  b: 'batch-size',
  l: 'max-length',
  g: 'grad-checkpoint',
  x: 'xformers',
  s: 'num-steps',
  i: 'ignore-steps',
  m: 'memory-limit',
} as const;
const switches: ReadonlySet<string> = new Set([
  'grad-checkpoint',
  'xformers',
  'use-grad-checkpoint',
  'use-flash-attn',
  'custom-ckpt',
  'use-fp8',
]);
const options: FlagOptions = { short, switches };

export const colossalaiRows = [
  row({ field: 'parallel.tensor', keys: ['tp', 'tp-size'], parse: count }),
  row({ field: 'parallel.pipeline', keys: ['pp', 'pp-size'], parse: count }),
  row({ field: 'parallel.virtualStages', keys: ['n-chunks'], parse: count }),
  row({ field: 'sequence.length', keys: ['max-length'], parse: count }),
  row({ field: 'recompute.granularity', keys: ['grad-checkpoint', 'use-grad-checkpoint'], parse: present('full') }),
  row({ field: 'attention.kernel', keys: ['xformers', 'use-flash-attn'], parse: present('flash') }),
  row({ field: 'precision.fp8', keys: ['use-fp8'], parse: present(true) }),
];

const launches = (document: ConfigDocument): readonly Launch[] =>
  launchesOf(document, /\.py$/).filter(({ launchers, after }) => {
    const names = flagNames(after);
    const namesPlugin = names.has('plugin') || names.has('p');
    return launchers.includes('colossalai') || (namesPlugin && (names.has('tp') || names.has('zero-stage') || names.has('zero')));
  });

const launchesIn = (document: ConfigDocument): readonly Launch[] => (document.format === 'shell' ? launches(document) : []);

function readLaunch(document: ConfigDocument, launch: Launch): Reading {
  const { settings, opaque } = readFlags(launch.after, options);
  const draft = createDraft({ document, framework, kind: 'training', release, launch: launch.command.range });
  const find = finder(draft, settings);
  readCluster(draft, launch);
  readRows(draft, colossalaiRows, settings);
  readNamedPlugin(draft, find);
  readBatch(draft, find);
  readModel(draft, find);
  if (/benchmark\.py$/.test(launch.name)) setDefault(draft, 'sequence.length', 4096, 'max_length of benchmark.py');
  nameHidden(draft, opaque);
  // Every example script has arguments of its own, so that none is a mistake.
  return finishReading(draft, settings, () => true);
}

/** Plugins by the names the scripts give them; the last part says whether states live on the host. */
function readNamedPlugin(draft: Draft, find: Find): void {
  const plugin = find('plugin');
  const zero = find('zero', 'zero-stage');
  const name = settingText(plugin);
  if (name !== undefined) draft.facts.plugin = name;
  const stage = settingNumber(zero);
  const isHybrid = name === undefined || /^(?:3d|hybrid)/.test(name);
  if (isHybrid && zero !== undefined && (stage === 0 || stage === 1 || stage === 2))
    setField(draft, 'zero.stage', stage, keyOrigin(draft, zero));
  else if (isHybrid && zero === undefined) setDefault(draft, 'zero.stage', 0, 'zero_stage of HybridParallelPlugin is 0 in the scripts');
  else if (isHybrid && zero !== undefined) setUnknown(draft, 'zero.stage', unresolvedOrigin(draft, zero));
  else if (plugin !== undefined && /^zero2/.test(name ?? '')) setField(draft, 'zero.stage', 2, keyOrigin(draft, plugin));
  else if (plugin !== undefined && /^(?:gemini|fsdp)/.test(name ?? ''))
    setDerived(draft, 'zero.stage', 3, [], `plugin ${name} shards parameters too`);
  const onHost = /_cpu$/.test(name ?? '');
  setDefault(
    draft,
    'zero.offloadOptimizer',
    onHost ? 'cpu' : 'none',
    onHost ? `plugin ${name} keeps states on the host` : 'no plugin that offloads is named',
  );
  if (isHybrid) {
    setDefault(draft, 'parallel.tensor', 1, 'tp is 1 in the scripts');
    setDefault(draft, 'parallel.pipeline', 1, 'pp is 1 in the scripts');
  }
  const isFsdp = /^fsdp/.test(name ?? '');
  if (isFsdp) setDefault(draft, 'zero.implementation', 'fsdp1', 'TorchFSDPPlugin wraps PyTorch FSDP');
  const precision = settingText(find('mixed-precision'));
  const format = precision === 'fp16' || isFsdp ? 'fp16' : 'bf16';
  setDefault(draft, 'precision.compute', format, 'the precision the script gives its plugin');
  setDefault(draft, 'precision.params', format, 'weights are stored in the precision of the plugin');
  setDefault(draft, 'precision.gradients', format, 'gradients have the format of the weights');
  setDefault(draft, 'optimizer.kind', 'adam', 'HybridAdam is the optimizer of the scripts');
  setDefault(draft, 'recompute.granularity', 'none', 'no -g');
}

/** With a pipeline the batch of a rank is cut into micro batches of `--mbs`. */
function readBatch(draft: Draft, find: Find): void {
  const batch = find('batch-size');
  const micro = find('mbs', 'microbatch-size');
  const whole = settingNumber(batch);
  const part = settingNumber(micro);
  const accumulation = settingNumber(find('accumulation-steps')) ?? 1;
  if (whole !== undefined) draft.facts.batch = whole;
  const isPiped = (draft.job['parallel.pipeline'] ?? 1) > 1;
  if (isPiped && micro !== undefined && part !== undefined) {
    setField(draft, 'batch.micro', part, keyOrigin(draft, micro));
    if (whole !== undefined && whole % part === 0)
      setDerived(draft, 'batch.accumulation', (whole / part) * accumulation, ['batch.micro'], `batch ${whole} / micro batch ${part}`);
  } else if (batch !== undefined && whole !== undefined && !isPiped) {
    setField(draft, 'batch.micro', whole, keyOrigin(draft, batch));
    setDefault(draft, 'batch.accumulation', accumulation, 'accumulation_steps of the script');
  } else if (batch !== undefined && !isPiped) setUnknown(draft, 'batch.micro', unresolvedOrigin(draft, batch));
}

/** Sizes of the benchmarks are those of Llama 2; other words are paths and names of the Hub. */
const sizes: { readonly [word: string]: string } = {
  '7b': 'meta-llama/Llama-2-7b-hf',
  '13b': 'meta-llama/Llama-2-13b-hf',
  '70b': 'meta-llama/Llama-2-70b-hf',
};

function readModel(draft: Draft, find: Find): void {
  const setting = find('pretrained', 'model', 'config');
  const word = settingText(setting) ?? setting?.written;
  if (setting === undefined || word === undefined) return;
  if (settingText(setting) !== undefined) setField(draft, 'model.name', word, keyOrigin(draft, setting));
  draft.links.push({ range: setting.value, target: (Object.hasOwn(sizes, word) ? sizes[word] : undefined) ?? word, role: 'model' });
}

export const adapter: Adapter = {
  id: framework,
  label: 'ColossalAI',
  detect: (document) => (launchesIn(document).length > 0 || pluginCalls(document).length > 0 ? 0.9 : 0),
  read: (document) => [
    ...launchesIn(document).map((launch) => readLaunch(document, launch)),
    ...pluginCalls(document).map((call) => readPlugin(document, call, { framework, release })),
  ],
  spell: (field, value) => {
    const key = colossalaiRows.find((one) => one.field === field)?.keys[0];
    return key === undefined ? undefined : `--${key} ${value}`;
  },
  keys: colossalaiKeys,
};
