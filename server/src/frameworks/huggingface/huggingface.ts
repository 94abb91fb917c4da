/** A model's `config.json` as transformers writes it, with nested text models and other dialects. One reading per file. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, Reading } from '../adapter.ts';
import { createDraft, finishReading } from '../draft.ts';
import { keyNames, topEntries } from '../find.ts';
import { readRows } from '../row.ts';
import type { Setting } from '../setting.ts';
import { entrySettings, firstLine, settingText } from '../setting.ts';
import { applyClassDefaults } from './class-defaults.ts';
import { diffusionClasses, readDiffusion } from './diffusion.ts';
import { readConfigFacts } from './facts.ts';
import { ggufModel, isGgufDump, readGguf } from './gguf.ts';
import { huggingfaceKeys } from './key-table.ts';
import { keysOf } from './keys.ts';
import { readLayers } from './layers.ts';
import { isQuantizationFile, readScheme } from './quantization.ts';
import { biasRows, huggingfaceRows } from './rows.ts';
import { readShape } from './shape.ts';
import { readVision } from './vision.ts';

const framework = 'huggingface';
const release = 'transformers 4.57';

/** Blocks that hold the language model of a larger one, outermost first. */
const nests = [
  'thinker_config.text_config',
  'text_config',
  'llm_config',
  'language_config',
  'language_model_config',
  'transformer_layer_config',
];

const layerNames = ['num_hidden_layers', 'n_layer', 'num_layers', 'n_layers', 'decoder_layers', 'layers_block_type.0'];
const hiddenNames = ['hidden_size', 'n_embd', 'd_model', 'dim'];
/** Files of the same folder that also name a model type. */
const otherFiles = ['peft_type', 'tokenizer_class', 'max_new_tokens', 'image_processor_type', 'feature_extractor_type'];

interface Place {
  /** Dotted path of the block that holds the language model, or the empty string. */
  readonly nest: string;
  readonly found: boolean;
}

/** Where the layers and the width stand. */
function placeOf(names: ReadonlySet<string>): Place {
  const holds = (prefix: string): boolean =>
    layerNames.some((name) => names.has(prefix + name)) && hiddenNames.some((name) => names.has(prefix + name));
  const nest = nests.find((name) => holds(`${name}.`));
  if (nest !== undefined) return { nest, found: true };
  // A language model of the class's own size has a type and little else.
  const typed = holds('') ? undefined : nests.find((name) => names.has(`${name}.model_type`));
  return { nest: typed ?? '', found: typed !== undefined || holds('') };
}

function detect(document: ConfigDocument): number {
  if (document.format !== 'json') return 0;
  if (isDiffusion(document) || isGgufDump(document)) return 0.95;
  const names = keyNames(document);
  if (isQuantizationFile(names)) return 0.95;
  if (otherFiles.some((name) => names.has(name)) && !names.has('vocab_size')) return 0;
  if (!placeOf(names).found) return 0;
  return names.has('model_type') || names.has('architectures') ? 0.95 : names.has('vocab_size') ? 0.6 : 0;
}

function read(document: ConfigDocument): readonly Reading[] {
  if (detect(document) === 0) return [];
  if (isGgufDump(document)) return [ggufReading(document)];
  const all = entrySettings(document);
  if (isDiffusion(document)) return [diffusionReading(document, all)];
  const allNames = new Set(all.map(({ name }) => name));
  if (isQuantizationFile(allNames)) return [quantizationReading(document, all)];
  const { nest } = placeOf(allNames);
  const settings = languageSettings(all, nest);
  const draft = createDraft({ document, framework, kind: 'model', release, launch: firstLine(document) });
  readRows(draft, huggingfaceRows, settings);
  if (nest !== '') applyClassDefaults(draft);
  readShape(draft, settings);
  readRows(draft, biasRows, settings);
  readLayers(draft, settings);
  readScheme(draft, settings, 'quantization_config.');
  readVision(draft, keysOf(draft, all, 'vision_config.'), outerType(all));
  readConfigFacts(draft, settings, all);
  const listed = settings.filter(({ name }) => !name.includes('.') && !/\.\d+$/.test(name));
  // A configuration class keeps any further key as an attribute, so none is a mistake.
  return [finishReading(draft, listed, () => true)];
}

/** The file beside a model that says how its weights are stored, and nothing else. */
function quantizationReading(document: ConfigDocument, settings: readonly Setting[]): Reading {
  const draft = createDraft({ document, framework, kind: 'model', release, launch: firstLine(document) });
  readScheme(draft, settings, 'quantization.');
  const cache = settings.find(({ name }) => name === 'quantization.kv_cache_quant_algo');
  if (typeof cache?.scalar === 'string') draft.facts.kv_cache_dtype = cache.scalar.toLowerCase();
  return finishReading(
    draft,
    settings.filter(({ name }) => !/\.\d+$/.test(name)),
    () => true,
  );
}

function isDiffusion(document: ConfigDocument): boolean {
  return diffusionClasses.includes(String(topEntries(document).get('_class_name')?.scalar));
}

/** A file of diffusers has keys and habits of its own. */
function diffusionReading(document: ConfigDocument, all: readonly Setting[]): Reading {
  const draft = createDraft({ document, framework, kind: 'model', release, launch: firstLine(document) });
  readDiffusion(draft, keysOf(draft, all));
  return finishReading(draft, all, () => true);
}

/** The dump of a GGUF file: the same model under llama.cpp's names. */
function ggufReading(document: ConfigDocument): Reading {
  const model = ggufModel(document);
  const draft = createDraft({ document, framework, kind: 'model', release: 'GGUF 3', launch: firstLine(document) });
  readGguf(draft, model);
  readRows(draft, huggingfaceRows, model.settings);
  readShape(draft, model.settings);
  readLayers(draft, model.settings);
  return finishReading(draft, model.metadata, () => true);
}

/** Keys of the whole file, then those of the language model under their bare names, so that the inner ones win. */
function languageSettings(all: readonly Setting[], nest: string): readonly Setting[] {
  if (nest === '') return all;
  const prefix = `${nest}.`;
  const inner = all
    .filter(({ name }) => name.startsWith(prefix))
    .map((setting) => ({ ...setting, name: setting.name.slice(prefix.length) }));
  return [...all, ...inner];
}

/** The type of the whole model, which decides how its image encoder is built. */
function outerType(all: readonly Setting[]): string | undefined {
  return settingText(all.find(({ name }) => name === 'model_type'));
}

export const adapter: Adapter = { id: framework, label: 'Hugging Face config.json', detect, read, keys: huggingfaceKeys };
