/**
 * What a file of C++ says of kernels at a glance: names it defines, names it launches, files it includes. No tree is made, so
 * that an index of a whole workspace costs little.
 */
export interface KernelMentions {
  readonly defines: readonly string[];
  readonly launches: readonly string[];
}

const nothing: KernelMentions = { defines: [], launches: [] };

/** Whether a file can take part at all. */
const mayMention = /__global__|<<<|\b(?:cuda|hip)(?:Ext)?Launch\w*Kernel/;
const attributes =
  /\b(?:__launch_bounds__|__cluster_dims__|__attribute__|__declspec|__maxnreg__)\s*\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/g;
const definition = /__global__[\w\s:*&<>,]*?\b(\w+)\s*(?:<[^;{}()]*>\s*)?\(/g;
const chevrons = /\b(\w+)\s*(?:<[^;{}]*?>)?\s*<<</g;
const launcher =
  /\b(?:cuda|hip)(?:Ext)?Launch\w*Kernel\w*\s*\(\s*(?:&\w+\s*,\s*)?(?:\(\s*(?:const\s+)?void\s*\*\s*\)\s*)?(?:HIP_KERNEL_NAME\s*\(\s*)?&?\s*(?:\w+\s*::\s*)*(\w+)/g;
/** `auto kernel = &k<...>`: launched by another name. */
const held = /=\s*&?\s*(?:\w+\s*::\s*)*(\w+)\s*(?:<[^;{}]*>)?\s*;/g;
/** Names of kernels given to macros and wrappers: `LAUNCH(my_kernel, ...)`. */
const given = /\b[A-Z][A-Z0-9_]+\s*\(\s*(?:\w+\s*::\s*)*(\w+)\s*[,<]/g;

/** Whether the parameters that begin at `open` are followed by a body: a prototype defines nothing. */
function hasBody(text: string, open: number): boolean {
  let depth = 0;
  for (let at = open; at < text.length && at < open + 8000; at++) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')' && --depth === 0) return /^[^;{]{0,200}\{/.test(text.slice(at + 1, at + 210));
  }
  return false;
}

export function kernelMentions(text: string): KernelMentions {
  if (!mayMention.test(text)) return nothing;
  const defines = new Set<string>();
  const launches = new Set<string>();
  const plain = text.replace(attributes, (part) => ' '.repeat(part.length));
  for (const found of plain.matchAll(definition)) {
    if (found[1] !== undefined && hasBody(plain, found.index + found[0].length - 1)) defines.add(found[1]);
  }
  const isLaunching = /<<<|Launch\w*Kernel/.test(text);
  for (const pattern of isLaunching ? [chevrons, launcher, held, given] : []) {
    for (const [, name] of plain.matchAll(pattern)) if (name !== undefined) launches.add(name);
  }
  return { defines: [...defines], launches: [...launches] };
}
