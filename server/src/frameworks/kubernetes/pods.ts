/** Pods as jobs: what each role starts, and how many nodes and accelerators the whole gets. */
import type { ConfigDocument } from '../../syntax/document.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { childrenOf, nodeAt, rangeOf, settingOf, textOf } from '../carriers/tree.ts';
import { carried, readInside } from '../carriers/workload.ts';
import { leaveSizes } from '../deployments/deployed.ts';
import { withServedModel } from '../deployments/served-model.ts';
import { withSums } from '../deployments/sums.ts';
import { createDraft, type Draft, finishReading, keyOrigin, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { count, text } from '../parse.ts';
import { applyParsed } from '../row.ts';
import type { Setting } from '../setting.ts';
import { acceleratorCount, acceleratorNames, isSlice, modelIn, partsOf } from './accelerators.ts';
import { type ConfigMaps, mountedFiles } from './config-maps.ts';
import { containerEnvironment, operatorVariables } from './environment.ts';
import { isKubernetesKey } from './keys.ts';
import type { Count, PodGroup, Role } from './roles.ts';

/** A role with what was found in its containers. */
export interface ReadRole {
  readonly role: Role;
  readonly accelerators: Setting | undefined;
  readonly inside: readonly Reading[];
}

export const framework = 'kubernetes';

/** The jobs of one object. Roles that run the same program are one job; others are jobs of their own. */
export function readPods(document: ConfigDocument, group: PodGroup, maps: ConfigMaps, readInner: ReadInner): readonly Reading[] {
  const nodes = total(group.roles, group);
  const roles = group.roles.flatMap((role) => readRole(document, group, role, nodes, maps, readInner));
  return jobsOf(document, group, roles);
}

export function jobsOf(document: ConfigDocument, group: PodGroup, roles: readonly ReadRole[]): readonly Reading[] {
  return together(roles).flatMap((parts) => {
    const inside = parts[0]?.inside ?? [];
    const engine = inside.length === 0 ? engineOfImage(group, parts) : undefined;
    const carrier = readingOf(document, group, parts, inside[0]?.kind === 'serving', engine);
    const standsAlone = group.trains === true || parts.some(({ accelerators }) => accelerators !== undefined);
    return carried(document, inside, carrier, standsAlone).map((reading) => withSums(withServedModel(reading)));
  });
}

/** Images that serve, whatever script of their own starts them. */
const servers = /(?:^|[/_.-])(vllm|sglang|lmdeploy|tritonserver|text-generation-inference)(?=[\d:@/_.-]|$)/;

/** The engine that the image names, of a deployment whose script is not known. */
function engineOfImage(group: PodGroup, parts: readonly ReadRole[]): string | undefined {
  if (group.servesCopies !== true && group.kind !== 'LeaderWorkerSet') return undefined;
  const containers = parts.flatMap(({ role }) => childrenOf(nodeAt(role.pod, 'containers')));
  const images = containers.map((container) => textOf(nodeAt(container, 'image')) ?? '').filter((image) => !/-sdk$/.test(image));
  return images.map((image) => servers.exec(image)?.[1]).find((one) => one !== undefined);
}

/** One entry for each container that does something; a container beside it that reads as nothing is no job. */
function readRole(
  document: ConfigDocument,
  group: PodGroup,
  role: Role,
  nodes: Count,
  maps: ConfigMaps,
  readInner: ReadInner,
): readonly ReadRole[] {
  const given = operatorVariables(group, nodes, processCount(group));
  const containers = childrenOf(nodeAt(role.pod, 'containers'));
  const all = containers.map((container) => {
    const environment = containerEnvironment(container, maps, given);
    const started = {
      program: nodeAt(container, 'command'),
      arguments: nodeAt(container, 'args'),
      image: nodeAt(container, 'image'),
      environment,
      references: environment,
    };
    const inner = startedDocument(document, started);
    const files = mountedFiles(role.pod, container, maps);
    return {
      role,
      accelerators: acceleratorCount(container),
      inside: inner ? readInside(document, [inner], files, readInner) : [],
    };
  });
  const some = all.filter(({ accelerators, inside }) => accelerators !== undefined || inside.length > 0);
  return some.length > 0 ? some : all.slice(0, 1);
}

/** Programs of one kind in the same place of their pods work together; two servers in one pod do not. */
function keyOf({ role, inside: [first] }: ReadRole, roles: readonly ReadRole[]): string | undefined {
  const beside = roles.filter((other) => other.role === role && other.inside.length > 0);
  return first && `${first.kind} ${first.framework} ${beside.findIndex((other) => other.inside[0] === first)}`;
}

/** Parts of one job: those with the same kind of program, and workers that only wait to be used. */
function together(roles: readonly ReadRole[]): readonly (readonly ReadRole[])[] {
  const groups = new Map<string, ReadRole[]>();
  const waiting: ReadRole[] = [];
  for (const one of roles) {
    const key = keyOf(one, roles);
    const known = key === undefined ? waiting : groups.get(key);
    if (known) known.push(one);
    else if (key !== undefined) groups.set(key, [one]);
  }
  const [main, ...others] = groups.values();
  const workers = waiting.filter(({ accelerators }) => accelerators !== undefined);
  if (!main) return waiting.length > 0 ? [workers.length > 0 ? workers : waiting] : [];
  return [[...main, ...workers], ...others];
}

function readingOf(
  document: ConfigDocument,
  group: PodGroup,
  parts: readonly ReadRole[],
  isInside: boolean,
  engine: string | undefined,
): Reading {
  const launch = launchOf(document, group);
  const isServing = isInside || engine !== undefined;
  const kind = engine === undefined ? 'cluster' : 'serving';
  const draft = createDraft({ document, framework, kind, release: 'Kubernetes 1.33', launch });
  if (engine !== undefined) {
    draft.facts.framework = engine;
    leaveSizes(draft);
  }
  if (isServing) setRole(draft, group);
  const settings: Setting[] = [];
  const equipped = parts.filter(({ accelerators }) => accelerators !== undefined);
  const counted = equipped.length > 0 ? equipped : parts;
  setNodes(draft, group, [...new Set(counted.map(({ role }) => role))], isServing, settings);
  setAccelerators(draft, counted, settings);
  setProcesses(draft, group, settings);
  const mpi = textOf(nodeAt(group.object, 'spec', 'mlPolicy', 'mpi', 'mpiImplementation'));
  if (mpi !== undefined) draft.facts.mpi = mpi;
  for (const setting of settings) draft.used.add(setting);
  return finishReading(draft, settings, isKubernetesKey);
}

/** llm-d tells its servers for prefill and decode apart by a label of the pod, others by the names of their roles. */
function setRole(draft: Draft, { object, role: named }: PodGroup): void {
  const template = nodeAt(object, 'spec', 'template') ?? nodeAt(object, 'spec', 'leaderWorkerTemplate', 'workerTemplate');
  const setting = settingOf(nodeAt(template, 'metadata', 'labels', 'llm-d.ai/role')) ?? named;
  const role = String(setting?.scalar);
  if (setting && (role === 'prefill' || role === 'decode')) setField(draft, 'serving.role', role, keyOrigin(draft, setting));
}

/** The line of the object's kind. */
function launchOf(document: ConfigDocument, { object }: PodGroup) {
  const kind = nodeAt(object, 'kind');
  const { start } = kind ? rangeOf(kind) : rangeOf(object);
  const end = document.text.indexOf('\n', start);
  return { start, end: end < 0 ? document.text.length : end };
}

function setNodes(draft: Draft, group: PodGroup, roles: readonly Role[], isServing: boolean, settings: Setting[]): void {
  const counts = roles.map(({ count: one }) => one);
  settings.push(...counts.flatMap(({ setting }) => setting ?? []));
  const copies = group.servesCopies === true && isServing ? counts[0] : group.copies;
  if (copies?.value !== undefined) draft.facts.replicas = copies.value;
  if (copies?.value !== undefined && copies.value > 0 && isServing) {
    if (copies.setting) setField(draft, 'serving.replicas', copies.value, keyOrigin(draft, copies.setting));
    else setDerived(draft, 'serving.replicas', copies.value, [], copies.how ?? 'one copy where none are counted');
  }
  if (copies?.setting) settings.push(copies.setting);
  const whole = group.size && roles.length === group.roles.length ? group.size : undefined;
  const [only] = counts;
  if (group.servesCopies === true && isServing)
    setDerived(draft, 'cluster.nodes', 1, [], 'each replica is a server of its own on one node');
  else if (whole) applyParsed(draft, 'cluster.nodes', whole, count);
  else if (counts.length === 1 && only?.setting && only.why === undefined) applyParsed(draft, 'cluster.nodes', only.setting, count);
  else setSum(draft, group, roles);
}

function setSum(draft: Draft, group: PodGroup, roles: readonly Role[]): void {
  const hidden = roles.find(({ count: { value } }) => value === undefined)?.count;
  if (hidden?.setting) {
    const why = hidden.why ?? 'the number of pods is not written as a number';
    setUnknown(draft, 'cluster.nodes', unresolvedOrigin(draft, hidden.setting, why));
    return;
  }
  const value = total(roles, undefined).value ?? 0;
  const how = roles.map(({ name, count: one }) => `${one.value} ${name}`).join(' + ');
  if (value > 0) setDerived(draft, 'cluster.nodes', value, [], roles.length > 1 ? how : `a ${group.kind} of one pod`);
}

/** Pods in all; the key that says so when it is one. */
function total(roles: readonly Role[], group: PodGroup | undefined): Count {
  if (group?.size) return { value: roles.reduce((sum, { count: one }) => sum + (one.value ?? Number.NaN), 0), setting: group.size };
  const values = roles.map(({ count: one }) => one.value);
  const value = values.includes(undefined) ? undefined : values.reduce((sum: number, one) => sum + (one ?? 0), 0);
  return { value, setting: roles.length === 1 ? roles[0]?.count.setting : undefined };
}

function setAccelerators(draft: Draft, parts: readonly ReadRole[], settings: Setting[]): void {
  const counts = parts.flatMap(({ accelerators }) => accelerators ?? []);
  const [first] = counts;
  if (!first) return;
  settings.push(...counts);
  const values = new Set(counts.map(({ scalar }) => String(scalar)));
  const several = partsOf(first, acceleratorNames(parts[0]?.role.pod));
  if (several !== undefined) {
    setUnknown(draft, 'cluster.gpusPerNode', unresolvedOrigin(draft, first, several));
    draft.facts.devices_per_node = Number(first.scalar);
  } else if (values.size === 1) applyParsed(draft, 'cluster.gpusPerNode', first, count);
  else {
    const gpus = parts.reduce((sum, { role, accelerators }) => sum + Number(accelerators?.scalar) * (role.count.value ?? Number.NaN), 0);
    if (Number.isInteger(gpus)) setDerived(draft, 'cluster.gpus', gpus, [], 'GPUs of all roles');
  }
  const each = draft.job['cluster.gpusPerNode'];
  const nodes = draft.job['cluster.nodes'];
  if (each !== undefined && nodes !== undefined && draft.facts.replicas !== undefined) draft.facts.gpus_per_replica = each * nodes;
  setAcceleratorName(draft, parts, first, settings);
}

function setAcceleratorName(draft: Draft, parts: readonly ReadRole[], first: Setting, settings: Setting[]): void {
  if (isSlice(first)) {
    setUnknown(draft, 'cluster.gpu', unresolvedOrigin(draft, first, `${first.spelling} is a slice of a GPU`));
    return;
  }
  const names = parts.map(({ role }) => acceleratorNames(role.pod)).find((one) => one.length > 0) ?? [];
  const [name] = names;
  const named = modelIn(first);
  if (!name && named) applyParsed(draft, 'cluster.gpu', named, text);
  if (!name) return;
  settings.push(name);
  const listed = names.map(({ scalar }) => String(scalar)).join(', ');
  if (names.length === 1) applyParsed(draft, 'cluster.gpu', name, text);
  else setUnknown(draft, 'cluster.gpu', unresolvedOrigin(draft, name, `${name.spelling} may be any of ${listed}`));
}

const isNumber = (setting: Setting | undefined): setting is Setting => /^\d+$/.test(String(setting?.scalar ?? ''));

function processCount({ processes }: PodGroup): Count | undefined {
  return isNumber(processes) ? { value: Number(processes.scalar), setting: processes } : undefined;
}

/** Processes of a pod count as its GPUs, one each; more of them than there are GPUs cannot all have one. */
function setProcesses(draft: Draft, { processes }: PodGroup, settings: Setting[]): void {
  if (!isNumber(processes)) return;
  settings.push(processes);
  const origin = draft.sources['cluster.gpusPerNode'];
  const limit = draft.job['cluster.gpusPerNode'];
  if (limit !== undefined && limit !== Number(processes.scalar) && origin?.kind === 'key') {
    const message = `${processes.spelling} starts ${Number(processes.scalar)} processes in a pod, and ${origin.spelling} gives it ${limit} GPUs`;
    const related = [{ place: { uri: origin.uri, range: origin.value }, message: 'given here' }];
    draft.problems.push({ range: processes.value, severity: 'warning', code: 'carrier-differs', message, related });
  }
  applyParsed(draft, 'cluster.gpusPerNode', processes, count);
}
