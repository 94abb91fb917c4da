/**
 * Checkpoints that a script converts before it builds an engine: `convert_checkpoint.py` and `quantize.py` say the model, how it is
 * divided and its format; `trtllm-build` then names their output. Source: NVIDIA/TensorRT-LLM examples/ and commands/build.py.
 */
import type { CommandLine, ConfigDocument } from '../../syntax/document.ts';
import { withHolders } from '../engines/holders.ts';
import { readFlags } from '../flags.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';

const converters = /(?:^|\/)(?:convert_checkpoint|quantize|hf_\w+_convert|build)\.py$/;

const isFolder = (path: string | undefined): string | undefined => path?.replace(/\/+$/, '');

/** What the conversion whose output is built says; of several that might be meant the last above the build. */
export function converted(document: ConfigDocument, build: CommandLine, checkpoint: Setting | undefined): readonly Setting[] {
  const found = document.commands
    .filter((one) => one.range.start < build.range.start)
    .map((one) => settingsOf(one))
    .filter((settings) => settings.length > 0);
  const wanted = isFolder(settingText(checkpoint));
  const output = (settings: readonly Setting[]) => isFolder(settingText(settings.find(({ name }) => name === 'output-dir')));
  const chosen = found.findLast((settings) => wanted !== undefined && output(settings) === wanted) ?? found.at(-1);
  return (chosen ?? []).filter(({ name }) => name !== 'output-dir').map(weightOnly);
}

function settingsOf({ words }: CommandLine): readonly Setting[] {
  const at = words.findIndex(({ text }) => text !== undefined && converters.test(text));
  return at < 0 ? [] : readFlags(words.slice(at + 1).map(withHolders), { oneValue: true, switches }).settings;
}

const switches: ReadonlySet<string> = new Set([
  'use-weight-only',
  'int8-kv-cache',
  'fp8-kv-cache',
  'smoothquant',
  'per-token',
  'per-channel',
  'load-by-shard',
]);

/** `--weight_only_precision int4` is how the weights are quantized. */
const weightOnly = (setting: Setting): Setting =>
  setting.name === 'weight-only-precision' ? { ...setting, name: 'quantization' } : setting;
