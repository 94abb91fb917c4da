/** Types that get another name: `using floatX = float;`, `typedef half T;`. A name with two meanings has none. */
import { fieldOf, type Node, textOf, walk } from './tree.ts';

export function typeNames(root: Node, source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  walk(root, (node) => {
    if (node.type !== 'alias_declaration' && node.type !== 'type_definition') return undefined;
    const name = fieldOf(node, node.type === 'alias_declaration' ? 'name' : 'declarator');
    const type = fieldOf(node, 'type');
    if (!name || !type) return false;
    const [alias, meaning] = [textOf(name, source), textOf(type, source)];
    if (found.has(alias) && found.get(alias) !== meaning) twice.add(alias);
    found.set(alias, meaning);
    return false;
  });
  for (const alias of twice) found.delete(alias);
  return found;
}

/** The types of the fields of plain structures; one with anything else in it is left out, its size is not told. */
export function structuresOf(root: Node, source: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  walk(root, (node) => {
    if (node.type !== 'struct_specifier') return undefined;
    const [name, body] = [fieldOf(node, 'name'), fieldOf(node, 'body')];
    if (!name || !body) return undefined;
    const fields = body.kids.filter((kid) => kid.type === 'field_declaration');
    const types = fields.flatMap((field) => {
      const type = fieldOf(field, 'type');
      const declarators = field.kids.filter((kid) => kid.field === 'declarator');
      const isPlain = declarators.every((declarator) => declarator.type === 'field_identifier');
      return type && isPlain ? declarators.map(() => textOf(type, source)) : [undefined];
    });
    const known = types.flatMap((type) => type ?? []);
    if (known.length > 0 && known.length === types.length) found.set(textOf(name, source), known);
    return undefined;
  });
  return found;
}
