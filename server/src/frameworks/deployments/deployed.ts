/**
 * One role of a deployed server: the engine's own reading of what the role starts, joined with what the deployment knows
 * about where it runs. Prefill and decode are roles of their own, and so are several models of one file.
 */
import type { ServingRole } from '../../core/job-fields.ts';
import type { Range } from '../../core/origin.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import type { MountedFile } from '../carriers/mounted.ts';
import type { TreeNode } from '../carriers/tree.ts';
import { carried, readInside } from '../carriers/workload.ts';
import {
  createDraft,
  type Draft,
  finishReading,
  keyOrigin,
  setDerived,
  setField,
  setUnknown,
  setUnwritten,
  unresolvedOrigin,
} from '../draft.ts';
import { acceleratorNames, isSlice, modelIn, partsOf } from '../kubernetes/accelerators.ts';
import type { Count } from '../kubernetes/roles.ts';
import { count, text } from '../parse.ts';
import { applyParsed } from '../row.ts';
import type { Setting } from '../setting.ts';
import { withServedModel } from './served-model.ts';
import { withSums } from './sums.ts';

/** What carries the role. */
export interface Deployment {
  readonly document: ConfigDocument;
  /** The adapter whose format it is. */
  readonly framework: string;
  readonly release: string;
  readonly isKnown: (name: string) => boolean;
  readonly readInner: ReadInner;
}

/** A number that follows from other keys, with how. */
export interface Worked {
  readonly value: number;
  readonly how: string;
}

export interface DeployedRole {
  /** Where the role stands. */
  readonly launch: Range;
  readonly role?: ServingRole | undefined;
  /** What it starts. */
  readonly inner: readonly ConfigDocument[];
  readonly files?: readonly MountedFile[];
  readonly replicas?: Count | undefined;
  /** Nodes of one replica. */
  readonly nodes?: Setting | Worked | undefined;
  /** Accelerators of one node of the replica. */
  readonly accelerators?: Setting | Worked | undefined;
  /** What asks for the kind of accelerator: a pod with its node labels, or a key of the format. */
  readonly pod?: TreeNode | undefined;
  readonly gpu?: Setting | undefined;
  readonly facts?: Readonly<Record<string, unknown>>;
  /** A job even when nothing is known of what it starts. */
  readonly standsAlone?: boolean;
}

const isWorked = (one: Setting | Worked): one is Worked => 'how' in one;

/** The jobs of a role: as a rule one. */
export function readDeployed(deployment: Deployment, one: DeployedRole): readonly Reading[] {
  const { document, readInner } = deployment;
  const inside = readInside(document, one.inner, one.files ?? [], readInner).filter(({ kind }) => kind === 'serving');
  const carrier = carrierOf(deployment, one);
  return carried(document, inside, carrier, one.standsAlone === true).map((reading) => named(reading, deployment, one));
}

/** The deployment's own name and the engine's are both said. */
function named(reading: Reading, { framework }: Deployment, { facts }: DeployedRole): Reading {
  const engine = reading.kind === 'serving' && reading.framework !== framework ? { engine: reading.runsAs } : {};
  return withSums(withServedModel({ ...reading, facts: { ...reading.facts, framework, ...engine, ...facts } }));
}

function carrierOf({ document, framework, release, isKnown }: Deployment, one: DeployedRole): Reading {
  const kind = one.standsAlone === true ? 'serving' : 'cluster';
  const draft = createDraft({ document, framework, kind, release, launch: one.launch });
  const settings: Setting[] = [];
  placeCount(draft, 'cluster.nodes', one.nodes, settings);
  setAccelerators(draft, one, settings);
  setReplicas(draft, one.replicas, settings);
  if (one.role !== undefined) setDerived(draft, 'serving.role', one.role, [], `it stands under ${one.role}`);
  for (const setting of settings) draft.used.add(setting);
  if (kind === 'serving') leaveSizes(draft);
  return finishReading(draft, settings, isKnown);
}

/** How a server of which only the place is known spreads over its GPUs; nothing may be worked out of the place alone. */
export function leaveSizes(draft: Draft): void {
  const why = 'what the server is started with does not stand in this file';
  for (const field of ['parallel.tensor', 'parallel.data', 'serving.dataParallel'] as const) setUnwritten(draft, field, why);
}

function placeCount(
  draft: Draft,
  field: 'cluster.nodes' | 'cluster.gpusPerNode',
  one: Setting | Worked | undefined,
  settings: Setting[],
): void {
  if (!one) return;
  if (isWorked(one)) {
    setDerived(draft, field, one.value, [], one.how);
    return;
  }
  settings.push(one);
  const isShare = Number(one.scalar) > 0 && Number(one.scalar) < 1;
  if (isShare) setUnknown(draft, field, unresolvedOrigin(draft, one, `${one.spelling} ${one.scalar} is a share of a GPU`));
  else applyParsed(draft, field, one, count);
}

function setReplicas(draft: Draft, replicas: Count | undefined, settings: Setting[]): void {
  if (!replicas) return;
  const { value, setting } = replicas;
  if (setting) settings.push(setting);
  if (value === undefined && setting) setUnknown(draft, 'serving.replicas', unresolvedOrigin(draft, setting, replicas.why));
  else if (value !== undefined && value > 0 && setting) setField(draft, 'serving.replicas', value, keyOrigin(draft, setting));
  else if (value !== undefined && value > 0) setDerived(draft, 'serving.replicas', value, [], 'one copy where none are counted');
  if (value !== undefined) draft.facts.replicas = value;
}

function setAccelerators(draft: Draft, { accelerators, pod, gpu }: DeployedRole, settings: Setting[]): void {
  const named = gpu ? [gpu] : acceleratorNames(pod);
  const device = accelerators && !isWorked(accelerators) ? accelerators : undefined;
  const parts = device && partsOf(device, named);
  if (device && parts !== undefined) {
    settings.push(device);
    setUnknown(draft, 'cluster.gpusPerNode', unresolvedOrigin(draft, device, parts));
    draft.facts.devices_per_node = Number(device.scalar);
  } else placeCount(draft, 'cluster.gpusPerNode', accelerators, settings);
  setKind(draft, device, named, settings);
}

function setKind(draft: Draft, device: Setting | undefined, named: readonly Setting[], settings: Setting[]): void {
  if (device && isSlice(device)) {
    setUnknown(draft, 'cluster.gpu', unresolvedOrigin(draft, device, `${device.spelling} is a slice of a GPU`));
    return;
  }
  const [name] = named;
  const inResource = device && modelIn(device);
  if (!name) {
    if (inResource) applyParsed(draft, 'cluster.gpu', inResource, text);
    return;
  }
  settings.push(name);
  const listed = named.map(({ scalar }) => String(scalar)).join(', ');
  if (named.length === 1) applyParsed(draft, 'cluster.gpu', name, text);
  else setUnknown(draft, 'cluster.gpu', unresolvedOrigin(draft, name, `${name.spelling} may be any of ${listed}`));
}
