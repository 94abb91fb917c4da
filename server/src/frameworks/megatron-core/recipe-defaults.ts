/** Tables of the recipes a package ships: what a recipe sets when nothing else is asked of it, one recipe a line. */
import type { JobField } from '../../core/job-fields.ts';
import type { Draft } from '../draft.ts';
import { setDefault } from '../draft.ts';
import { splitFields } from './splits.ts';

/** The columns behind the name, `-` where the recipe leaves a value to the package. */
const columns: readonly JobField[] = [...splitFields, 'sequence.length', 'batch.global', 'batch.micro'];

export interface RecipeDefaults {
  readonly source: string;
  readonly recipes: ReadonlyMap<string, readonly string[]>;
}

/** Lines of `name | tp pp vpp cp ep sp seq global micro`. */
export function recipeTable(source: string, lines: string): RecipeDefaults {
  const recipes = lines
    .split('\n')
    .map((line) => line.split('|').map((part) => part.trim()))
    .flatMap(([name = '', values = '']): [string, readonly string[]][] => (name === '' ? [] : [[name, values.split(/\s+/)]]));
  return { source, recipes: new Map(recipes) };
}

/** The recipe's own values as defaults of the package. */
export function applyRecipe(draft: Draft, { source, recipes }: RecipeDefaults, name: string): boolean {
  const values = recipes.get(name);
  if (values === undefined) return false;
  for (const [index, field] of columns.entries()) {
    const written = values[index] ?? '-';
    if (written === '-') continue;
    const value = field === 'parallel.sequence' ? written === '1' : Number(written);
    setDefault(draft, field, value as never, `recipe ${name} of ${source}`);
  }
  return true;
}
