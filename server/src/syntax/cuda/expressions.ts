/** C++ expressions of the tree as arithmetic. Casts are left out: sizes are whole numbers whatever they are held in. */
import type { Expression } from '../../core/kernels/expression.ts';
import { fieldOf, type Node, namedKids, textOf } from './tree.ts';

const suffix = /(?:[uUlLzZ]+|(?<=[.\d])[fF])$/;

/** The value of a literal such as `0x40u`, `1'024` or `1e-3f`. */
function literal(written: string): number | undefined {
  const plain = written.replaceAll("'", '');
  const value = Number(/^0[xXbB]/.test(plain) ? plain.replace(/[uUlLzZ]+$/, '') : plain.replace(suffix, ''));
  return Number.isNaN(value) ? undefined : value;
}

/** `dim3`-like calls and braces give several values; everything else one. */
export function toExpression(node: Node, source: string): Expression {
  const text = textOf(node, source).trim();
  const other: Expression = { kind: 'other', text };
  const inner = (part: Node | undefined): Expression => (part ? toExpression(part, source) : other);
  switch (node.type) {
    case 'number_literal': {
      const value = literal(text);
      return value === undefined ? other : { kind: 'number', value, text };
    }
    case 'true':
    case 'false':
      return { kind: 'number', value: Number(node.type === 'true'), text };
    case 'identifier':
    case 'type_identifier':
    case 'field_expression':
      return { kind: 'name', name: text.replace(/\s+/g, ''), text };
    case 'qualified_identifier':
      return { kind: 'name', name: text.replace(/\s+/g, ''), text };
    case 'parenthesized_expression':
    case 'condition_clause':
      return inner(namedKids(node)[0]);
    case 'cast_expression':
      return inner(fieldOf(node, 'value'));
    case 'unary_expression':
      return { kind: 'unary', operator: source.slice(node.start, node.start + 1), operand: inner(fieldOf(node, 'argument')), text };
    case 'binary_expression': {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      const operator = node.kids.find((kid) => kid.field === 'operator');
      const spelt = operator ? textOf(operator, source) : left && right ? source.slice(left.end, right.start).trim() : '';
      return { kind: 'binary', operator: spelt, left: inner(left), right: inner(right), text };
    }
    case 'conditional_expression':
      return {
        kind: 'conditional',
        test: inner(fieldOf(node, 'condition')),
        yes: inner(fieldOf(node, 'consequence')),
        no: inner(fieldOf(node, 'alternative')),
        text,
      };
    case 'sizeof_expression': {
      const of = fieldOf(node, 'type') ?? fieldOf(node, 'value');
      const type = of ? textOf(of, source).replace(/^\(|\)$/g, '') : text;
      return { kind: 'sizeof', type: type.trim(), text };
    }
    case 'call_expression':
      return callOf(node, source, text);
    case 'initializer_list':
    case 'argument_list': {
      const only = namedKids(node);
      return only.length === 1 ? inner(only[0]) : other;
    }
    case 'type_descriptor':
    case 'primitive_type':
    case 'sized_type_specifier':
      return { kind: 'name', name: text, text };
    default:
      return other;
  }
}

/** Names that only change the type of their one argument. */
const casts =
  /^(?:static_cast|reinterpret_cast|const_cast)<|^(?:unsigned(?: int)?|u?int(?:32_t|64_t)?|size_t|float|double|long(?: long)?)$/;

function callOf(node: Node, source: string, text: string): Expression {
  const callee = fieldOf(node, 'function');
  const list = fieldOf(node, 'arguments');
  const values = list ? namedKids(list).map((value) => toExpression(value, source)) : [];
  const name = callee ? textOf(callee, source) : '';
  const [only] = values;
  if (only && values.length === 1 && casts.test(name)) return { ...only, text };
  return { kind: 'call', callee: name.replace(/<.*$/s, ''), values, text };
}
