/**
 * From text to analysis: detect the framework, read, follow links, put the settings over it, derive, estimate, run the
 * rules, place the findings. The only state is caches that may be dropped at any time.
 */

import { derive } from '../core/derive.ts';
import type { Finding } from '../core/finding.ts';
import type { JobField, PartialJob } from '../core/job-fields.ts';
import type { Range } from '../core/origin.ts';
import type { Adapter, Reading } from '../frameworks/adapter.ts';
import { type Recognised, recognise } from '../frameworks/detect.ts';
import { adapters } from '../frameworks/index.ts';
import { mayConfigure, mayMatter } from '../frameworks/interest.ts';
import type { ConfigDocument, Problem } from '../syntax/document.ts';
import { type FindSourced, formatOf, readDocument, unreadDocument } from '../syntax/read.ts';
import { alternativesOf, triedJob } from './alternatives.ts';
import type { Alternative, Analysis, EngineSettings, FileAccess, JobAnalysis, PlacedFinding } from './analysis.ts';
import { assumedModels } from './assumed-model.ts';
import { calibrated } from './calibration.ts';
import { applySettings, clusterOf, type ResolvedCluster } from './cluster.ts';
import { disagreements, saysMore } from './disagreements.ts';
import { type EditContext, editsOf } from './edits.ts';
import { analyseKernels } from './kernels.ts';
import { keysOf, placedSettings } from './keys.ts';
import { beneath, type Layer, mergeLayers } from './layers.ts';
import { followLinks, type Surroundings } from './links.ts';
import { jobKey, Memo } from './memo.ts';
import { notModelled } from './not-modelled.ts';
import { type EngineOptions, faultOf, guard, type Parts } from './parts.ts';
import { placeFinding } from './place.ts';
import { limitsMet, toldProblems } from './problems.ts';
import { requirementsOf } from './requirements.ts';
import { findSourced, inFiles, keysInFiles, scriptLinks } from './sourced.ts';
import { type WantedSeverity, wantedSeverity } from './suppress.ts';
import { withChange } from './trials.ts';
import { judge, type ResolvedJob } from './verdict.ts';
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
  /** The same document with other texts of files and other settings, as if they were so. Nothing of it is kept. Never throws. */
  readonly analyseAs: (analysis: Analysis, other: OtherState) => Analysis;
  /** The same job with a change of its fields, wherever they are written. Never throws. */
  readonly analyseChanged: (analysis: Analysis, job: JobAnalysis, change: PartialJob) => JobAnalysis;
  /** What it takes to edit the text of a job's settings. */
  readonly editing: (analysis: Analysis, job: JobAnalysis) => EditContext;
}

/** What stands instead of the present texts and settings. */
export interface OtherState {
  /** By address: of the document itself and of files it rests on. */
  readonly texts: ReadonlyMap<string, string>;
  /** Put over the present settings. */
  readonly settings?: EngineSettings;
}

const rememberedJobs = 256;
const rememberedKernelFiles = 16;

export function createEngine({ files, settings, compiled = () => undefined, log = () => {} }: EngineOptions): Engine {
  const parts: Parts = {
    files,
    settings,
    compiled,
    log,
    verdicts: new Memo(rememberedJobs),
    neighbours: new Memo(rememberedJobs),
    kernels: new Memo(rememberedKernelFiles),
  };
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
    analyseAs: ({ uri, version, document }, other) => {
      const as = { ...parts, files: filesAs(files, other.texts), settings: () => ({ ...settings(), ...other.settings }) };
      const text = other.texts.get(uri) ?? document.text;
      return analyseDocument(as, readIfOfUse(uri, text, findSourced(as.files)), version);
    },
    analyseChanged: ({ document }, job, change) => guard(parts, 'change', job, () => analyseChanged(parts, document, job, change)),
    editing: ({ document }, job) => editContext(parts, document, job),
  };
}

/** The files with other texts for some of them. */
function filesAs(files: FileAccess, texts: ReadonlyMap<string, string>): FileAccess {
  const read: FileAccess['read'] = (uri) => {
    const text = texts.get(uri);
    return text === undefined ? files.read(uri) : { text };
  };
  return { ...files, read };
}

/** Without a parser for text that can be no configuration. */
function readIfOfUse(uri: string, text: string, find: FindSourced, isOfUse = mayMatter): ConfigDocument {
  const format = formatOf(uri, text);
  return isOfUse(format, text) ? readDocument(uri, text, format, find) : unreadDocument(uri, text, format);
}

function analyseDocument(parts: Parts, document: ConfigDocument, version: number): Analysis {
  const requirements = requirementsOf(document, parts.files);
  const pins = () => guard(parts, 'requirements', [], requirements.pins);
  const nothing: Recognised = { adapter: undefined, jobs: [] };
  const { adapter, jobs: found } =
    document.format === 'cuda' ? nothing : guard(parts, 'read', nothing, () => recognise(document, faultOf(parts), pins));
  const wanted = wantedSeverity(document.text, parts.settings().rules);
  const kernels = guard(parts, 'kernels', undefined, () => analyseKernels(document, parts, wanted));
  const jobs = found.map(({ reading }, index) => analyseReading(parts, document, inFiles(document, reading), index, wanted));
  return {
    uri: document.uri,
    version,
    document,
    framework: adapter?.id,
    jobs: jobs.map(({ analysis }) => analysis),
    ...(kernels ? { kernels } : {}),
    problems: toldProblems(adapter ? [...document.problems, ...jobs.flatMap(({ problems }) => problems)] : limitsMet(document), wanted),
    dependsOn: [...distinctFiles(document, requirements.files(), jobs), ...(kernels?.includes ?? [])],
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
  const document = readIfOfUse(uri, text, findSourced(parts.files), mayConfigure);
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
    within: reading.within,
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
    ignored,
    result: verdict.result,
  };
  const findings = guard(parts, 'placing', [], () => place(parts, document, base, verdict.findings, wanted));
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

function analyseChanged(parts: Parts, document: ConfigDocument, job: JobAnalysis, change: PartialJob): JobAnalysis {
  const layer = withChange(triedJob(job), change);
  const resolved = clusterOf(layer.job);
  // A number of GPUs that nobody told stays one.
  const cluster = layer.sources['cluster.gpus']?.kind === 'assumed' ? { ...resolved, isAssumed: true } : resolved;
  const { result, findings } = judge(parts, job, { ...layer, told: layer, keys: job.keys }, cluster, job.ignored);
  const changed = { ...job, ...layer, told: layer, cluster: cluster.cluster, result };
  return { ...changed, findings: place(parts, document, changed, findings, wantedSeverity(document.text, parts.settings().rules)) };
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

function place(
  parts: Parts,
  document: ConfigDocument,
  job: Omit<JobAnalysis, 'findings'>,
  findings: readonly Finding[],
  wanted: WantedSeverity,
): readonly PlacedFinding[] {
  const { sources, links, keys } = job;
  const launch = firstLine(document.text, job.launch);
  const context = { uri: document.uri, launch, job: job.job, sources, keys: keys.origins, links };
  const editing = editContext(parts, document, job);
  return findings.flatMap((finding) => {
    const placed = placeFinding(finding, context);
    const severity = wanted(finding.rule, finding.severity, placed.place.range.start);
    if (severity === undefined) return [];
    const edits = finding.fixes.map((fix) => guard(parts, `fix of ${finding.rule}`, undefined, () => editsOf(fix, editing)));
    return [{ finding: severity === finding.severity ? finding : { ...finding, severity }, ...placed, edits }];
  });
}

function editContext(parts: Parts, document: ConfigDocument, job: Omit<JobAnalysis, 'findings'>): EditContext {
  const { within, framework, sources, keys } = job;
  const adapter: Adapter | undefined = adapters.find(({ id }) => id === framework);
  // In a script inside another file flags can be added; where keys of an inner file would go is not known.
  const written = within ?? document;
  const canAdd = within === undefined || within.format === 'shell';
  return {
    document: written,
    job: job.job,
    sources,
    keys,
    linked: (uri: string) => linkedDocument(parts, uri),
    dialect: framework,
    spell: (field: JobField, value: string | number | boolean) => (canAdd ? adapter?.spell?.(field, value, written.format) : undefined),
  };
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
