/** The environment of a container: `env`, `envFrom` of ConfigMaps in the same file, and what the operators set. */
import type { ShellVariable } from '../../syntax/document.ts';
import { entryVariable } from '../../syntax/embedded.ts';
import { childrenOf, nodeAt, rangeOf, type TreeNode, textOf } from '../carriers/tree.ts';
import { hiddenVariable, variableAt } from '../carriers/variables.ts';
import { type ConfigMaps, dataEntry } from './config-maps.ts';
import type { Count, PodGroup } from './roles.ts';

const isName = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name);

/** Later ones win, and may refer to earlier ones. */
export function containerEnvironment(container: TreeNode, maps: ConfigMaps, given: readonly ShellVariable[]): readonly ShellVariable[] {
  const variables: ShellVariable[] = [...given];
  for (const source of childrenOf(nodeAt(container, 'envFrom'))) {
    const prefix = textOf(nodeAt(source, 'prefix')) ?? '';
    for (const { name, entry } of maps.get(textOf(nodeAt(source, 'configMapRef', 'name')) ?? '') ?? []) {
      const full = prefix + String(name);
      if (entry && isName(full)) variables.push(entryVariable(full, entry));
    }
  }
  for (const one of childrenOf(nodeAt(container, 'env'))) {
    const name = textOf(nodeAt(one, 'name'));
    if (name !== undefined && isName(name)) variables.push(variableOf(name, one, maps, variables));
  }
  return variables;
}

function variableOf(name: string, one: TreeNode, maps: ConfigMaps, before: readonly ShellVariable[]): ShellVariable {
  const written = nodeAt(one, 'value')?.entry;
  if (written) return entryVariable(name, written, before);
  const reference = nodeAt(one, 'valueFrom', 'configMapKeyRef');
  const data = dataEntry(maps, textOf(nodeAt(reference, 'name')), textOf(nodeAt(reference, 'key')));
  if (data) return entryVariable(name, data);
  // Without a value at all it is the empty string.
  return nodeAt(one, 'valueFrom') ? hiddenVariable(name, rangeOf(one)) : variableAt(name, '', rangeOf(one));
}

/** Variables by which the operators tell each pod how large the job is. */
export function operatorVariables(group: PodGroup, nodes: Count, processes: Count | undefined): readonly ShellVariable[] {
  const { kind, object, size } = group;
  const named = (name: string, count: Count | undefined): readonly ShellVariable[] => {
    if (count?.value === undefined || !Number.isFinite(count.value)) return count ? [hiddenVariable(name, rangeOf(object))] : [];
    const place = count.setting?.value ?? { start: rangeOf(object).start, end: rangeOf(object).start };
    return [variableAt(name, String(count.value), place, count.setting !== undefined)];
  };
  if (kind === 'PyTorchJob') {
    const each = processes?.value ?? 1;
    const all: Count = each === 1 ? nodes : { value: nodes.value === undefined ? undefined : nodes.value * each, setting: undefined };
    return [...named('WORLD_SIZE', all), ...named('PET_NNODES', nodes), ...named('PET_NPROC_PER_NODE', processes)];
  }
  if (kind === 'TrainJob') return [...named('PET_NNODES', nodes), ...named('PET_NPROC_PER_NODE', processes)];
  if (kind === 'LeaderWorkerSet') return named('LWS_GROUP_SIZE', { value: nodes.value, setting: size });
  if (kind === 'Job' && nodeAt(object, 'spec', 'tasks')) {
    return group.roles.flatMap(({ name, count }) => named(`VC_${name.toUpperCase().replaceAll('-', '_')}_NUM`, count));
  }
  return [];
}
