/**
 * From text to analysis: detect the framework, read, follow links, put the settings over it, derive, estimate, run the
 * rules, place the findings. The only state is caches that may be dropped at any time.
 */

import { derive } from '../core/derive.ts';
import type { Assumption, EstimateResult } from '../core/estimate.ts';
import { estimateJob } from '../core/estimate-job.ts';
import type { Finding } from '../core/finding.ts';
import type { JobField, JobKind, PartialJob } from '../core/job-fields.ts';
import type { Range } from '../core/origin.ts';
import type { Adapter, Reading } from '../frameworks/adapter.ts';
import { type Fault, type Recognised, recognise } from '../frameworks/detect.ts';
import { adapters } from '../frameworks/index.ts';
import { mayConfigure } from '../frameworks/interest.ts';
import type { ConfigDocument, Problem } from '../syntax/document.ts';
import { type FindSourced, formatOf, readDocument, unreadDocument } from '../syntax/read.ts';
import { alternativesOf } from './alternatives.ts';
import type { Alternative, Analysis, EngineSettings, FileAccess, JobAnalysis, PlacedFinding } from './analysis.ts';
import { assumedModels } from './assumed-model.ts';
import { calibrated } from './calibration.ts';
import { applySettings, clusterOf, type ResolvedCluster } from './cluster.ts';
import { disagreements, saysMore } from './disagreements.ts';
import { editsOf } from './edits.ts';
import { type JobKeys, keysOf, placedSettings } from './keys.ts';
import { beneath, type Layer, mergeLayers } from './layers.ts';
import { followLinks, type Surroundings } from './links.ts';
import { jobKey, Memo } from './memo.ts';
import { assumptionsOfNames } from './missing-deepspeed.ts';
import { notModelled, softened } from './not-modelled.ts';
import { placeFinding } from './place.ts';
import { limitsMet, toldProblems } from './problems.ts';
import { requirementsOf } from './requirements.ts';
import { type Log, runRules } from './run-rules.ts';
import { findSourced, inFiles, keysInFiles, scriptLinks } from './sourced.ts';
import { type WantedSeverity, wantedSeverity } from './suppress.ts';
import { trialsOf } from './trials.ts';
import { assumptionsForHidden, refusalForHidden } from './unknowns.ts';
import { assumedWorld } from './world.ts';

export interface Engine {
  /** Reads and analyses a text. Never throws. */
  readonly analyse: (uri: string, text: string, version: number) => Analysis;
  /** The same for a document that has been read already. */
  readonly analyseDocument: (document: ConfigDocument, version: number) => Analysis;
  /** The files a text names or rests on, read no further than is needed for that. Never throws. */
  readonly dependencies: (uri: string, text: string) => readonly string[];
  /** What neighbouring values of a field of a job would give, the current value among them. */
  readonly alternatives: (analysis: Analysis, jobIndex: number, field: JobField) => readonly Alternative[];
}

export interface EngineOptions {
  readonly files: FileAccess;
  /** Asked again for every analysis. */
  readonly settings: () => EngineSettings;
  /** Told about faults of our own. */
  readonly log?: Log;
}

/** What rules and model say about a job, without places. */
interface Verdict {
  readonly result: EstimateResult;
  readonly findings: readonly Finding[];
}

const rememberedJobs = 256;

interface Parts extends Required<EngineOptions> {
  readonly verdicts: Memo<Verdict>;
  readonly neighbours: Memo<readonly Alternative[]>;
}

export function createEngine({ files, settings, log = () => {} }: EngineOptions): Engine {
  const parts: Parts = { files, settings, log, verdicts: new Memo(rememberedJobs), neighbours: new Memo(rememberedJobs) };
  return {
    analyse: (uri, text, version) => analyseDocument(parts, readIfOfUse(uri, text, findSourced(files)), version),
    analyseDocument: (document, version) => analyseDocument(parts, document, version),
    dependencies: (uri, text) => guard(parts, 'dependencies', [], () => dependenciesOf(parts, uri, text)),
    alternatives: (analysis, jobIndex, field) => {
      const job = analysis.jobs[jobIndex];
      if (!job) return [];
      const key = `${field} ${jobKey(job.framework, job.kind, job, job.cluster)}`;
      return (
        parts.neighbours.get(key) ??
        parts.neighbours.set(
          key,
          guard(parts, `alternatives of ${field}`, [], () => alternativesOf(job, field)),
        )
      );
    },
  };
}

/** Without a parser for text that can be no configuration. */
function readIfOfUse(uri: string, text: string, find: FindSourced): ConfigDocument {
  const format = formatOf(uri, text);
  return mayConfigure(format, text) ? readDocument(uri, text, format, find) : unreadDocument(uri, text, format);
}

/** A fault of ours, for the log. */
const faultOf =
  ({ log }: Parts): Fault =>
  (what, error) =>
    log(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);

/** Runs a step of ours; a fault is logged and costs only this step. */
function guard<T>(parts: Parts, what: string, otherwise: T, step: () => T): T {
  try {
    return step();
  } catch (error) {
    faultOf(parts)(what, error);
    return otherwise;
  }
}

function analyseDocument(parts: Parts, document: ConfigDocument, version: number): Analysis {
  const requirements = requirementsOf(document, parts.files);
  const pins = () => guard(parts, 'requirements', [], requirements.pins);
  const nothing: Recognised = { adapter: undefined, jobs: [] };
  const { adapter, jobs: found } = guard(parts, 'read', nothing, () => recognise(document, faultOf(parts), pins));
  const wanted = wantedSeverity(document.text, parts.settings().rules);
  const jobs = found.map(({ reading }, index) => analyseReading(parts, document, inFiles(document, reading), index, wanted));
  return {
    uri: document.uri,
    version,
    document,
    framework: adapter?.id,
    jobs: jobs.map(({ analysis }) => analysis),
    problems: toldProblems(adapter ? [...document.problems, ...jobs.flatMap(({ problems }) => problems)] : limitsMet(document), wanted),
    dependsOn: distinctFiles(document, requirements.files(), jobs),
  };
}

/** Words that name another file: without one of them nothing needs to be read to know that there is none. */
const namesFile =
  /\.(?:jsonc?|ya?ml|toml|sh|bash|slurm|sbatch|py|env|conf)\b|(?:^|[\s"'=:])(?:\.{1,2}|~)?\/[\w.$]|\bsource\b|\bfrom\s+[\w.]+\s+import\b|\bdefaults:|\bconfig\b/;

/** Every file a document rests on, once. */
function distinctFiles(
  document: ConfigDocument,
  requirements: readonly string[],
  jobs: readonly { readonly dependsOn: readonly string[] }[],
): readonly string[] {
  const scripts = scriptLinks(document).flatMap(({ uri }) => uri ?? []);
  return [...new Set([...scripts, ...requirements, ...jobs.flatMap(({ dependsOn }) => dependsOn)])];
}

function dependenciesOf(parts: Parts, uri: string, text: string): readonly string[] {
  if (!namesFile.test(text)) return [];
  const document = readIfOfUse(uri, text, findSourced(parts.files));
  const around = placesOf(parts);
  // Releases do not change what a file names, and looking for what pins them takes longer than the rest.
  const linked = recognise(document, faultOf(parts)).jobs.flatMap(({ reading }) => followLinks(document, reading, around));
  return distinctFiles(document, [], linked);
}

/** What links need that no release changes. */
const placesOf = (parts: Parts): Surroundings => ({
  files: parts.files,
  fault: faultOf(parts),
  modelFolders: parts.settings().modelFolders ?? [],
});

const surroundingsOf = (parts: Parts): Surroundings => ({
  ...placesOf(parts),
  requirementsOf: (document) => requirementsOf(document, parts.files),
});

interface AnalysedReading {
  readonly analysis: JobAnalysis;
  readonly problems: readonly Problem[];
  readonly dependsOn: readonly string[];
}

function analyseReading(parts: Parts, document: ConfigDocument, reading: Reading, index: number, wanted: WantedSeverity): AnalysedReading {
  const links = guard(parts, 'links', [], () => followLinks(document, reading, surroundingsOf(parts)));
  // Overrides replace single values of a file; two files that contradict each other describe two jobs.
  const layers = links.flatMap(({ link, layer }) => (layer ? [beneath(reading, layer, link.overridden === true)] : []));
  const { job, sources, told, cluster } = resolve(parts, reading, layers);
  const unread = [...reading.unread, ...links.flatMap((link) => link.unread)];
  const ignored = [...assumedModels(links.map(({ link }) => link)), ...notModelled(unread)];
  const keys = keysInFiles(document, keysOf([placedSettings(document.uri, reading), ...links.map(({ written }) => written)]));
  const verdict = judge(parts, reading, { job, sources, told, keys }, cluster, ignored);
  const base: Omit<JobAnalysis, 'findings'> = {
    index,
    framework: reading.framework,
    runsAs: reading.runsAs,
    release: reading.release,
    kind: reading.kind,
    launch: reading.launch,
    own: reading.job,
    job,
    sources,
    told,
    links: [...links.map(({ link }) => link), ...scriptLinks(document)],
    unread: reading.unread,
    keys,
    written: reading.written,
    facts: reading.facts,
    cluster: cluster.cluster,
    result: verdict.result,
  };
  const findings = guard(parts, 'placing', [], () => place(parts, document, base, verdict.findings, reading.within, wanted));
  return {
    analysis: { ...base, findings },
    problems: [
      ...reading.problems,
      ...links.flatMap(({ problems }) => problems),
      ...disagreements(reading, links).filter((problem) => !findings.some((finding) => saysMore(finding, problem))),
    ],
    dependsOn: links.flatMap(({ dependsOn }) => dependsOn),
  };
}

/** Everything known about a job. */
interface ResolvedJob extends Layer {
  /** The same without a number of GPUs that was only assumed, and what follows from it: rules judge by this. */
  readonly told: Layer;
}

/** Everything known about the job, and the hardware it names. */
function resolve(parts: Parts, reading: Reading, linked: readonly Layer[]): ResolvedJob & { readonly cluster: ResolvedCluster } {
  const { job, sources, runsAs } = reading;
  const { calibration } = parts.settings();
  // transformers/integrations/deepspeed.py fills every "auto" from the training arguments.
  const merged = mergeLayers([{ job, sources, fillsAuto: runsAs === 'huggingface' }, ...linked]);
  const configured = applySettings(merged, parts.settings());
  const known = guard(parts, 'derive', configured, () => derive(configured.job, configured.sources, runsAs));
  const world = guard(parts, 'world', undefined, () => assumedWorld(known, reading.kind));
  const all = world ? guard(parts, 'derive', world.layer, () => derive(world.layer.job, world.layer.sources, runsAs)) : known;
  const nothing: ResolvedCluster = { cluster: undefined, isAssumed: false, assumptions: [] };
  const cluster = guard(parts, 'cluster', nothing, () => calibrated(clusterOf(all.job), calibration, runsAs));
  return {
    ...all,
    told: known,
    cluster: world ? { ...cluster, isAssumed: true, assumptions: [world.assumption, ...cluster.assumptions] } : cluster,
  };
}

function judge(
  parts: Parts,
  reading: Reading,
  { job, sources, told, keys }: ResolvedJob & { readonly keys: JobKeys },
  resolved: ResolvedCluster,
  ignored: readonly Assumption[],
): Verdict {
  const { framework, runsAs, kind } = reading;
  const key = `${jobKey(framework, kind, { job, sources }, resolved.cluster)} ${JSON.stringify([runsAs, keys.values, ignored])}`;
  const known = parts.verdicts.get(key);
  if (known) return known;
  const result = withAssumptions(estimate(parts, reading, { job, sources }, resolved), ignored);
  // Nothing is judged against hardware that only Rooflint named.
  const named = { framework: runsAs, frameworks: [framework, runsAs, ...keys.dialects], keys: keys.values };
  const input = { ...told, ...named, cluster: resolved.isAssumed ? undefined : resolved.cluster };
  const trial = trialsOf({ job, ...named, sources, kind });
  const tryChange = (change: PartialJob) => {
    const tried = trial(change);
    return 'estimate' in tried ? tried.estimate : undefined;
  };
  const judged = 'estimate' in result && !resolved.isAssumed ? { ...input, estimate: result.estimate, tryChange } : input;
  const findings = runRules(judged, kind, parts.log).map((finding) => softened(finding, ignored));
  return parts.verdicts.set(key, { result, findings });
}

function estimate(parts: Parts, { framework, runsAs, kind }: Reading, layer: Layer, resolved: ResolvedCluster): EstimateResult {
  const { job } = layer;
  if (resolved.problem) return { refusal: { why: resolved.problem, missing: ['cluster.gpu'] } };
  const early = refusalFor(kind, framework, job);
  if (early) return early;
  const hidden = refusalForHidden(layer, kind);
  if (hidden) return { refusal: hidden };
  const failed: EstimateResult = { refusal: { why: 'the estimate failed on this job; the log of the server says why', missing: [] } };
  const result = guard(parts, 'estimate', failed, () => estimateJob(job, runsAs, resolved.cluster));
  return withAssumptions(result, [...resolved.assumptions, ...assumptionsOfNames(layer), ...assumptionsForHidden(layer, kind, runsAs)]);
}

/** What starts other programs and says little about them. */
const carriers: ReadonlySet<string> = new Set(['kubernetes', 'compose', 'skypilot']);

/** Documents that are no whole job: what to open instead. */
function refusalFor(kind: JobKind, framework: string, job: Layer['job']): EstimateResult | undefined {
  if (kind === 'model') {
    return { refusal: { why: 'a model alone has no step time: open the launch script or serve command that names it', missing: [] } };
  }
  if (kind === 'cluster') {
    const why = carriers.has(framework)
      ? 'what is started here is not recognised: the image, or a program in another place, decides what runs; the machines alone are known'
      : 'this file says where something runs; no launch that Rooflint reads was found in it';
    return { refusal: { why, missing: [] } };
  }
  // A file of settings for a launch; a launch itself says at least how much a GPU gets.
  const isSettings = framework === 'deepspeed' || (framework === 'accelerate' && job['batch.micro'] === undefined);
  if (isSettings && job['model.layers'] === undefined && job['model.hidden'] === undefined) {
    const missing: readonly JobField[] = ['model.layers', 'model.hidden', 'model.heads', 'sequence.length'];
    return { refusal: { why: 'model shape unknown: open the launch script that names this file', missing } };
  }
  return undefined;
}

/** What was assumed on the way belongs to the estimate that rests on it; of two words on one field the first stands. */
function withAssumptions(result: EstimateResult, assumptions: readonly Assumption[]): EstimateResult {
  if (!('estimate' in result) || assumptions.length === 0) return result;
  const said = new Set(assumptions.flatMap(({ field }) => field ?? []));
  const others = result.estimate.assumptions.filter(({ field }) => field === undefined || !said.has(field));
  const all = [...assumptions, ...others];
  const { estimate } = result;
  return { estimate: estimate.kind === 'training' ? estimate.withAssumptions(all) : { ...estimate, assumptions: all } };
}

function place(
  parts: Parts,
  document: ConfigDocument,
  job: Omit<JobAnalysis, 'findings'>,
  findings: readonly Finding[],
  within: ConfigDocument | undefined,
  wanted: WantedSeverity,
): readonly PlacedFinding[] {
  const { sources, links, keys } = job;
  const adapter: Adapter | undefined = adapters.find(({ id }) => id === job.framework);
  const launch = firstLine(document.text, job.launch);
  // In a script inside another file flags can be added; where keys of an inner file would go is not known.
  const written = within ?? document;
  const canAdd = within === undefined || within.format === 'shell';
  const context = { uri: document.uri, launch, job: job.job, sources, keys: keys.origins, links };
  const editing = {
    document: written,
    job: job.job,
    sources,
    keys,
    linked: (uri: string) => linkedDocument(parts, uri),
    dialect: job.framework,
    spell: (field: JobField, value: string | number | boolean) => (canAdd ? adapter?.spell?.(field, value, written.format) : undefined),
  };
  return findings.flatMap((finding) => {
    const placed = placeFinding(finding, context);
    const severity = wanted(finding.rule, finding.severity, placed.place.range.start);
    if (severity === undefined) return [];
    const edits = finding.fixes.map((fix) => guard(parts, `fix of ${finding.rule}`, undefined, () => editsOf(fix, editing)));
    return [{ finding: severity === finding.severity ? finding : { ...finding, severity }, ...placed, edits }];
  });
}

/** A launch over many lines is pointed at by its first one that holds words; a quote alone may stand in front of them. */
function firstLine(text: string, { start, end }: Range): Range {
  const whole = text.slice(start, end);
  const lead = /^["'\s\\]*(?=[^"'\s\\])/.exec(whole)?.[0].length ?? 0;
  const line = whole.slice(lead).split(/[\r\n]/, 1)[0] ?? '';
  return { start: start + lead, end: start + lead + line.replace(/[\s\\]+$/, '').length };
}

function linkedDocument(parts: Parts, uri: string): ConfigDocument | undefined {
  const found = parts.files.read(uri);
  return 'text' in found ? readDocument(uri, found.text) : undefined;
}
