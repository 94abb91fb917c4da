/** Names with one value in a whole file: macros, `constexpr` and `const` numbers, enumerators. A name with two values has none. */
import type { Expression, ExpressionFunction } from '../../core/kernels/expression.ts';
import { toExpression } from './expressions.ts';
import { declared } from './locals.ts';
import { fieldOf, type Node, namedKids, textOf, walk } from './tree.ts';

/** A macro whose body may be an expression. */
interface Macro {
  readonly name: string;
  /** Undefined without parentheses after the name. */
  readonly parameters?: readonly string[];
  readonly body: string;
}

export interface FileConstants {
  readonly constants: ReadonlyMap<string, Expression>;
  readonly functions: ReadonlyMap<string, ExpressionFunction>;
}

/** Parses a text of declarations; undefined while the grammar is not loaded. */
export type ParseSource = (source: string) => Node | undefined;

/** Longer bodies are code. */
const longestBody = 200;
/** Statements, strings, attributes and lists are no arithmetic. */
const noExpression = /[;{}"#\\]|^\s*$|\b(?:do|while|for|if|return|typename|__\w+__)\b/;

function macrosOf(definitions: readonly Node[], source: string): readonly Macro[] {
  const found: Macro[] = [];
  for (const node of definitions) {
    if (node.type !== 'preproc_def' && node.type !== 'preproc_function_def') continue;
    const name = fieldOf(node, 'name');
    const value = fieldOf(node, 'value');
    const list = fieldOf(node, 'parameters');
    if (!name || !value) continue;
    const body = textOf(value, source)
      .replace(/\/\/.*$|\/\*.*?\*\//gm, '')
      .trim();
    if (body.length > longestBody || noExpression.test(body)) continue;
    found.push({ name: textOf(name, source), body, ...(list ? { parameters: namedKids(list).map((one) => textOf(one, source)) } : {}) });
  }
  return found;
}

/** Bodies as they were last parsed: macros seldom change. */
const parsed = new Map<string, readonly (Expression | undefined)[]>();
const mostParsed = 50;

/** The bodies as expressions, all parsed in one go. */
function bodiesOf(macros: readonly Macro[], parse: ParseSource): readonly (Expression | undefined)[] {
  const source = macros.map(({ body }, index) => `auto rooflint_${index} = (${body});\n`).join('');
  const known = parsed.get(source);
  if (known) return known;
  const bodies = parsedBodies(macros, source, parse);
  if (parsed.size >= mostParsed) parsed.clear();
  parsed.set(source, bodies);
  return bodies;
}

function parsedBodies(macros: readonly Macro[], source: string, parse: ParseSource): readonly (Expression | undefined)[] {
  const root = macros.length === 0 ? undefined : parse(source);
  const values = new Map<string, Node>();
  for (const node of root?.kids ?? []) {
    if (node.type === 'declaration') for (const [name, value] of declared(node, source)) values.set(name, value);
  }
  return macros.map((_macro, index) => {
    const node = values.get(`rooflint_${index}`);
    return node && toExpression(node, source);
  });
}

const constant = /\b(?:constexpr|const)\b/;

/** Constants outside functions, and enumerators, which count up from the one before. */
function declaredConstants(root: Node, source: string, set: (name: string, value: Expression) => void): void {
  walk(root, (node) => {
    if (node.type === 'function_definition' || node.type === 'lambda_expression') return false;
    if (node.type === 'declaration' && node.kids.some((kid) => kid.type === 'type_qualifier' && constant.test(textOf(kid, source)))) {
      for (const [name, value] of declared(node, source)) set(name, toExpression(value, source));
    }
    if (node.type === 'field_declaration' && constant.test(textOf(node, source))) {
      const [name, value] = [fieldOf(node, 'declarator'), fieldOf(node, 'default_value')];
      if (name && value) set(textOf(name, source), toExpression(value, source));
    }
    if (node.type === 'enumerator') {
      const [name, value] = [fieldOf(node, 'name'), fieldOf(node, 'value')];
      if (name && value) set(textOf(name, source), toExpression(value, source));
    }
    return undefined;
  });
}

export function fileConstants(root: Node, definitions: readonly Node[], source: string, parse: ParseSource): FileConstants {
  const constants = new Map<string, Expression>();
  const functions = new Map<string, ExpressionFunction>();
  const twice = new Set<string>();
  const set = (name: string, value: Expression): void => {
    const before = constants.get(name);
    if (before && before.text !== value.text) twice.add(name);
    constants.set(name, value);
  };
  const macros = macrosOf(definitions, source);
  const bodies = bodiesOf(macros, parse);
  for (const [index, { name, parameters }] of macros.entries()) {
    const body = bodies[index];
    if (!body) continue;
    if (parameters) functions.set(name, { parameters, body });
    else set(name, body);
  }
  declaredConstants(root, source, set);
  for (const name of twice) constants.delete(name);
  return { constants, functions };
}
