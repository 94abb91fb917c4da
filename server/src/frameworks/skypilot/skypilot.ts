/**
 * SkyPilot tasks: the run script is read by the other adapters with the variables SkyPilot sets in it, and the resources say
 * how many nodes there are and what each has. Keys and variables: sky/utils/schemas.py and sky/skylet/constants.py (0.10).
 */
import type { ConfigDocument, Directive, ShellVariable } from '../../syntax/document.ts';
import { embeddedDocument, entryVariable } from '../../syntax/embedded.ts';
import { type Adapter, noContext, type ReadContext, type ReadInner, type Reading } from '../adapter.ts';
import { childrenOf, nodeAt, settingOf, type TreeNode, textOf, treesOf } from '../carriers/tree.ts';
import { hiddenVariable, variableAt } from '../carriers/variables.ts';
import { carried, readInside } from '../carriers/workload.ts';
import { withSums } from '../deployments/sums.ts';
import { createDraft, type Draft, finishReading, keyOrigin, setDerived, setField, setUnknown, unresolvedOrigin } from '../draft.ts';
import { count, text } from '../parse.ts';
import { applyParsed } from '../row.ts';
import { firstLine, type Setting, settingNumber } from '../setting.ts';
import { choicesOf } from './accelerators.ts';
import { isSkypilotKey, skypilotKeys } from './keys.ts';

const framework = 'skypilot';
const taskKeys = ['run', 'setup', 'num_nodes', 'envs', 'workdir', 'file_mounts', 'service', 'name'];

function detect(document: ConfigDocument): number {
  if (document.format !== 'yaml') return 0;
  return treesOf(document).some(isTask) ? 0.93 : 0;
}

/** A task has resources with accelerators or a machine, and something to run. */
function isTask(tree: TreeNode): boolean {
  const resources = nodeAt(tree, 'resources');
  const names = ['accelerators', 'instance_type', 'any_of', 'ordered', 'infra', 'cloud'];
  if (!names.some((name) => nodeAt(resources, name) !== undefined)) return false;
  return taskKeys.filter((key) => nodeAt(tree, key) !== undefined).length > 0 && nodeAt(tree, 'services') === undefined;
}

function read(document: ConfigDocument, { readInner }: ReadContext = noContext): readonly Reading[] {
  return treesOf(document)
    .filter(isTask)
    .flatMap((task) => readTask(document, task, readInner));
}

function readTask(document: ConfigDocument, task: TreeNode, readInner: ReadInner): readonly Reading[] {
  const run = nodeAt(task, 'run')?.entry;
  const launch = run?.key ?? firstLine(document);
  const draft = createDraft({ document, framework, kind: 'cluster', release: 'SkyPilot 0.10', launch });
  const settings = [...setNodes(draft, task), ...setAccelerators(draft, nodeAt(task, 'resources')), ...setReplicas(draft, task)];
  for (const setting of settings) draft.used.add(setting);
  const carrier = finishReading(draft, settings, isSkypilotKey);
  const script = run && embeddedDocument(document, run, 'shell', environmentOf(draft, task));
  const inner = script ? [{ ...script, directives: [...script.directives, ...imageOf(nodeAt(task, 'resources', 'image_id'))] }] : [];
  const jobs = carried(document, readInside(document, inner, [], readInner), carrier, draft.sources['cluster.gpusPerNode'] !== undefined);
  return jobs.map((reading) => (reading.kind === 'serving' ? served(reading) : reading));
}

/** A server that SkyPilot starts: both names are said, and what all its copies take. */
function served(reading: Reading): Reading {
  return withSums({ ...reading, facts: { ...reading.facts, framework, engine: reading.runsAs } });
}

/** `docker:NAME` is the image the script runs in. */
function imageOf(node: TreeNode | undefined): readonly Directive[] {
  const name = /^docker:(.+)$/.exec(textOf(node) ?? '')?.[1];
  return name === undefined || !node?.entry ? [] : [{ prefix: 'FROM', name: '', text: name, key: node.entry.key, value: node.entry.value }];
}

function setNodes(draft: Draft, task: TreeNode): readonly Setting[] {
  const setting = settingOf(nodeAt(task, 'num_nodes'));
  if (setting) applyParsed(draft, 'cluster.nodes', setting, count);
  else setDerived(draft, 'cluster.nodes', 1, [], 'SkyPilot takes one node when num_nodes is absent');
  return setting ? [setting] : [];
}

function setAccelerators(draft: Draft, resources: TreeNode | undefined): readonly Setting[] {
  const { all, isOrdered } = choicesOf(resources);
  const [first] = all;
  const machine = settingOf(nodeAt(resources, 'instance_type'), 'resources.instance_type');
  if (!first) {
    if (machine) applyParsed(draft, 'cluster.gpu', machine, text);
    return machine ? [machine] : [];
  }
  const names = new Set(all.map(({ name }) => String(name.scalar).toLowerCase()));
  if (isOrdered || names.size === 1) applyParsed(draft, 'cluster.gpu', first.name, text);
  else {
    const listed = all.map(({ name }) => String(name.scalar)).join(', ');
    setUnknown(draft, 'cluster.gpu', unresolvedOrigin(draft, first.name, `SkyPilot takes one of ${listed}`));
    draft.facts.gpu_choices = [...new Set(all.map(({ name }) => String(name.scalar)))];
  }
  const counts = new Set(all.map(({ count: one }) => String(one?.scalar ?? 1)));
  if (!isOrdered && counts.size > 1) {
    setUnknown(
      draft,
      'cluster.gpusPerNode',
      unresolvedOrigin(draft, first.count ?? first.name, 'it depends on the accelerator SkyPilot takes'),
    );
  } else if (first.count) applyParsed(draft, 'cluster.gpusPerNode', first.count, count);
  else setDerived(draft, 'cluster.gpusPerNode', 1, [], 'an accelerator without a count is one');
  return all.flatMap(({ name, count: one }) => (one ? [name, one] : [name]));
}

function setReplicas(draft: Draft, task: TreeNode): readonly Setting[] {
  const setting = settingOf(nodeAt(task, 'service', 'replicas') ?? nodeAt(task, 'service', 'replica_policy', 'min_replicas'));
  const replicas = settingNumber(setting);
  if (setting === undefined || replicas === undefined) return [];
  draft.facts.replicas = replicas;
  if (replicas > 0) setField(draft, 'serving.replicas', replicas, keyOrigin(draft, setting));
  return [setting];
}

/** `envs`, which the command line may replace, and what SkyPilot sets itself. */
function environmentOf(draft: Draft, task: TreeNode): readonly ShellVariable[] {
  const own = childrenOf(nodeAt(task, 'envs')).flatMap(({ name, entry }): readonly ShellVariable[] => {
    if (!entry) return [];
    // A variable without a value must be given when the task is started.
    return [entry.scalar === null ? hiddenVariable(String(name), entry.key) : entryVariable(String(name), entry)];
  });
  const secrets = childrenOf(nodeAt(task, 'secrets')).map(({ name, entry }) => hiddenVariable(String(name), entry?.key ?? draft.launch));
  const place = draft.launch;
  return [
    ...own,
    ...secrets,
    ...sized(draft, 'SKYPILOT_NUM_NODES', 'cluster.nodes'),
    ...sized(draft, 'SKYPILOT_NUM_GPUS_PER_NODE', 'cluster.gpusPerNode'),
    ...['SKYPILOT_NODE_RANK', 'SKYPILOT_NODE_IPS', 'SKYPILOT_TASK_ID'].map((name) => hiddenVariable(name, place)),
  ];
}

function sized(draft: Draft, name: string, field: 'cluster.nodes' | 'cluster.gpusPerNode'): readonly ShellVariable[] {
  const value = draft.job[field];
  const origin = draft.sources[field];
  if (value === undefined) return [hiddenVariable(name, draft.launch)];
  return [origin?.kind === 'key' ? variableAt(name, String(value), origin.value, true) : variableAt(name, String(value), draft.launch)];
}

export const adapter: Adapter = { id: framework, label: 'SkyPilot', detect, read, keys: skypilotKeys };
