/**
 * Finds the card of a public model by a Hub name, a local path that ends in one, or a spelling of it. A re-upload, a chat
 * or instruct version, a checkpoint trained from it and a quantized copy have the shape of the base model, so those suffixes
 * are dropped; a quantized copy keeps its shape but not its number format, which the card returned for it says.
 */
import type { ModelCard } from './load.ts';

const quantization: readonly { readonly suffix: RegExp; readonly method: string }[] = [
  { suffix: /-awq(?:-int4)?$/, method: 'awq' },
  { suffix: /-(?:gptq(?:-int[48])?|int[48])$/, method: 'gptq' },
  { suffix: /-fp8(?:-dynamic|-kv|-block)?$/, method: 'fp8' },
  { suffix: /-(?:nvfp4|fp4)$/, method: 'nvfp4' },
  { suffix: /-(?:unsloth-)?bnb-(?:4bit|nf4)$/, method: 'bitsandbytes' },
];
/** A file of llama.cpp, by its quantization: "Llama-3.1-8B-Instruct-Q4_K_M.gguf", ".UD-Q2_K_XL-00001-of-00003.gguf"; or the repository of such files. */
const gguf = /[-.](?:ud-)?(i?q\d(?:-[a-z0-9]{1,3})*|mxfp4(?:-moe)?|bf16|f16|f32)(?:-\d{5}-of-\d{5})?\.gguf$/;
/** FP8 with a scale for each block of 128 x 128: said by the name, or as Qwen publishes all of its own since Qwen3 (weight_block_size). */
const blockScaled = /fp8-block$|(?:^|\/|--)qwen(?:\/|--)qwen3[\w.-]*-fp8$/;
const blockSide = 128;
/** What a tuned version adds to the name of its base model, wherever it stands: "Mistral-7B-Instruct-v0.3". */
const tuned = /-(?:instruct|chat|it|base|hf|pt|pretrain|thinking|deduped|unsloth)(?=-|$)/g;
/** What people add at the end when they train or convert a model: "Llama-3-8b-sft-mixture", "Qwen3-4B_torch_dist". */
const made =
  /(?:-(?:sft|dpo|rlhf|ppo|grpo|kto|orpo|lora|qlora|merged|mixture|full|finetuned?|torch|dist|mcore|megatron|slime|bf16|fp16|checkpoints))+$/;
/** The folder of a model in the Hub's cache: "models--meta-llama--Llama-3.1-8B/snapshots/8c22764". */
const cached = /(?:^|[\\/])models--([^\\/]+)--([^\\/]+)/;
/** A release date at the end, as in "Qwen3-235B-A22B-Instruct-2507". */
const releaseDate = /-\d{4}$/;

/** "meta-llama/Llama-3.1-8B-Instruct" and "/models/meta-llama-3.1-8b" both give "llama-3.1-8b". */
function modelKey(name: string): { readonly key: string; readonly quantized?: string } {
  const lower = name.toLowerCase();
  const last =
    cached.exec(lower)?.[2] ??
    lower
      .replace(/[\\/]+$/, '')
      .split(/[\\/]/)
      .at(-1) ??
    '';
  let key = last
    .replace(/[\s_]+/g, '-')
    .replace(/^meta-(?=llama)/, '')
    .replace(/^(llama)(?=\d)/, 'llama-')
    .replace(/^(llama-\d)-(\d)(?=-)/, '$1.$2');
  key = untagged(key);
  const file = gguf.exec(key);
  if (file !== null) {
    const [suffix, stored = ''] = file;
    const whole = { key: key.slice(0, -suffix.length).replace(tuned, '') };
    return stored.includes('q') ? { ...whole, quantized: `gguf-${stored.replaceAll('-', '_')}` } : whole;
  }
  key = key.replace(/(?:-gguf|\.gguf)$/, '');
  const found = quantization.find((entry) => entry.suffix.test(key));
  if (found !== undefined) key = key.replace(found.suffix, '');
  key = key.replace(tuned, '');
  return found === undefined ? { key } : { key, quantized: found.method };
}

/** A tag as the end of a file's name: `qwen3-8b-gguf:q4-k-m` of the Hub, `llama3.1:8b-instruct-q4-k-m` and `gemma2:9b` of Ollama. */
function untagged(key: string): string {
  const [base = '', tag] = key.split(':', 2);
  if (tag === undefined) return key;
  const name = base.replace(/-gguf$/, '').replace(/^(gemma|phi|llama)(?=\d)/, '$1-');
  return tag === 'latest' ? name : `${name}-${tag}.gguf`;
}

function quantizedCard(card: ModelCard, method: string, name: string): ModelCard {
  const { 'model.dtype': _dtype, ...fields } = card.fields;
  const group = blockScaled.test(name.toLowerCase().replace(/[\\/]+$/, '')) ? { 'model.quantGroupSize': blockSide } : {};
  return { ...card, fields: { ...fields, 'model.quantization': method, ...group } };
}

/** A look-up over these cards; unknown names give undefined. */
export function modelCardFinder(cards: readonly ModelCard[]): (name: string) => ModelCard | undefined {
  const known = new Map<string, ModelCard>();
  for (const card of cards) {
    for (const name of [card.name, ...card.aliases]) {
      const { key } = modelKey(name);
      if (!known.has(key)) known.set(key, card);
    }
  }
  return (name) => {
    const { key, quantized } = modelKey(name);
    const card = known.get(key) ?? known.get(key.replace(releaseDate, '')) ?? known.get(key.replace(made, ''));
    return card === undefined || quantized === undefined ? card : quantizedCard(card, quantized, name);
  };
}
