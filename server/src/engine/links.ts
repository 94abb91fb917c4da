/** Where the files and names in a reading lead: reads them with the adapter their role asks for. Never throws. */
import type { JobField } from '../core/job-fields.ts';
import type { SourcesDraft } from '../core/origin.ts';
import { findModelCard, type ModelCard } from '../data/index.ts';
import type { Adapter, Link, Reading, UnreadKey } from '../frameworks/adapter.ts';
import { type Fault, readingsOf } from '../frameworks/detect.ts';
import { adapters } from '../frameworks/index.ts';
import type { ConfigDocument, Problem, TextFormat } from '../syntax/document.ts';
import { readDocument } from '../syntax/read.ts';
import type { FileAccess, ResolvedLink } from './analysis.ts';
import { draftLayer } from './draft-layer.ts';
import { type PlacedSetting, placedSettings } from './keys.ts';
import type { Layer } from './layers.ts';
import { missingDeepspeed } from './missing-deepspeed.ts';
import type { Requirements } from './requirements.ts';
import { findSourced, inFiles } from './sourced.ts';

/** A link, what it led to and what was read there. */
export interface FollowedLink {
  readonly link: ResolvedLink;
  /** Undefined when nothing was read: the link leads nowhere, or its content does not matter to the cost. */
  readonly layer?: Layer;
  readonly problems: readonly Problem[];
  /** Keys of the linked file that no value was taken from. */
  readonly unread: readonly UnreadKey[];
  /** Keys of the linked files. */
  readonly written: readonly PlacedSetting[];
  /** Files that were read on the way. */
  readonly dependsOn: readonly string[];
}

interface Followed {
  readonly link: ResolvedLink;
  readonly layer?: Layer;
  readonly unread?: readonly UnreadKey[];
  readonly written?: readonly PlacedSetting[];
  readonly files: readonly string[];
}

/** A link may lead to a file with links of its own (a vLLM YAML that names a model), but not further than this. */
const deepest = 3;

const adapterOf: { readonly [R in Link['role']]?: string } = {
  'deepspeed-config': 'deepspeed',
  model: 'huggingface',
  'draft-model': 'huggingface',
};

/** What following needs of its surroundings. */
export interface Surroundings {
  readonly files: FileAccess;
  readonly fault: Fault;
  /** Folders with the user's own models. */
  readonly modelFolders: readonly string[];
  /** What pins releases near a linked file; nothing when absent. */
  readonly requirementsOf?: (document: ConfigDocument) => Requirements;
}

const noRequirements: Requirements = { pins: () => [], files: () => [] };

/** Follows the links of one reading of `document`, in order. */
export function followLinks(document: ConfigDocument, reading: Reading, around: Surroundings): readonly FollowedLink[] {
  return reading.links.map((link) => {
    const { link: resolved, layer, unread = [], written = [], files: read } = follow(document, reading, link, around, 0);
    const problems = problemOf(resolved);
    if (link.role === 'draft-model')
      return { link: resolved, ...(layer ? { layer: draftLayer(layer) } : {}), problems, unread: [], written: [], dependsOn: read };
    return { link: resolved, ...(layer ? { layer } : {}), problems, unread, written, dependsOn: read };
  });
}

function follow(document: ConfigDocument, reading: Reading, link: Link, around: Surroundings, depth: number): Followed {
  const { files } = around;
  if (isWrittenHere(document, link)) return { link: { ...link, uri: document.uri }, files: [] };
  const uri = locate(document.uri, link, around);
  if (uri === undefined) return withoutFile(document.uri, link);
  if (link.role === 'tokenizer' || link.role === 'script') return { link: { ...link, uri }, files: [uri] };
  const found = files.read(uri);
  if ('error' in found) return { link: { ...link, missing: found.error }, files: [uri] };
  const linked = linkedDocument(uri, found.text, link.role, files);
  const adapter = adapters.find(({ id }) => id === (link.framework ?? adapterOf[link.role] ?? reading.framework));
  const requirements = around.requirementsOf?.(linked) ?? noRequirements;
  const read = adapter && readingsOf(adapter, linked, around.fault, requirements.pins, reading)[0];
  const first = read && inFiles(linked, read);
  if (!first) return { link: { ...link, uri, missing: 'the file is there, but nothing in it could be read' }, files: [uri] };
  const beside = isModel(link) && adapter ? besideModel(uri, adapter, around) : undefined;
  // A file beneath is overruled in the model it names, and in the whole shape of that model with it.
  const named = namesModel(reading) ? first.links.filter(({ role }) => role !== 'model') : first.links;
  const deeper = depth < deepest ? named.map((next) => follow(linked, first, next, around, depth + 1)) : [];
  const layers = [first, ...(beside ? [beside.reading] : []), ...deeper.flatMap(({ layer }) => (layer ? [layer] : []))];
  return {
    link: { ...link, uri },
    layer: strongestFirst(layers),
    unread: first.unread,
    // What comes last stands: the nearer file over those it stands on.
    written: [...deeper.toReversed().flatMap(({ written = [] }) => written), ...placedSettings(uri, first)],
    files: [
      uri,
      ...importsOf(linked),
      ...(beside ? [beside.uri] : []),
      ...requirements.files(),
      ...deeper.flatMap(({ files: more }) => more),
    ],
  };
}

/** The served model or the one that drafts for it: both are found by name or folder. */
const isModel = ({ role }: Link): boolean => role === 'model' || role === 'draft-model';

const namesModel = ({ links }: Reading): boolean => links.some(({ role }) => role === 'model');

/** What modelopt wrote beside a model's config.json: how the weights are stored. */
function besideModel(
  uri: string,
  adapter: Adapter,
  { files, fault }: Surroundings,
): { readonly uri: string; readonly reading: Reading } | undefined {
  const other = uri.replace(/[^/]*$/, 'hf_quant_config.json');
  const found = files.read(other);
  const [reading] = other !== uri && 'text' in found ? readingsOf(adapter, linkedDocument(other, found.text, 'model', files), fault) : [];
  return reading && { uri: other, reading };
}

/** A script that writes the file itself has been read together with it: there is nothing to follow. */
function isWrittenHere({ heredocs }: ConfigDocument, { role, target }: Link): boolean {
  if (role !== 'deepspeed-config') return false;
  return heredocs.some(({ path, body }) => path === target || (isHidden(target) && body.trimStart().startsWith('{')));
}

/** True when part of the name is known only when the script runs. */
const isHidden = (target: string): boolean => /[$`]/.test(target);

/** The file a link means: for a model its config.json, in the folder it names or among the user's own models. */
function locate(fromUri: string, link: Link, { files, modelFolders }: Surroundings): string | undefined {
  if (!isModel(link)) return files.resolve(fromUri, link.target);
  const name = link.target.replace(/\/+$/, '');
  const last = name.split('/').at(-1) ?? name;
  const own = modelFolders.flatMap((folder) => [name, last].flatMap((one) => [`${folder}/${one}/config.json`, `${folder}/${one}.json`]));
  for (const path of [name.endsWith('.json') ? name : `${name}/config.json`, ...own]) {
    const found = files.resolve(fromUri, path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A public model's name needs no file; everything else is missing. */
function withoutFile(uri: string, link: Link): Followed {
  const card = isModel(link) ? findModelCard(link.target) : undefined;
  if (card) return { link: { ...link, modelCard: card.name }, layer: cardLayer(card), files: [] };
  const missing = isHidden(link.target)
    ? `the path ${link.target} is known only when the script runs`
    : isModel(link)
      ? `there is no ${link.target}/config.json here, and it is not in the table of public models`
      : `there is no file ${link.target} here`;
  const layer = link.role === 'deepspeed-config' ? missingDeepspeed(uri, link.range, link.target, missing) : undefined;
  return { link: { ...link, missing }, ...(layer ? { layer } : {}), files: [] };
}

function cardLayer(card: ModelCard): Layer {
  const sources: SourcesDraft = {};
  for (const field of Object.keys(card.fields) as JobField[]) sources[field] = { kind: 'model-card', name: card.name, source: card.source };
  return { job: card.fields, sources };
}

/** Parsed linked files by address; dropped when their text changes. The text comes from `FileAccess`, which caches it. */
const parsed = new Map<string, ConfigDocument>();
const parsedLimit = 64;

function linkedDocument(uri: string, text: string, role: Link['role'], files: FileAccess): ConfigDocument {
  const known = parsed.get(uri);
  // What takes part in a document may change without it.
  if (known && known.text === text && !known.sourced) return known;
  const format: TextFormat | undefined =
    role === 'engine-config' ? 'yaml' : role === 'model' || role === 'draft-model' ? 'json' : jsonUnlessYaml(uri, role);
  const document = readDocument(uri, text, format, findSourced(files));
  if (parsed.size >= parsedLimit) parsed.clear();
  parsed.set(uri, document);
  return document;
}

/** DeepSpeed takes JSON whatever the file is called, and YAML by its name. */
function jsonUnlessYaml(uri: string, role: Link['role']): TextFormat | undefined {
  return role === 'deepspeed-config' && !/\.ya?ml$/i.test(uri) ? 'json' : undefined;
}

/** Modules that a linked file imports. */
const importsOf = ({ sourced = [] }: ConfigDocument): readonly string[] => sourced.flatMap(({ file }) => file?.uri ?? []);

/** The nearer file wins, field by field. */
function strongestFirst(layers: readonly Layer[]): Layer {
  const [first, ...rest] = layers;
  if (!first) return { job: {}, sources: {} };
  return rest.length === 0
    ? first
    : rest.reduce((near, far) => ({ job: { ...far.job, ...near.job }, sources: { ...far.sources, ...near.sources } }), first);
}

const unknownTo = (role: Link['role']): string =>
  role === 'draft-model' ? 'Its weights and its cache are not in the estimate' : 'What it says is unknown to the estimate';

/** What to tell about a link that leads nowhere, at the link. */
function problemOf(link: ResolvedLink): readonly Problem[] {
  if (link.missing === undefined || link.role === 'tokenizer') return [];
  const isNeeded = link.role === 'deepspeed-config' || link.role === 'engine-config' || link.role === 'config';
  // What lies at a place of another machine's, as an engine in its container does, is rarely in a workspace.
  const isElsewhere = link.role === 'engine-config' && link.target.startsWith('/');
  const severity = isNeeded && !isHidden(link.target) && !isElsewhere ? 'warning' : 'info';
  // A file that is there has an address; what is wrong is inside.
  const missing =
    link.role === 'draft-model' ? 'Draft model not found' : link.role === 'model' ? 'Model not found' : 'Linked file not found';
  const what = link.uri === undefined ? missing : 'Linked file not read';
  return [{ range: link.range, severity, code: 'missing-link', message: `${what}: ${link.missing}. ${unknownTo(link.role)}` }];
}
