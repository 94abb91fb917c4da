/** Sizes the user gives where the code leaves them open: `// rooflint: M=4096 N=4096 K=4096`, and launches as `blockDim.x=256`. */

const given = /\b((?:block|grid)Dim\.[xyz]|[A-Za-z_]\w*(?:::\w+)*)\s*=\s*(\d[\d_']*)\b/g;

/** @param comment how a comment begins in this language. */
export function givenSizes(text: string, comment: '//' | '#'): ReadonlyMap<string, number> {
  const lines = comment === '//' ? /\/\/+\s*rooflint:([^\n]*)/g : /#+\s*rooflint:([^\n]*)/g;
  const found = new Map<string, number>();
  for (const [, line = ''] of text.matchAll(lines)) {
    for (const [, name = '', value = ''] of line.matchAll(given)) found.set(name, Number(value.replace(/[_']/g, '')));
  }
  return found;
}
