/**
 * Compose files: what each service starts is read by the other adapters, and the devices it reserves are its GPUs.
 * `${NAME:-value}` is filled in from a file or a shell that is not seen here, so only the default is known. Keys: the Compose
 * specification, services and deploy (2025).
 */
import type { ConfigDocument, ShellVariable } from '../../syntax/document.ts';
import { argumentCommand, entryVariable } from '../../syntax/embedded.ts';
import { splitAssignmentWord } from '../../syntax/word.ts';
import { type Adapter, noContext, type ReadContext, type ReadInner, type Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { referringSetting } from '../carriers/scalars.ts';
import { isTelling } from '../carriers/telling.ts';
import { childrenOf, nodeAt, settingOf, type TreeNode, textOf, treesOf } from '../carriers/tree.ts';
import { carried, readInside } from '../carriers/workload.ts';
import { createDraft, type Draft, finishReading, setDerived } from '../draft.ts';
import { topEntries } from '../find.ts';
import { count } from '../parse.ts';
import type { Parse } from '../row.ts';
import { applyParsed } from '../row.ts';
import type { Setting } from '../setting.ts';
import { composeKeys, isComposeKey } from './keys.ts';

const framework = 'compose';

function servicesOf(document: ConfigDocument): readonly TreeNode[] {
  return treesOf(document).flatMap((tree) =>
    childrenOf(nodeAt(tree, 'services')).filter((service) =>
      ['image', 'build', 'command'].some((key) => nodeAt(service, key) !== undefined),
    ),
  );
}

function detect(document: ConfigDocument): number {
  if (document.format !== 'yaml' && document.format !== 'json') return 0;
  if (!topEntries(document).has('services')) return 0;
  return servicesOf(document).length > 0 && isTelling(document.text) ? 0.96 : 0;
}

function read(document: ConfigDocument, { readInner }: ReadContext = noContext): readonly Reading[] {
  return servicesOf(document).flatMap((service) => readService(document, service, readInner));
}

function readService(document: ConfigDocument, service: TreeNode, readInner: ReadInner): readonly Reading[] {
  const inner = startedDocument(document, {
    program: nodeAt(service, 'entrypoint'),
    arguments: nodeAt(service, 'command'),
    image: nodeAt(service, 'image'),
    environment: environmentOf(nodeAt(service, 'environment')),
    references: [],
  });
  const inside = inner ? readInside(document, [inner], [], readInner) : [];
  const launch = service.entry?.key ?? { start: 0, end: 0 };
  const draft = createDraft({ document, framework, kind: 'cluster', release: 'Compose specification 2025', launch });
  const settings = setDevices(draft, service);
  return carried(document, inside, finishReading(draft, settings, isComposeKey), settings.length > 0);
}

/** `NAME: value` or `- NAME=value`; a name without a value comes from the machine. */
function environmentOf(block: TreeNode | undefined): readonly ShellVariable[] {
  return childrenOf(block).flatMap(({ name, entry }): readonly ShellVariable[] => {
    if (!entry || entry.scalar === null || entry.style === 'container') return [];
    if (typeof name === 'string') return [entryVariable(name, entry)];
    const [word] = argumentCommand([entry]).words;
    const assigned = word && splitAssignmentWord(word);
    if (assigned?.name === undefined || !assigned.value) return [];
    return [{ name: assigned.name, value: assigned.value, assignment: word?.range ?? entry.value, exported: true }];
  });
}

/** `all` is known only to the machine. */
const deviceCount: Parse<number> = (setting) => {
  const { scalar } = setting;
  return scalar === 'all' || scalar === -1 || scalar === '-1' ? { unresolved: allOf(setting) } : count(setting);
};

const allOf = ({ spelling, written }: Setting): string => `${spelling}: ${written ?? 'all'} takes every GPU of the machine`;

/** The GPUs of the service: reserved devices, or the short form `gpus`. */
function setDevices(draft: Draft, service: TreeNode): readonly Setting[] {
  const reserved = childrenOf(nodeAt(service, 'deploy', 'resources', 'reservations', 'devices'));
  const short = nodeAt(service, 'gpus');
  const devices = [...reserved, ...childrenOf(short)].filter(isGpu);
  const settings = devices.flatMap((device) => setDevice(draft, device));
  if (short && childrenOf(short).length === 0) settings.push(...setCount(draft, short, 'gpus'));
  if (settings.length === 0) return [];
  setDerived(draft, 'cluster.nodes', 1, [], 'Compose starts a service on one machine');
  const replicas = settingOf(nodeAt(service, 'deploy', 'replicas'), 'deploy.replicas');
  if (!replicas) return settings;
  draft.facts.replicas = replicas.scalar;
  draft.used.add(replicas);
  return [...settings, replicas];
}

function isGpu(device: TreeNode): boolean {
  const capabilities = childrenOf(nodeAt(device, 'capabilities')).flatMap((one) => (childrenOf(one).length > 0 ? childrenOf(one) : [one]));
  const words = capabilities.map(textOf);
  return words.length === 0 || words.some((word) => word !== undefined && /gpu|tpu|nvidia/.test(word));
}

/** One reservation: the listed devices, or a count, which is all when it is not written. */
function setDevice(draft: Draft, device: TreeNode): Setting[] {
  const ids = nodeAt(device, 'device_ids');
  const listed = settingOf(ids, 'device_ids');
  const driver = settingOf(nodeAt(device, 'driver') ?? nodeAt(device, 'capabilities'));
  if (listed && ids) {
    // A runtime takes one text with commas for as many devices.
    const number = childrenOf(ids).reduce((sum, id) => sum + (textOf(id) ?? '').split(',').filter((one) => one.trim() !== '').length, 0);
    draft.used.add(listed);
    if (number > 0) setListed(draft, listed, number);
    return [listed];
  }
  const written = nodeAt(device, 'count');
  if (written) return setCount(draft, written, 'count');
  if (!driver) return [];
  applyParsed(draft, 'cluster.gpusPerNode', { ...driver, given: true, container: false, scalar: 'all' }, deviceCount);
  draft.used.add(driver);
  return [driver];
}

/** The length of a list stands nowhere as a number, so no edit may replace it. */
function setListed(draft: Draft, listed: Setting, number: number): void {
  setDerived(
    draft,
    'cluster.gpusPerNode',
    (draft.job['cluster.gpusPerNode'] ?? 0) + number,
    [],
    `${number} devices listed in ${listed.spelling}`,
  );
}

function setCount(draft: Draft, node: TreeNode, name: string): Setting[] {
  const setting = referringSetting(node, name);
  if (!setting) return [];
  draft.used.add(setting);
  const written = textOf(node);
  applyParsed(draft, 'cluster.gpusPerNode', { ...setting, ...(written === undefined ? {} : { written }) }, deviceCount);
  return [setting];
}

export const adapter: Adapter = { id: framework, label: 'Compose', detect, read, keys: composeKeys };
