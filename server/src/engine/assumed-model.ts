/** A folder that is not here and whose last part is a public model's name: the model's shape is then an assumption. */
import type { Assumption } from '../core/estimate.ts';
import type { ResolvedLink } from './analysis.ts';

/** A path on somebody's machine, and no name on the Hub, which has one slash at most. */
const isPath = (target: string): boolean => /^(?:[/~.$]|[A-Za-z]:[\\/])/.test(target) || target.split('/').length > 2;

/** What was taken for each model that a path names, for the list beside the estimate. */
export function assumedModels(links: readonly ResolvedLink[]): readonly Assumption[] {
  return links.flatMap(({ role, target, modelCard }): Assumption[] => {
    if ((role !== 'model' && role !== 'draft-model') || modelCard === undefined || !isPath(target)) return [];
    return [
      {
        field: role === 'model' ? 'model.name' : 'serving.draftModel',
        value: modelCard,
        why: `${target} is not here; its name is that of a public model`,
      },
    ];
  });
}
