/** Values of kernel code: formulas that differ in spelling only, lists of launches, and bytes of a formula at given sizes. */

/** `std::min(a, b)` is `min(a,b)`, `(n)` is `n`. */
function plainFormula(text: string): string {
  let plain = text
    .replace(/\s+/g, '')
    .replace(/\bstd::/g, '')
    .replace(/<[\w:]+>\(/g, '(')
    .replace(/,\)/g, ')');
  while (isWrapped(plain)) plain = plain.slice(1, -1);
  return plain;
}

/** Whether the first bracket closes with the last, and holds no list. */
function isWrapped(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false;
  let depth = 0;
  for (const [at, letter] of [...text].entries()) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (depth === 0 && at < text.length - 1) return false;
    if (depth === 1 && letter === ',') return false;
  }
  return true;
}

/** Facts that are formulas in the names of the code. */
export const isFormula = (fact: string): boolean => /^(?:grid|block|smem_expr|launch_bounds)$|^tiles\./.test(fact);

export function sameFormula(expected: string, got: string): boolean {
  return plainFormula(expected) === plainFormula(got);
}

const elementBytes: Readonly<Record<string, number>> = { float: 4, half: 2, double: 8, int: 4 };

/** Bytes of `(BM*BK + BK*BN) floats` at 128x128x16, or with every name at one size; undefined for another kind of formula. */
export function bytesAt(formula: string, sizes: readonly number[]): number | undefined {
  const [, sum = '', type = ''] = /^\(?([\w*+ ]+)\)? (\w+)s$/.exec(formula) ?? [];
  const bytes = elementBytes[type];
  if (bytes === undefined) return undefined;
  const [m = 1, n = m, k = n] = sizes;
  const sizeOf = (name: string): number => (/^\d+$/.test(name) ? Number(name) : ({ M: m, N: n, K: k }[name.slice(-1)] ?? m));
  const terms = sum.split('+').map((term) => term.split('*').reduce((all, factor) => all * sizeOf(factor.trim()), 1));
  return bytes * terms.reduce((all, term) => all + term, 0);
}

/** `autotune.BK` is the member of an object. */
export function memberAt(facts: Readonly<Record<string, unknown>>, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined),
      facts,
    );
}
