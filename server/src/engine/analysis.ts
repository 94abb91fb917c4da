/**
 * What the engine knows about one document: the result that the language server, the command line and the panel share.
 * Plain data; no LSP types.
 */
import type { CalibrationFile } from '../core/calibration/calibration-file.ts';
import type { Assumption, EstimateResult } from '../core/estimate.ts';
import type { Finding } from '../core/finding.ts';
import type { Cluster } from '../core/hardware.ts';
import type { FlopsConvention, JobField, JobKind, PartialJob } from '../core/job-fields.ts';
import type { CompilerAnswer } from '../core/kernels/compiled-launch.ts';
import type { KernelConfiguration } from '../core/kernels/configuration.ts';
import type { Kernel, KernelFile } from '../core/kernels/facts.ts';
import type { KernelDevice } from '../core/kernels/kernel-rule.ts';
import type { KnownOperator } from '../core/kernels/operators/figures.ts';
import type { TileConfiguration } from '../core/kernels/tiled/configuration.ts';
import type { TileFile } from '../core/kernels/tiled/facts.ts';
import type { TritonConfiguration } from '../core/kernels/triton/configuration.ts';
import type { TritonFile } from '../core/kernels/triton/facts.ts';
import type { Place, Range, Sources } from '../core/origin.ts';
import type { Link, UnreadKey, WrittenSetting } from '../frameworks/adapter.ts';
import type { ConfigDocument, Problem } from '../syntax/document.ts';
import type { JobKeys } from './keys.ts';

/** A finding with its place in the text. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly place: Place;
  readonly related: readonly { readonly place: Place; readonly message: string }[];
  /** Edits for each of `finding.fixes`, same order; undefined where the text cannot be edited mechanically. */
  readonly edits: readonly (readonly TextChange[] | undefined)[];
}

export interface TextChange {
  readonly uri: string;
  readonly range: Range;
  readonly newText: string;
}

/** A link with what it led to. */
export interface ResolvedLink extends Link {
  /** The file's uri when it exists. */
  readonly uri?: string;
  /** The table entry when it is a public model's name. */
  readonly modelCard?: string;
  /** Why it led nowhere, in one sentence. */
  readonly missing?: string;
}

export interface JobAnalysis {
  /** Index of the launch in the document. */
  readonly index: number;
  readonly framework: string;
  /** The framework by whose habits the job runs; see `Reading.runsAs`. */
  readonly runsAs: string;
  readonly release: string;
  readonly kind: JobKind;
  readonly launch: Range;
  /** The document inside this one that the job stands in, when a carrier holds it. */
  readonly within: ConfigDocument | undefined;
  /** As read from this document alone. */
  readonly own: PartialJob;
  /** With linked files, model cards, settings, defaults and derived values. */
  readonly job: PartialJob;
  readonly sources: Sources;
  /** The job without what rests on an assumed number of GPUs: what the files and settings tell. */
  readonly told: { readonly job: PartialJob; readonly sources: Sources };
  readonly links: readonly ResolvedLink[];
  readonly unread: readonly UnreadKey[];
  /** The keys of this document, of the launcher around it and of linked files. */
  readonly keys: JobKeys;
  /** The keys that stand in this document. */
  readonly written: readonly WrittenSetting[];
  readonly facts: Readonly<Record<string, unknown>>;
  /** The hardware of the estimate; assumed ones are named among its assumptions. Undefined without a data sheet. */
  readonly cluster: Cluster | undefined;
  /** What is written and not followed, as the estimate says it among its assumptions. */
  readonly ignored: readonly Assumption[];
  readonly result: EstimateResult;
  readonly findings: readonly PlacedFinding[];
}

/** Kernels of CUDA and HIP. */
export interface CudaKernels {
  /** The document with what other files know of its kernels and launches. */
  readonly file: KernelFile;
  /** The kernels that stand in the document itself. */
  readonly own: readonly Kernel[];
  readonly configurations: readonly KernelConfiguration[];
  /** One object per kernel of the document, the same as long as nothing has changed that its figures rest on. */
  readonly marks: ReadonlyMap<Kernel, object>;
}

export interface TritonKernels {
  readonly file: TritonFile;
  readonly configurations: readonly TritonConfiguration[];
}

/** Kernels of TileLang, Pallas and CUTLASS. */
export interface TileKernels {
  readonly file: TileFile;
  readonly configurations: readonly TileConfiguration[];
}

/** Operators of PyTorch whose sizes are known. */
export type KnownOperators = readonly KnownOperator[];

/** What a document holds of each language; a file of CUTLASS may hold kernels of its own, too. */
export interface KernelsAnalysis {
  readonly cuda?: CudaKernels;
  readonly triton?: TritonKernels;
  readonly tiles?: TileKernels;
  readonly operators?: KnownOperators;
  readonly devices: readonly KernelDevice[];
  /** False where the devices are only usual ones. */
  readonly isDeviceNamed: boolean;
  /** The document's own text, from which a kernel is read once more for what it computes. */
  readonly text: string;
  /** Texts of the included files, in which functions that kernels call may stand. */
  readonly sources: readonly string[];
  readonly findings: readonly PlacedFinding[];
  /** What a compiler said of this text, where one was asked and has answered. */
  readonly compiler?: CompilerAnswer;
  /** Files whose definitions take part. */
  readonly includes: readonly string[];
  /** Files that kernels or launches come from: their ranges are offsets behind the document's end. */
  readonly elsewhere: readonly ElsewhereFile[];
}

/** A file whose text is thought of as standing at an offset behind the document. */
export interface ElsewhereFile {
  readonly uri: string;
  readonly offset: number;
  readonly length: number;
}

/** Where a range of kernel code really stands. */
export function placeAmong(uri: string, elsewhere: readonly ElsewhereFile[], { start, end }: Range): Place {
  const file = elsewhere.find(({ offset, length }) => start >= offset && start <= offset + length);
  return file ? { uri: file.uri, range: { start: start - file.offset, end: end - file.offset } } : { uri, range: { start, end } };
}

export interface Analysis {
  readonly uri: string;
  readonly version: number;
  readonly document: ConfigDocument;
  /** Undefined when no framework recognises the document. */
  readonly framework: string | undefined;
  readonly jobs: readonly JobAnalysis[];
  /** Kernel code; absent in documents without any. */
  readonly kernels?: KernelsAnalysis;
  /** Reading problems of syntax and adapters, placed in this document. */
  readonly problems: readonly Problem[];
  /** Files whose change must lead to a new analysis. */
  readonly dependsOn: readonly string[];
}

/** Findings of all jobs and kernels of a document. */
export function allFindings({ jobs, kernels }: Pick<Analysis, 'jobs' | 'kernels'>): readonly PlacedFinding[] {
  return [...jobs.flatMap(({ findings }) => findings), ...(kernels?.findings ?? [])];
}

/** The load on a server, with latency limits in seconds. */
export interface LoadSettings {
  readonly requestRate?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly firstTokenLimit?: number;
  readonly perTokenLimit?: number;
}

/** Per-workspace settings that change the answer. */
export interface EngineSettings {
  /** Id or alias of an accelerator in `data/gpus`; undefined = take it from the file, else none. */
  readonly gpu?: string;
  readonly gpusPerNode?: number;
  readonly nodes?: number;
  /** Id of a network in `data/networks`. */
  readonly network?: string;
  readonly pricePerGpuHour?: number;
  /** What servers are asked to do; all three sizes, or no figures at a load. */
  readonly load?: LoadSettings;
  /** Whose FLOPs MFU counts; undefined = the framework's own. */
  readonly mfuConvention?: FlopsConvention;
  /** False: the analytic curve of products everywhere. */
  readonly learnedTimes?: boolean;
  /** Folders with the user's own models: `<folder>/<name>/config.json` or `<folder>/<name>.json`. */
  readonly modelFolders?: readonly string[];
  /** What runs of this workspace measured; undefined = nothing. */
  readonly calibration?: CalibrationFile;
  /** Rule id -> severity or "off". */
  readonly rules?: Readonly<Record<string, 'error' | 'warning' | 'info' | 'off'>>;
}

/** What a compiler said of a text of a document so far. */
export type CompilerLookup = (uri: string, text: string) => CompilerAnswer | undefined;

/** How the engine reaches other files. Implemented in `io/` and, over open documents, in `lsp/`. */
export interface FileAccess {
  /** The text, or why it cannot be read in one sentence. Never throws. */
  readonly read: (uri: string) => { readonly text: string } | { readonly error: string };
  /** `path` as written in `fromUri`, made absolute; the first of the candidates that exists, else undefined. */
  readonly resolve: (fromUri: string, path: string) => string | undefined;
  /** Where kernels stand in the workspace; absent where nobody has looked. */
  readonly kernels?: KernelPlaces;
}

/** Files by the names of kernels. */
export interface KernelPlaces {
  readonly definedIn: (name: string) => readonly string[];
  readonly launchedIn: (name: string) => readonly string[];
}

/** What neighbouring values of one field would give, for hovers and reports. */
export interface Alternative {
  readonly field: JobField;
  readonly value: number | string | boolean;
  readonly current: boolean;
  readonly result: EstimateResult;
}
