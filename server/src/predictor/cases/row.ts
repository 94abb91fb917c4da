/** Reading one row of `rooflint predict`: column names and units are those of aiconfigurator's tables, values may be text. */

/** A row that cannot be answered, with the reason for the person who wrote it. */
export class RowProblem extends Error {
  override readonly name = 'RowProblem';
}

const squeezes = new Map<string, string>();
/** Lower-case letters and digits of a name. Names come again in every row, so a few are remembered. */
function squeezed(name: string): string {
  const known = squeezes.get(name);
  if (known !== undefined) return known;
  const result = name.toLowerCase().replace(/[^a-z0-9]/g, '');
  if (squeezes.size < 1000) squeezes.set(name, result);
  return result;
}

/** Beyond this no size means anything, and products of sizes leave what numbers hold exactly. */
const largest = 2 ** 45;

/** A cell without a value, as JSON and tables write it; `nan` is what a data frame makes of a missing one. */
const isEmpty = (value: unknown): boolean => value === null || (typeof value === 'string' && /^(?:nan)?$/i.test(value.trim()));

/** The cells of one row, found by name whatever the case and punctuation of its columns. */
export class Row {
  private readonly cells = new Map<string, unknown>();

  constructor(row: object) {
    for (const [name, value] of Object.entries(row)) if (!isEmpty(value)) this.cells.set(squeezed(name), value);
  }

  private cell(names: readonly string[]): unknown {
    for (const name of names) {
      const value = this.cells.get(squeezed(name));
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** Trimmed text of the first of these columns that is there. */
  text(...names: readonly string[]): string | undefined {
    const value = this.cell(names);
    if (value === undefined) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') throw new RowProblem(`${names[0]} must be text, not ${typeof value}.`);
    return String(value).trim();
  }

  /** A whole number from `least` up, or `otherwise` where no column holds one. */
  size(names: readonly string[], least = 1, otherwise?: number): number {
    const value = this.cell(names);
    if (value === undefined) {
      if (otherwise !== undefined) return otherwise;
      throw new RowProblem(`the column ${names[0]} is missing.`);
    }
    const number =
      typeof value === 'number' ? value : typeof value === 'string' ? Number(value.trim().replace(/[_,](?=\d{3})/g, '')) : Number.NaN;
    if (!Number.isFinite(number)) throw new RowProblem(`${names[0]} is ${JSON.stringify(value)}, which is no number.`);
    if (number > largest) throw new RowProblem(`${names[0]} is ${number}, more than any kernel has.`);
    if (number < least || !Number.isInteger(number))
      throw new RowProblem(`${names[0]} is ${number}; a whole number from ${least} up is needed.`);
    return number;
  }

  /** One of the choices, in any of the spellings given for it. */
  choice<Choice extends string>(names: readonly string[], spellings: ReadonlyMap<string, Choice>, otherwise?: Choice): Choice {
    const written = this.text(...names);
    if (written === undefined) {
      if (otherwise !== undefined) return otherwise;
      throw new RowProblem(`the column ${names[0]} is missing.`);
    }
    const found = spellings.get(squeezed(written.replace(/^torch\./i, '')));
    if (found === undefined)
      throw new RowProblem(
        `${names[0]} is "${shortened(written)}", which was never measured; known are ${[...new Set(spellings.values())].join(', ')}.`,
      );
    return found;
  }
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}...` : text);

/** Spellings by squeezed name: each choice by its own name and by the words after it. */
export function spellings<Choice extends string>(table: { readonly [choice in Choice]: string }): ReadonlyMap<string, Choice> {
  const map = new Map<string, Choice>();
  for (const [choice, others] of Object.entries(table) as [Choice, string][])
    for (const word of [choice, ...others.split(' ')]) if (word !== '') map.set(squeezed(word), choice);
  return map;
}

/** The engine of the row where it names one. */
export function engineOf(row: Row): string | undefined {
  const written = row.text('backend', 'engine', 'framework');
  if (written === undefined) return undefined;
  const name = squeezed(written);
  if (name.includes('trt') || name.includes('tensorrt')) return 'trtllm';
  return name.includes('sglang') ? 'sglang' : name.includes('vllm') ? 'vllm' : undefined;
}
