/** Python expressions of the tree as arithmetic. */
import type { Expression } from '../../core/kernels/expression.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';

export const textOf = (node: Node, source: string): string => source.slice(node.start, node.end);

/** The text between the quotes of a plain string. */
export function stringOf(node: Node, source: string): string | undefined {
  return node.type === 'string'
    ? /^[a-zA-Z]*(?:'([^'\\]*)'|"([^"\\]*)")$/
        .exec(textOf(node, source))
        ?.slice(1)
        .find((part) => part !== undefined)
    : undefined;
}

export function toExpression(node: Node, source: string): Expression {
  const text = textOf(node, source).replace(/\s+/g, ' ').trim();
  const other: Expression = { kind: 'other', text };
  const inner = (part: Node | undefined): Expression => (part ? toExpression(part, source) : other);
  switch (node.type) {
    case 'integer':
    case 'float': {
      const value = Number(text.replaceAll('_', ''));
      return Number.isNaN(value) ? other : { kind: 'number', value, text };
    }
    case 'true':
    case 'false':
      return { kind: 'number', value: Number(node.type === 'true'), text };
    case 'identifier':
    case 'attribute':
      return { kind: 'name', name: text, text };
    case 'subscript': {
      // META['BLOCK_M'] in a grid is the value of that name.
      const key = fieldOf(node, 'subscript');
      const name = key && stringOf(key, source);
      return name === undefined ? other : { kind: 'name', name, text };
    }
    case 'parenthesized_expression':
      return inner(namedKids(node)[0]);
    case 'unary_operator':
      return { kind: 'unary', operator: source.slice(node.start, node.start + 1), operand: inner(fieldOf(node, 'argument')), text };
    case 'binary_operator': {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      const written = left && right ? source.slice(left.end, right.start).replace(/[\s()\\]/g, '') : '';
      // Python's / gives a fraction; sizes are divided by //.
      return { kind: 'binary', operator: written, left: inner(left), right: inner(right), text };
    }
    case 'not_operator':
      return { kind: 'unary', operator: '!', operand: inner(fieldOf(node, 'argument')), text };
    case 'boolean_operator': {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      const written = left && right ? source.slice(left.end, right.start).replace(/[\s()\\]/g, '') : '';
      return { kind: 'binary', operator: written === 'and' ? '&&' : '||', left: inner(left), right: inner(right), text };
    }
    case 'comparison_operator': {
      const [left, right, more] = namedKids(node);
      if (!left || !right || more) return other;
      return { kind: 'binary', operator: source.slice(left.end, right.start).trim(), left: inner(left), right: inner(right), text };
    }
    case 'conditional_expression': {
      const [yes, test, no] = namedKids(node);
      return { kind: 'conditional', test: inner(test), yes: inner(yes), no: inner(no), text };
    }
    case 'call': {
      const callee = fieldOf(node, 'function');
      const list = fieldOf(node, 'arguments');
      const values = list ? namedKids(list).filter(({ type }) => type !== 'keyword_argument') : [];
      return {
        kind: 'call',
        callee: callee ? textOf(callee, source) : '',
        values: values.map((value) => toExpression(value, source)),
        text,
      };
    }
    default:
      return other;
  }
}
