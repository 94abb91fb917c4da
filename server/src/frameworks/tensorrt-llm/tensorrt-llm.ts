/**
 * TensorRT-LLM: `trtllm-serve`, `trtllm-bench`, `trtllm-build` with the conversion before it, `LLM(...)` of tensorrt_llm in Python, the
 * YAML of its options, and the `config.json` of engines and checkpoints.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Adapter, ReadContext, Reading } from '../adapter.ts';
import { noContext } from '../adapter.ts';
import { keyOrigin, noteWritten, setDerived, setField } from '../draft.ts';
import { type EngineFrame, engineAdapter, readCommand, readKeys } from '../engines/frame.ts';
import type { EngineCommand } from '../engines/start.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import { type Pins, pinnedRelease } from '../pins.ts';
import type { Setting } from '../setting.ts';
import { settingNumber } from '../setting.ts';
import { converted } from './convert.ts';
import { bareName, isDisaggregated, isEngineFile, isWrapped, sides, telling } from './files.ts';
import { tensorRtLlmKeys } from './keys.ts';
import { leadersOf } from './leader.ts';
import { tensorRtLlmRows } from './rows.ts';
import { completeTensorRtLlm } from './settings.ts';

interface Release {
  readonly name: string;
}

const release = (pins: Pins): Release => ({
  name: pinnedRelease(pins, 'tensorrt-llm', 'TensorRT-LLM', [{ since: '1.0' }, { since: '0' }])?.name ?? 'TensorRT-LLM 1.x',
});

const known: ReadonlySet<string> = new Set([
  ...tensorRtLlmKeys.keys.map(({ name }) => name.split('.', 1)[0] ?? name),
  ...`host port hostname version urls num-instances log-level num-postprocess-workers revision reasoning-parser tool-parser metadata-server-config-file custom-module-dirs chat-template
  otlp-traces-endpoint print-iter-log enable-iter-perf-stats enable-iter-req-stats stream-interval scheduler-config batching-type torch-compile-config
  sampler-type attn-backend load-format autotuner-enabled enable-autotuner garbage-collection-gen0-threshold kv-connector-config peft-cache-config
  postprocess-tokenizer-dir skip-tokenizer-init fail-fast-on-attention-window-too-large dataset num-requests concurrency streaming warmup target-input-len
  target-output-len report-json iteration-log eos-id modality sampler-options data-device mm-encoder-only perf-metrics-max-requests nvfp4-gemm-config
  remove-input-padding context-fmha multiple-profiles max-prompt-embedding-table-size builder-opt input-timing-cache model-config build-config
  use-fp8-context-fmha use-fused-mlp reduce-fusion user-buffer norm-quant-fusion opt-num-tokens strongly-typed logits-dtype gather-all-token-logits
  gather-context-logits gather-generation-logits speculative-decoding-mode max-draft-len lora-plugin lora-dir lora-target-modules monitor-memory profiling-verbosity
  guided-decoding-backend cp-config calib-size batch-size awq-block-size max-output-len use-gpt-attention-plugin use-gemm-plugin enable-context-fmha`.split(
    /\s+/,
  ),
]);

/** Subcommands stand in front of the model or behind its flags. */
const serverWords = /^(?:serve|mm_embedding_serve)$/;

function prepare(found: EngineCommand): EngineCommand | undefined {
  const { words, started } = found;
  if (/trtllm-bench/.test(started)) {
    const at = words.findIndex(({ text }) => text !== undefined && /^(?:throughput|latency|build|prepare-dataset)$/.test(text));
    return at < 0 || words[at]?.text === 'prepare-dataset' ? undefined : { ...found, words: words.filter((_, index) => index !== at) };
  }
  const [first, ...rest] = words;
  if (/^disaggregated/.test(first?.text ?? '')) return undefined;
  return serverWords.test(first?.text ?? '') ? { ...found, words: rest } : found;
}

const frame: EngineFrame<Release> = {
  id: 'tensorrt-llm',
  label: 'TensorRT-LLM',
  start: {
    module: /(?:^|\/)tensorrt_llm[./]commands[./](?:serve|build)(?:\.py)?$/,
    program: /(?:^|\/)trtllm-(?:serve|bench|build)$/,
  },
  flags: {
    short: { m: 'model', c: 'config' },
    switches: new Set(['trust-remote-code', 'streaming', 'use-weight-only', 'monitor-memory', 'multiple-profiles-on', 'int8-kv-cache']),
  },
  positional: ['model'],
  calls: { callee: /^tensorrt_llm\b(?:.*\.)?(?:LLM|PyTorchLLM|TrtLlmArgs|TorchLlmArgs|LlmArgs)$/, positional: ['model'] },
  telling,
  isKnown: (name) => known.has(name),
  rows: tensorRtLlmRows,
  keys: tensorRtLlmKeys,
  prepare,
  rename: bareName,
  release,
  complete: (draft, settings) => {
    const build = draft.document.commands.find(({ range }) => range.start === draft.launch.start && range.end === draft.launch.end);
    const checkpoint = settings.find(({ name }) => name === 'checkpoint-dir');
    const before = build === undefined || checkpoint === undefined ? [] : converted(draft.document, build, checkpoint);
    const own = new Set(settings.map(({ name }) => name));
    const added = before.filter(({ name }) => !own.has(name));
    for (const row of tensorRtLlmRows) row.read(draft, added);
    noteWritten(draft, 'tensorrt-llm', added);
    completeTensorRtLlm(draft, [...added, ...settings]);
    if (build !== undefined && checkpoint !== undefined) readRanks(draft, build.range.end);
  },
};

/** The launcher behind a build says how many ranks there are, when the build does not. */
function readRanks(draft: Parameters<EngineFrame<Release>['complete']>[0], after: number): void {
  for (const { words, range } of draft.document.commands) {
    if (range.start < after || !words.some(({ text }) => text?.endsWith('launch_triton_server.py'))) continue;
    const at = words.findIndex(({ text, unknown }) => text?.startsWith('--world_size') === true || unknown.length > 0);
    const word = words[at];
    if (word === undefined) continue;
    const number = /^--world_size=(\d+)$/.exec(word.text ?? '')?.[1] ?? (word.text === '--world_size' ? words[at + 1]?.text : undefined);
    const { uri } = draft.document;
    const origin = { uri, key: word.range, value: word.value, spelling: '--world_size' };
    if (number !== undefined && /^\d+$/.test(number)) setField(draft, 'cluster.gpus', Number(number), { kind: 'key', ...origin });
    else {
      delete draft.job['cluster.gpus'];
      draft.sources['cluster.gpus'] = {
        kind: 'unresolved',
        ...origin,
        why: `world_size is ${word.unknown.join(', ')}, given by the caller of the script`,
      };
    }
  }
}

const base = engineAdapter(frame);

function detect(document: ConfigDocument): number {
  if (isEngineFile(document)) return 0.97;
  if (isDisaggregated(document)) return 0.96;
  if (hasCommands(document) && leadersOf(document).length > 0) return 0.9;
  return isWrapped(document) ? 0.95 : base.detect(document);
}

function read(document: ConfigDocument, context: ReadContext = noContext): readonly Reading[] {
  if (isDisaggregated(document)) return sides.map((side) => readSide(document, side, context.pins));
  const tensor = context.linkedBy?.job['parallel.tensor'];
  if (tensor !== undefined && base.detect(document) > 0 && document.commands.length === 0 && !document.python)
    return [readKeys(document, linkedFrame(tensor), context.pins)];
  if (isEngineFile(document) || isWrapped(document)) return [readKeys(document, frame, context.pins)];
  const leaders = hasCommands(document) ? leadersOf(document).map((leader) => readCommand(document, frame, leader, context.pins)) : [];
  return [...leaders, ...base.read(document, context)];
}

/** A file of options that a launch names: TP stands there as a rule, and attention may be divided by it. */
const linkedFrame = (tensor: number): EngineFrame<Release> => ({
  ...frame,
  complete: (draft, settings, of) => {
    if (draft.sources['parallel.tensor'] === undefined) setDerived(draft, 'parallel.tensor', tensor, [], 'the launch says it');
    frame.complete(draft, settings, of);
  },
});

/** One side of a file for prefill and decode: its own keys before those of the whole file. */
function readSide(document: ConfigDocument, { block, role }: (typeof sides)[number], pins: Pins): Reading {
  const inside = new RegExp(`^${block.replace('_', '-')}\\.`);
  const others = new RegExp(`^(?:${sides.map(({ block: one }) => one.replace('_', '-')).join('|')})(?:\\.|$)`);
  const pick = (settings: readonly Setting[]): readonly Setting[] =>
    settings.flatMap((setting) => {
      if (inside.test(setting.name))
        return [{ ...setting, name: setting.name.replace(inside, '').replace(/^[^.]+/, (head) => head.replaceAll('_', '-')) }];
      return others.test(setting.name) ? [] : [setting];
    });
  return readKeys(
    document,
    {
      ...frame,
      adjust: pick,
      complete: (draft, settings) => {
        frame.complete(draft, settings, release(pins));
        setDerived(draft, 'serving.role', role, [], `it stands under ${block}`);
        const number = settings.find(({ name }) => name === 'num-instances');
        const replicas = settingNumber(number);
        if (number !== undefined && replicas !== undefined) setField(draft, 'serving.replicas', replicas, keyOrigin(draft, number));
      },
    },
    pins,
  );
}

export const adapter: Adapter = { ...base, detect, read };
