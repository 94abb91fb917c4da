/** Adapters, frozen weights, fused losses and offloading of a fine-tuning row, with the defaults of the script it names. */
import type { Assumption } from '../core/estimate.ts';
import type { AdapterKind, BaseFormat, PartialJobDraft } from '../core/job-fields.ts';
import type { CaseInput } from './row.ts';
import type { Stack } from './stack.ts';

/** Writes the fields of fine-tuning; rows that only pre-train are left alone. */
export function fineTuningOf(input: CaseInput, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const kind = adapterKind(input);
  if (kind !== undefined) adapterOf(input, kind, stack, fields, assumptions);
  kernelsOf(input, fields, assumptions);
  techniquesOf(input, fields);
  offloadOf(input, fields);
  recipeOf(input, stack, kind, fields, assumptions);
}

function adapterKind(input: CaseInput): AdapterKind | undefined {
  const words = `${input.task ?? ''} ${input.technique?.replace(/\(.*/, '') ?? ''} ${String(input.config?.adapter ?? '')}`;
  if (/q-?lora/i.test(words)) return 'qlora';
  if (/lora/i.test(words)) return 'lora';
  if (/adapter v2/i.test(words)) return 'adapter-v2';
  return /adapter/i.test(words) ? 'adapter' : undefined;
}

/** What the script trains when the row does not say: rank, targets, dropout, and where that stands. */
interface AdapterDefaults {
  readonly rank: number;
  readonly targets: string;
  readonly dropout: boolean;
  readonly where: string;
}

function defaultsOf(input: CaseInput, stack: Stack): AdapterDefaults {
  if (stack === 'litgpt') return { rank: 8, targets: 'q,v', dropout: true, where: 'litgpt/finetune/lora.py' };
  if (stack === 'torchtune') {
    const rank = /3\.2/.test(input.model?.name ?? '') ? 64 : /(70|405)b/i.test(input.model?.name ?? '') ? 16 : 8;
    return { rank, targets: 'q,v,o,gate,up,down', dropout: false, where: 'torchtune/recipes/configs' };
  }
  if (/qwenlm/i.test(input.source ?? '')) return { rank: 64, targets: 'all-linear', dropout: true, where: 'Qwen finetune.py' };
  if (/fsdp_qlora/i.test(input.source ?? '')) return { rank: 64, targets: 'all-linear', dropout: true, where: 'fsdp_qlora train.py' };
  return { rank: 8, targets: 'q,v', dropout: false, where: 'peft/tuners/lora/config.py' };
}

function adapterOf(input: CaseInput, kind: AdapterKind, stack: Stack, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const defaults = defaultsOf(input, stack);
  const lora = typeof input.lora === 'object' && input.lora !== null ? (input.lora as Record<string, unknown>) : {};
  const rank = lora.rank ?? input.config?.lora_r;
  const targets = targetsOf(lora.targets ?? (input.config?.lora_target_linear === true ? 'all linear' : input.config?.lora_target_modules));
  fields['adapter.kind'] = kind;
  fields['adapter.dropout'] = defaults.dropout;
  if (kind !== 'adapter' && kind !== 'adapter-v2') {
    fields['adapter.rank'] = typeof rank === 'number' ? rank : defaults.rank;
    fields['adapter.targets'] = targets ?? defaults.targets;
    const unstated = [typeof rank === 'number' ? '' : `rank ${defaults.rank}`, targets === undefined ? defaults.targets : ''].filter(
      Boolean,
    );
    if (unstated.length > 0)
      assumptions.push({ field: 'adapter.rank', value: unstated.join(', '), why: `not stated: the default of ${defaults.where}` });
  }
  if (/\(emb\)/i.test(input.task ?? '')) fields['adapter.wholeModules'] = 'embed,head';
  if (stack === 'litgpt' || stack === 'torchtune' || /fsdp_qlora/i.test(input.source ?? '')) {
    fields['adapter.format'] = 'bf16';
    assumptions.push({ field: 'adapter.format', value: 'bf16', why: 'not stated: these scripts cast the adapters with the model' });
  }
  fields['adapter.keepsInputs'] = /oct 2023|litgpt resource|mar 2024/i.test(`${input.source ?? ''} ${input.note ?? ''}`);
  const format = baseFormat(input, kind, stack);
  if (format === undefined) return;
  fields['model.baseFormat'] = format;
  const quantized = !/16|32/.test(format);
  if (/^nf4/.test(format) && !/nf4/i.test(input.numerics?.param ?? ''))
    assumptions.push({ field: 'model.baseFormat', value: format, why: 'which form of 4 bits is not stated: the one of the software' });
  if (fields['adapter.keepsInputs'] && quantized)
    assumptions.push({
      field: 'adapter.keepsInputs',
      value: 'true',
      why: 'the table is older than July 2024, and bitsandbytes kept the inputs of its products before 0.43.2',
    });
}

const targetNames: Readonly<Record<string, string>> = {
  q_proj: 'q',
  k_proj: 'k',
  v_proj: 'v',
  o_proj: 'o',
  gate_proj: 'gate',
  up_proj: 'up',
  down_proj: 'down',
};

/** "q_proj k_proj", ["q_proj", ...] or "all linear" as the core writes targets; names of other architectures are left out. */
function targetsOf(written: unknown): string | undefined {
  if (typeof written === 'string' && /all[- ]linear/i.test(written)) return 'all-linear';
  const names = Array.isArray(written) ? written.map(String) : typeof written === 'string' ? written.split(/[\s,]+/) : [];
  const known = names.flatMap((name) => targetNames[name] ?? []);
  return known.length === 0 ? undefined : known.join(',');
}

/** How the frozen weights are stored; which 4-bit form where the row says only "4 bit". */
function baseFormat(input: CaseInput, kind: AdapterKind, stack: Stack): BaseFormat | undefined {
  const param = input.numerics?.param ?? '';
  if (/gptq/i.test(param)) return 'gptq-4bit';
  if (/nf4-dq/i.test(param)) return 'nf4-dq';
  if (/8-?bit/i.test(param)) return 'int8';
  // torchtune's NF4 tensors, axolotl and fms-acceleration quantize the scales too; fsdp_qlora and LitGPT's plain nf4 do not.
  const twice = stack === 'torchtune' || /axolotl|fms-acceleration/i.test(input.source ?? '');
  if (/4-?bit|nf4/i.test(param) || kind === 'qlora') return twice ? 'nf4-dq' : 'nf4';
  if (/bf16|bfloat16/i.test(param)) return 'bf16';
  if (/fp16|float16/i.test(param)) return 'fp16';
  return /fp32|float32/i.test(param) ? 'fp32' : undefined;
}

function kernelsOf(input: CaseInput, fields: PartialJobDraft, assumptions: Assumption[]): void {
  const kernels = input.kernels ?? '';
  const plugins = JSON.stringify(input.config?.plugins ?? []);
  if (/foak|liger|unsloth/i.test(kernels)) fields['kernels.fused'] = true;
  // fms-acceleration fuses norms, rotary embedding and the loss, not the gate of the MLP.
  if (/foak/i.test(kernels)) {
    fields['kernels.fusedMlp'] = false;
    assumptions.push({
      field: 'kernels.fusedMlp',
      value: 'false',
      why: "fms-acceleration's fused kernels leave the gate of the MLP alone",
    });
  }
  if (/qwenlm/i.test(input.source ?? '')) {
    fields['loss.upcast'] = false;
    assumptions.push({ field: 'loss.upcast', value: 'false', why: "Qwen's own modeling_qwen.py hands the loss its logits as they are" });
  }
  if (/mixed_precision no\b/i.test(input.note ?? '')) fields['precision.autocast'] = false;
  if (/liger/i.test(kernels) || /cut_?cross_?entropy|liger/i.test(plugins)) fields['loss.fused'] = true;
  if (/\bpacked to\b|packed \d/i.test(input.note ?? '') || input.config?.sample_packing === true) fields['batch.packing'] = true;
}

/** Techniques a table adds one after the other, in its order; a row that says "cumulative" has all up to its own. */
const cumulative: readonly (readonly [RegExp, (fields: PartialJobDraft) => void])[] = [
  [
    /packed dataset/i,
    (fields) => {
      fields['batch.packing'] = true;
    },
  ],
  [
    /compile/i,
    (fields) => {
      fields['compile.enabled'] = true;
    },
  ],
  [
    /chunked cross entropy/i,
    (fields) => {
      fields['loss.chunks'] = 8;
    },
  ],
  [/activation checkpointing/i, () => undefined],
  [
    /optimizer step into backward/i,
    (fields) => {
      fields['optimizer.inBackward'] = true;
    },
  ],
  [/activation offloading/i, () => undefined],
  [
    /8-bit adamw/i,
    (fields) => {
      fields['optimizer.kind'] = 'adam-8bit';
    },
  ],
];

function techniquesOf(input: CaseInput, fields: PartialJobDraft): void {
  const technique = input.technique ?? '';
  const own = /cumulative/i.test(technique) ? cumulative.findIndex(([pattern]) => pattern.test(technique)) : -1;
  if (own >= 0) fields['loss.chunks'] = 1;
  for (const [, apply] of cumulative.slice(0, own + 1)) apply(fields);
  // "Other techniques kept", but a plain optimizer after the backward pass.
  if (/not in-backward; other techniques kept/i.test(technique)) for (const [, apply] of cumulative.slice(0, 4)) apply(fields);
}

function offloadOf(input: CaseInput, fields: PartialJobDraft): void {
  const offload = input.offload ?? '';
  if (/activation/i.test(offload)) fields['offload.activations'] = true;
  const device = /nvme|disk/i.test(offload) ? 'nvme' : /cpu|host/i.test(offload) ? 'cpu' : undefined;
  if (device === undefined) return;
  const whole = /^(cpu|nvme|yes)$|fused optimizer/i.test(offload);
  fields['zero.offloadOptimizer'] = device;
  if (whole || /param/i.test(offload)) fields['zero.offloadParam'] = device;
}

/** torchtune's own recipe for one GPU without adapters: 8-bit paged Adam that steps inside the backward pass. */
function recipeOf(input: CaseInput, stack: Stack, kind: AdapterKind | undefined, fields: PartialJobDraft, assumptions: Assumption[]): void {
  if (stack !== 'torchtune' || input.technique !== undefined || input.numerics?.optimizer !== undefined) return;
  fields['compile.enabled'] ??= /torch\.compile/i.test(input.note ?? '');
  if (kind !== undefined || (input.hardware?.gpus ?? 1) > 1) return;
  fields['optimizer.kind'] = 'adam-8bit';
  fields['optimizer.paged'] = true;
  fields['optimizer.inBackward'] = true;
  const why = 'not stated: the single-device recipes of torchtune/recipes/configs';
  assumptions.push({ field: 'optimizer.kind', value: 'paged 8-bit Adam in the backward pass', why });
}
