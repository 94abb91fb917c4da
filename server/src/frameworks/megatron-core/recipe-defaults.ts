/** Tables of the recipes a package ships: what a recipe sets when nothing else is asked of it, one recipe a line. */
import type { JobField } from '../../core/job-fields.ts';
import type { PythonCall } from '../../syntax/python-module.ts';
import type { Draft } from '../draft.ts';
import { setDefault, setUnknown } from '../draft.ts';
import { splitFields } from './splits.ts';

/** The columns behind the name, `-` where the recipe leaves a value to the package. */
const columns: readonly JobField[] = [...splitFields, 'sequence.length', 'batch.global', 'batch.micro'];

/** What few recipes set, behind a second bar as `name=value`; switches are 1. */
const rare: { readonly [name: string]: JobField } = {
  first: 'parallel.layersFirstStage',
  last: 'parallel.layersLastStage',
  embedding: 'parallel.embeddingCountsAsLayer',
  loss: 'parallel.lossCountsAsLayer',
  etp: 'parallel.expertTensor',
};
const switches: ReadonlySet<JobField> = new Set(['parallel.sequence', 'parallel.embeddingCountsAsLayer', 'parallel.lossCountsAsLayer']);

interface Recipe {
  readonly values: readonly (readonly [JobField, string])[];
  /** A function of the package writes the stages out. */
  readonly ownLayout: boolean;
}

export interface RecipeDefaults {
  readonly source: string;
  readonly recipes: ReadonlyMap<string, Recipe>;
}

/** Lines of `name | tp pp vpp cp ep sp seq global micro`, and behind a second bar what few recipes set, with `layout` for their own. */
export function recipeTable(source: string, lines: string): RecipeDefaults {
  const recipes = lines
    .split('\n')
    .map((line) => line.split('|').map((part) => part.trim()))
    .flatMap(([name = '', values = '', more = '']): [string, Recipe][] => (name === '' ? [] : [[name, recipe(values, more)]]));
  return { source, recipes: new Map(recipes) };
}

function recipe(values: string, more: string): Recipe {
  const written = values.split(/\s+/);
  const common = columns.map((field, index) => [field, written[index] ?? '-'] as const);
  const words = more.split(/\s+/).map((word) => word.split('='));
  const seldom = words.flatMap(([name = '', value = '']) => {
    const field = rare[name];
    return field === undefined ? [] : [[field, value] as const];
  });
  return { values: [...common.filter(([, value]) => value !== '-'), ...seldom], ownLayout: words.some(([name]) => name === 'layout') };
}

/** The recipe's own values as defaults of the package. */
export function applyRecipe(draft: Draft, { source, recipes }: RecipeDefaults, name: string, call: PythonCall): boolean {
  const found = recipes.get(name);
  if (found === undefined) return false;
  for (const [field, written] of found.values) {
    const value = switches.has(field) ? written === '1' : Number(written);
    setDefault(draft, field, value as never, `recipe ${name} of ${source}`);
  }
  if (found.ownLayout && draft.sources['parallel.pipelineLayout'] === undefined) {
    const why = `recipe ${name} of ${source} lays its stages out itself`;
    const { uri } = draft.document;
    setUnknown(draft, 'parallel.pipelineLayout', { kind: 'unresolved', uri, key: call.name, value: call.name, spelling: call.callee, why });
  }
  return true;
}
