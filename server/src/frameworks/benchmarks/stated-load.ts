/** The load that benchmark commands of a script put on the servers it starts. What a server's own settings say stands. */
import type { JobField, PartialJobDraft } from '../../core/job-fields.ts';
import type { Origin, SourcesDraft } from '../../core/origin.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { Reading } from '../adapter.ts';
import { readFlags } from '../flags.ts';
import { hasCommands } from '../launchers/has-commands.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';
import { type BenchmarkCommand, type BenchmarkTool, benchmarkOf } from './tools.ts';

type LoadField = Extract<JobField, `load.${string}`>;

/** One value of a load and where it stands. */
interface Said {
  readonly field: LoadField;
  readonly value: number;
  readonly origin: Origin;
}

interface Load {
  readonly said: readonly Said[];
  /** The model that is asked, when the command says it. */
  readonly model: string | undefined;
}

type Find = (names: readonly string[] | undefined) => Setting | undefined;

const at = ({ uri }: ConfigDocument, { key, value, spelling }: Setting): Origin => ({ kind: 'key', uri, key, value, spelling });

const decimal = (setting: Setting | undefined): number => Number(settingText(setting) ?? Number.NaN);

/** A number above 0; `inf` is none. */
function said(document: ConfigDocument, field: LoadField, setting: Setting | undefined): readonly Said[] {
  const value = decimal(setting);
  return setting !== undefined && value > 0 && Number.isFinite(value) ? [{ field, value, origin: at(document, setting) }] : [];
}

function loadOf(document: ConfigDocument, { tool, words }: BenchmarkCommand): Load {
  const { settings } = readFlags(words, { oneValue: true, several: new Set(['goodput']) });
  const find: Find = (names) => settings.findLast(({ name }) => names?.includes(name) === true);
  return {
    model: settingText(find(tool.model)),
    said: [
      ...said(document, 'load.requestRate', find(tool.rate)),
      ...said(document, 'load.concurrency', find(tool.concurrency)),
      ...lengths(document, tool, find),
      ...(tool.kindOfRate ? guided(document, find) : []),
      ...limits(document, find(['goodput'])),
    ],
  };
}

/** Lengths as written; of random ones the other is the tool's own, and some tools draw them from below. */
function lengths(document: ConfigDocument, tool: BenchmarkTool, find: Find): readonly Said[] {
  const [input, output] = [find(tool.input), find(tool.output)];
  const written = [...said(document, 'load.inputTokens', input), ...said(document, 'load.outputTokens', output)];
  const isRandom =
    /^random/.test(settingText(find(['dataset-name'])) ?? '') || [input, output].some((one) => one?.name.startsWith('random-'));
  if (tool.usual === undefined || !isRandom) return written;
  const usual = (field: 'load.inputTokens' | 'load.outputTokens', setting: Setting | undefined, value: number): readonly Said[] =>
    setting === undefined
      ? [
          {
            field,
            value,
            origin: { kind: 'default', framework: tool.label, release: tool.label, why: 'its own length of random requests' },
          },
        ]
      : [];
  const all = [...written, ...usual('load.inputTokens', input, tool.usual.input), ...usual('load.outputTokens', output, tool.usual.output)];
  if (tool.drawsBelow !== true) return all;
  const range = find(['random-range-ratio']);
  const ratio = range === undefined ? 0 : decimal(range);
  if (Number.isNaN(ratio)) return [];
  return ratio >= 1 ? all : all.map((one) => drawn(one, ratio));
}

/** The mean of lengths drawn evenly. */
function drawn({ field, value }: Said, ratio: number): Said {
  const least = Math.max(1, Math.floor(value * ratio));
  const how = `the mean of lengths drawn from ${least} to ${value} (--random-range-ratio ${ratio})`;
  return { field, value: Math.round((least + value) / 2), origin: { kind: 'derived', from: [], how } };
}

/** `--rate-type poisson --rate 8 --data "prompt_tokens=512,output_tokens=128"`. */
function guided(document: ConfigDocument, find: Find): readonly Said[] {
  const kind = settingText(find(['rate-type', 'profile']));
  const field = kind === 'concurrent' ? 'load.concurrency' : 'load.requestRate';
  const data = find(['data']);
  const text = settingText(data) ?? '';
  const length = (name: LoadField, pattern: RegExp): readonly Said[] => {
    const value = Number(pattern.exec(text)?.[1]);
    return data !== undefined && value > 0 ? [{ field: name, value, origin: at(document, data) }] : [];
  };
  return [
    ...(kind !== undefined && /^(?:concurrent|constant|poisson|async)$/.test(kind) ? said(document, field, find(['rate'])) : []),
    ...length('load.inputTokens', /prompt_tokens["']?\s*[=:]\s*(\d+)/),
    ...length('load.outputTokens', /output_tokens["']?\s*[=:]\s*(\d+)/),
  ];
}

/** `--goodput ttft:2000 tpot:50`, in milliseconds. */
function limits(document: ConfigDocument, setting: Setting | undefined): readonly Said[] {
  if (setting === undefined) return [];
  return [settingText(setting) ?? '', ...setting.rest].flatMap((part): readonly Said[] => {
    const [, name, digits] = /^(ttft|tpot):(\d+(?:\.\d+)?)$/.exec(part) ?? [];
    const field = name === 'ttft' ? 'load.firstTokenLimit' : 'load.perTokenLimit';
    return name === undefined ? [] : [{ field, value: Number(digits) / 1000, origin: at(document, setting) }];
  });
}

/** The first load that can be told, filled up from the commands behind it: a data set is made by one and sent by another. */
function joined(loads: readonly Load[]): readonly Said[] {
  const fields = new Set(loads.flatMap((load) => load.said.map(({ field }) => field)));
  return [...fields].flatMap((field) => loads.flatMap((load) => load.said.filter((one) => one.field === field)).slice(0, 1));
}

const lastPart = (name: string): string => name.replace(/\/+$/, '').split('/').at(-1)?.toLowerCase() ?? '';

/** Whether the command asks this server: the same model, or one of the two does not say which. */
function asks({ model }: Load, { job, facts }: Reading): boolean {
  const served = facts['model.served_as'];
  const names = [job['model.name'], typeof served === 'string' ? served : undefined].filter((name) => name !== undefined);
  return model === undefined || names.length === 0 || names.some((name) => lastPart(name) === lastPart(model));
}

/** The servers of a script with the load that its benchmarks put on them. */
export function withLoads(document: ConfigDocument, readings: readonly Reading[]): readonly Reading[] {
  if (!hasCommands(document) || !readings.some(({ kind }) => kind === 'serving')) return readings;
  const loads = document.commands.flatMap((command) => {
    const found = benchmarkOf(command);
    return found ? [loadOf(document, found)] : [];
  });
  return loads.length === 0 ? readings : readings.map((reading) => (reading.kind === 'serving' ? withLoad(reading, loads) : reading));
}

function withLoad(reading: Reading, loads: readonly Load[]): Reading {
  const job: PartialJobDraft = { ...reading.job };
  const sources: SourcesDraft = { ...reading.sources };
  for (const { field, value, origin } of joined(loads.filter((load) => asks(load, reading)))) {
    if (sources[field] !== undefined) continue;
    job[field] = value;
    sources[field] = origin;
  }
  return { ...reading, job, sources };
}
