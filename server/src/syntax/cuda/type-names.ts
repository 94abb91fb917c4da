/** Types that get another name: `using floatX = float;`, `typedef half T;`. A name with two meanings has none. */
import { fieldOf, type Node, textOf } from './tree.ts';

/** @param definitions of the file, as `fileDefinitions` finds them. */
export function typeNames(definitions: readonly Node[], source: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  for (const node of definitions) {
    if (node.type !== 'alias_declaration' && node.type !== 'type_definition') continue;
    const name = fieldOf(node, node.type === 'alias_declaration' ? 'name' : 'declarator');
    const type = fieldOf(node, 'type');
    if (!name || !type) continue;
    const [alias, meaning] = [textOf(name, source), textOf(type, source)];
    if (found.has(alias) && found.get(alias) !== meaning) twice.add(alias);
    found.set(alias, meaning);
  }
  for (const alias of twice) found.delete(alias);
  return found;
}

/** The types of the fields of plain structures; one with anything else in it is left out, its size is not told. */
export function structuresOf(definitions: readonly Node[], source: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const node of definitions) {
    if (node.type !== 'struct_specifier') continue;
    const [name, body] = [fieldOf(node, 'name'), fieldOf(node, 'body')];
    if (!name || !body) continue;
    const fields = body.kids.filter((kid) => kid.type === 'field_declaration');
    const types = fields.flatMap((field) => {
      const type = fieldOf(field, 'type');
      const declarators = field.kids.filter((kid) => kid.field === 'declarator');
      const isPlain = declarators.every((declarator) => declarator.type === 'field_identifier');
      return type && isPlain ? declarators.map(() => textOf(type, source)) : [undefined];
    });
    const known = types.flatMap((type) => type ?? []);
    if (known.length > 0 && known.length === types.length) found.set(textOf(name, source), known);
  }
  return found;
}
