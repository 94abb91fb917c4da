/**
 * Objects of operators that start pods by role: `roles` with a pod template each, in the spec or in its template (AIBrix StormService
 * and RoleSet 0.5, RoleBasedGroup v1alpha1, DisaggregatedSet of LeaderWorkerSet v1). Every role is a server of its own; one of several
 * pods takes `podGroupSize` or the size of its leader and workers.
 */
import { childrenOf, nodeAt, settingOf, type TreeNode, textOf } from '../carriers/tree.ts';
import { type Count, countOf, type PodGroup, type Role } from './roles.ts';

const specOf = (template: TreeNode | undefined): TreeNode | undefined =>
  nodeAt(template, 'spec', 'containers') ? nodeAt(template, 'spec') : nodeAt(template, 'spec', 'template', 'spec');

/** The pods of each role; nothing for an object without roles. */
export function roleGroupsOf(object: TreeNode): readonly PodGroup[] {
  const spec = nodeAt(object, 'spec');
  const whole = textOf(nodeAt(object, 'kind')) ?? '';
  for (const holder of [spec, nodeAt(spec, 'template', 'spec'), nodeAt(spec, 'template')]) {
    const groups = childrenOf(nodeAt(holder, 'roles')).flatMap((role) => groupOf(whole, role, holder === spec ? undefined : spec));
    if (groups.length > 0) return groups;
  }
  return [];
}

function groupOf(kind: string, role: TreeNode, outer: TreeNode | undefined): readonly PodGroup[] {
  const pod = specOf(nodeAt(role, 'template'));
  if (!pod || childrenOf(nodeAt(pod, 'containers')).length === 0) return [];
  const name = textOf(nodeAt(role, 'name')) ?? 'role';
  const copies = product(countOf(nodeAt(outer, 'replicas')), countOf(nodeAt(role, 'replicas')));
  const named = { kind, name, object: role, role: settingOf(nodeAt(role, 'name')) };
  const size = countOf(nodeAt(role, 'podGroupSize'));
  const roles = (count: Count): readonly Role[] => [{ name, pod, count }];
  return size.setting === undefined || size.value === 1
    ? [{ ...named, roles: roles(copies), servesCopies: true }]
    : [{ ...named, roles: roles(size), copies, size: size.setting }];
}

/** Copies of the whole times copies of the role; the key that says it where one does. */
function product(outer: Count, inner: Count): Count {
  if (outer.value === 1) return inner;
  if (inner.value === 1) return outer;
  const value = outer.value === undefined || inner.value === undefined ? undefined : outer.value * inner.value;
  return { value, setting: undefined, how: `${outer.value} copies of the whole with ${inner.value} each` };
}
