/**
 * One row of a validation file: a published configuration and what was measured. Reading splits the row at once into the
 * inputs and the measured numbers, so that nothing that makes a prediction can see an answer: the functions that build a
 * job take `CaseInput` only. Of `measured` only `mem_kind` and `mem_scope` are inputs; they hold no number.
 */
import { z } from 'zod';

/** Tables disagree about how they write a yes, a number or a name: what is clear is taken. */
const text = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => (value === true ? 'yes' : value === false ? 'none' : String(value)))
  .optional();
const count = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d+(?:\.\d+)?\s*$/, 'a number is expected')
      .transform(Number),
  ])
  .refine(Number.isFinite, 'a number is expected')
  .optional();
const flag = z
  .union([z.boolean(), z.literal(0), z.literal(1), z.enum(['true', 'false', 'yes', 'no'])])
  .transform((value) => value === true || value === 1 || value === 'true' || value === 'yes')
  .optional();

const modelSchema = z.looseObject({
  name: text,
  id: text,
  params: count,
  layers: count,
  hidden: count,
  heads: count,
  kv_heads: count,
  head_dim: count,
  ffn: count,
  vocab: count,
  seq: count,
  gated_mlp: flag,
  tied_embeddings: flag,
  experts: count,
  topk: count,
  moe_ffn: count,
  shared_expert_ffn: count,
  moe_layer_freq: z.unknown().optional(),
  mla: z.unknown().optional(),
  part: text,
});

const hardwareSchema = z.looseObject({
  gpu: z.string().nullish(),
  gpus: count,
  gpus_per_node: count,
  gpu_mem_gib: count,
  inter: text,
  intra: text,
  system: text,
});

const parallelSchema = z.looseObject({
  tp: count,
  pp: count,
  vpp: count,
  cp: count,
  ep: count,
  dp: count,
  sp: flag,
  zero: count,
  zero_group: z.union([z.number(), z.string()]).optional(),
  fsdp: z.union([z.string(), z.number()]).optional(),
  vocab_parallel: flag,
  async_tp: flag,
  sequence_parallel_ulysses: count,
  dcp: count,
  flags: z.record(z.string(), z.unknown()).optional(),
});

const inputSchema = z.looseObject({
  id: z.string(),
  kind: z.string(),
  source: text,
  where: text,
  note: text,
  task: text,
  technique: text,
  model: modelSchema.optional(),
  hardware: hardwareSchema.optional(),
  parallel: parallelSchema.optional(),
  batch: z.looseObject({ micro: count, global: count, grad_accum: count, local: count, tokens: count }).optional(),
  numerics: z.looseObject({ compute: text, param: text, optimizer: text, optimizer_states: text, fsdp_mixed_precision: text }).optional(),
  recompute: text,
  schedule: text,
  attention: text,
  offload: text,
  compile: flag,
  kernels: text,
  lora: z.unknown().optional(),
  config: z.looseObject({}).optional(),
  engine: z.looseObject({ name: text, version: text }).optional(),
  comm: z.looseObject({ op: text, ranks: count, bytes: count }).optional(),
});

/** Everything of a row that may be used to make a prediction. */
export type CaseInput = z.infer<typeof inputSchema> & {
  /** `measured.mem_kind`: allocated, reserved ... */
  readonly memKind?: string;
  /** `measured.mem_scope`: per GPU or sum over GPUs. */
  readonly memScope?: string;
};

/** One row, split into what was run and what came out. */
export interface CaseRow {
  readonly input: CaseInput;
  /** Measured numbers and yes/no results by name; empty when the row is blind. */
  readonly measured: Readonly<Record<string, number | boolean>>;
}

export type RowReading = { readonly row: CaseRow } | { readonly id: string; readonly problem: string };

/** A null says as much as a missing key. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, entry]) => entry !== null);
  return Object.fromEntries(kept.map(([key, entry]) => [key, withoutNulls(entry)]));
}

/** Reads one line of a .jsonl file. Never throws: a line that is no row gives the problem in one sentence. */
export function readRow(line: string, lineNumber: number): RowReading {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { id: `line ${lineNumber}`, problem: 'the line is not valid JSON' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { id: `line ${lineNumber}`, problem: 'the line is not a JSON object' };
  }
  const { measured, ...rest } = withoutNulls(value) as Record<string, unknown>;
  const parsed = inputSchema.safeParse(rest);
  if (!parsed.success) {
    const id = typeof rest.id === 'string' ? rest.id : `line ${lineNumber}`;
    const issue = parsed.error.issues[0];
    return { id, problem: `the field ${issue?.path.join('.') ?? ''} cannot be used: ${issue?.message ?? 'unknown form'}` };
  }
  const hints = typeof measured === 'object' && measured !== null ? (measured as Record<string, unknown>) : {};
  const input: CaseInput = {
    ...parsed.data,
    ...(typeof hints.mem_kind === 'string' ? { memKind: hints.mem_kind } : {}),
    ...(typeof hints.mem_scope === 'string' ? { memScope: hints.mem_scope } : {}),
  };
  const numbers: Record<string, number | boolean> = {};
  for (const [name, entry] of Object.entries(hints)) {
    if ((typeof entry === 'number' && Number.isFinite(entry)) || typeof entry === 'boolean') numbers[name] = entry;
  }
  return { row: { input, measured: numbers } };
}

/** Reads a whole .jsonl text; empty lines are skipped. */
export function readRows(content: string): RowReading[] {
  const readings: RowReading[] = [];
  let lineNumber = 0;
  for (const line of content.split(/\r?\n/)) {
    lineNumber += 1;
    if (line.trim() !== '') readings.push(readRow(line, lineNumber));
  }
  return readings;
}
