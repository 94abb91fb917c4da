/**
 * A framework adapter turns a ConfigDocument into readings. One file or folder per framework; adapters never parse
 * text and never read files. Reading never stops at the first error and never guesses.
 */
import type { JobField, JobKind, PartialJob } from '../core/job-fields.ts';
import type { Range, Sources } from '../core/origin.ts';
import type { ConfigDocument, Problem, TextFormat } from '../syntax/document.ts';
import type { KeyTable } from './key-table.ts';
import type { Pins } from './pins.ts';
import type { Setting } from './setting.ts';

/** A file named by another. `role` says what the resolver should look for there. */
export interface Link {
  readonly range: Range;
  /** The path or Hub name as written (after shell expansion). */
  readonly target: string;
  readonly role: LinkRole;
  /** The adapter that reads the target of a `config` link. */
  readonly framework?: string;
  /** What stands in this document is meant to replace what the file says: overrides on a command line. */
  readonly overridden?: boolean;
}

/** `config`: a file of another framework that takes part in the job, such as the YAML of `accelerate launch`. */
export type LinkRole = 'deepspeed-config' | 'model' | 'draft-model' | 'tokenizer' | 'script' | 'engine-config' | 'config';

/** A key the adapter met and did not follow. */
export interface UnreadKey {
  readonly name: string;
  readonly range: Range;
  /** True when it is a real key of the framework. */
  readonly known: boolean;
  /** `not-modelled`: it changes memory or time, and the estimate does not follow it. */
  readonly effect: 'none' | 'not-modelled' | 'unknown';
  /** What the estimate does instead; with `not-modelled` only. */
  readonly instead?: string;
}

/** A setting with the dialect whose table of keys knows it: `megatron-lm`, `deepspeed`, `environment`. */
export interface WrittenSetting {
  readonly dialect: string;
  readonly setting: Setting;
  /** A switch that is turned off here, also where a file behind this one turns it on. */
  readonly isOff?: boolean;
}

/** Reads a document found inside another: a container's command, a script in a ConfigMap. */
export type ReadInner = (document: ConfigDocument) => readonly Reading[];

/** What an adapter may ask about what stands around the text. */
export interface ReadContext {
  readonly readInner: ReadInner;
  /** The releases pinned in the document, around it when it stands in another, and in the files of requirements near it. */
  readonly pins: Pins;
  /** The reading that names this file, when a link led here: it may say which part of the file counts. */
  readonly linkedBy?: Reading;
}

/** A document all by itself. */
export const noContext: ReadContext = { readInner: () => [], pins: () => [] };

/** One job found in a document: a file may hold several launches. */
export interface Reading {
  readonly framework: string;
  /**
   * The framework by whose habits the job runs, as the model and the rules know it: trainers built on the Hugging Face
   * Trainer run as `huggingface`, those built on Megatron Core as `megatron-core`.
   */
  readonly runsAs: string;
  readonly kind: JobKind;
  /** The framework release whose keys and defaults were used, e.g. "Megatron-LM core_v0.14". */
  readonly release: string;
  /** Where the job as a whole stands: the launch line, or the document's first line. Code lenses go here. */
  readonly launch: Range;
  readonly job: PartialJob;
  readonly sources: Sources;
  readonly links: readonly Link[];
  readonly unread: readonly UnreadKey[];
  /** Every key that is written, known or not, used or not: rules ask for them, completion and hovers explain them. */
  readonly written: readonly WrittenSetting[];
  readonly problems: readonly Problem[];
  /** Further facts for `rooflint read` that are no job field (e.g. `batch_ramp`), by their corpus name. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The document inside this one that the job stands in, for a job that a carrier holds. */
  readonly within?: ConfigDocument;
}

export interface Adapter {
  /** The folder's name: `megatron-lm`, `deepspeed`, `huggingface`, `vllm`. */
  readonly id: string;
  readonly label: string;
  /** 0 = certainly not, 1 = certainly. The engine takes the highest above 0. */
  readonly detect: (document: ConfigDocument) => number;
  /** Zero or more jobs. Must not throw on any document. */
  readonly read: (document: ConfigDocument, context?: ReadContext) => readonly Reading[];
  /** How a value of a field is spelt in this framework, for quick fixes that must add a key; undefined when it cannot. Flags in a shell script, a JSON property elsewhere. */
  readonly spell?: (field: JobField, value: string | number | boolean, format?: TextFormat) => string | undefined;
  /** The keys of its files with what they mean, for completion and hovers. */
  readonly keys?: KeyTable;
}
