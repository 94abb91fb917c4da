/** Statements of a called function in the names of its caller: what a parameter stands for is put in, its own names get new ones. */
import type { Access, Address, Call, Condition, Loop, Operation, Setting } from '../body.ts';
import { type Expression, partsOf } from '../expression.ts';

/** Where the names of a function go. */
export interface Renaming {
  /** New names of locals, and names of the caller that parameters stand for. */
  readonly names: ReadonlyMap<string, string>;
  /** Parameters that point into an array of the caller. */
  readonly addresses: ReadonlyMap<string, Address>;
  /** Types that template parameters stand for. */
  readonly types: ReadonlyMap<string, string>;
}

const words = /(?<![\w.]|->)[A-Za-z_]\w*/g;

const inText = (text: string, { names, addresses }: Renaming): string =>
  text.replace(words, (word) => names.get(word) ?? addresses.get(word)?.array ?? word);

export const renamedType = (type: string, { types }: Renaming): string =>
  type.replace(/\b[A-Za-z_]\w*\b/g, (word) => types.get(word) ?? word);

export function renamed(expression: Expression, by: Renaming): Expression {
  const text = inText(expression.text, by);
  const inner = (part: Expression): Expression => renamed(part, by);
  switch (expression.kind) {
    case 'name':
      return { kind: 'name', name: inText(expression.name, by), text };
    case 'unary':
      return { ...expression, operand: inner(expression.operand), text };
    case 'binary':
      return { ...expression, left: inner(expression.left), right: inner(expression.right), text };
    case 'conditional':
      return { ...expression, test: inner(expression.test), yes: inner(expression.yes), no: inner(expression.no), text };
    case 'call':
      return { ...expression, callee: inText(expression.callee, by), values: expression.values.map(inner), text };
    case 'sizeof':
      return { kind: 'sizeof', type: renamedType(expression.type, by), text };
    case 'number':
      return expression;
    case 'other':
      return partsOf(expression).length === 0 ? { kind: 'other', text } : expression;
  }
}

const added = (left: Expression, right: Expression): Expression => {
  if (left.kind === 'number' && left.value === 0) return right;
  if (right.kind === 'number' && right.value === 0) return left;
  return { kind: 'binary', operator: '+', left, right, text: `${left.text} + ${right.text}` };
};

type Place = Pick<Access, 'array' | 'indexes' | 'as' | 'isCastFirst'>;

/** An element of a parameter as one of the array it points into. */
export function placed(place: Place, by: Renaming): Place {
  const { array, indexes, as, isCastFirst } = place;
  const own = indexes.map((index) => renamed(index, by));
  const cast = as === undefined ? {} : { as: renamedType(as, by), ...(isCastFirst ? { isCastFirst } : {}) };
  const base = by.addresses.get(array);
  if (!base) return { array: inText(array, by), indexes: own, ...cast };
  if (!base.isElement) return { array: base.array, indexes: [...base.indexes, ...own], ...cast };
  const [first, ...others] = own;
  const last = base.indexes.at(-1);
  if (!first || !last) return { array: base.array, indexes: base.indexes, ...cast };
  return { array: base.array, indexes: [...base.indexes.slice(0, -1), added(last, first), ...others], ...cast };
}

const renamedCondition = (condition: Condition, by: Renaming): Condition => ({
  ...condition,
  expression: renamed(condition.expression, by),
});

/** Settings of a function where it is called: the caller's loops and conditions are around its own. */
export class Moving {
  private readonly by: Renaming;
  private readonly around: Setting;
  private readonly loops = new Map<Loop, Loop>();
  private readonly conditions = new Map<Condition, Condition>();

  constructor(by: Renaming, around: Setting) {
    this.by = by;
    this.around = around;
  }

  loop(loop: Loop): Loop {
    const known = this.loops.get(loop);
    if (known) return known;
    const { variable, start, limit, step, ...rest } = loop;
    const moved: Loop = {
      ...rest,
      ...(variable === undefined ? {} : { variable: inText(variable, this.by) }),
      ...(start ? { start: renamed(start, this.by) } : {}),
      ...(limit ? { limit: renamed(limit, this.by) } : {}),
      ...(step ? { step: renamed(step, this.by) } : {}),
    };
    this.loops.set(loop, moved);
    return moved;
  }

  private condition(condition: Condition): Condition {
    const known = this.conditions.get(condition) ?? renamedCondition(condition, this.by);
    this.conditions.set(condition, known);
    return known;
  }

  private setting({ loops, conditions }: Setting): Setting {
    return {
      loops: [...this.around.loops, ...loops.map((loop) => this.loop(loop))],
      conditions: [...this.around.conditions, ...conditions.map((one) => this.condition(one))],
    };
  }

  access(access: Access): Access {
    const { array: _, indexes: __, as: ___, isCastFirst: ____, bytes, ...rest } = access;
    const size = bytes ? { bytes: renamed(bytes, this.by) } : {};
    return { ...rest, ...placed(access, this.by), ...size, ...this.setting(access) };
  }

  operation(operation: Operation): Operation {
    const { left, right } = operation;
    return { ...operation, left: renamed(left, this.by), right: renamed(right, this.by), ...this.setting(operation) };
  }

  call(call: Call): Call {
    const { templateArguments, addresses, values } = call;
    return {
      ...call,
      callee: inText(call.callee, this.by),
      values: values.map((value) => renamed(value, this.by)),
      ...(templateArguments ? { templateArguments: templateArguments.map((one) => this.templateArgument(one)) } : {}),
      ...(addresses ? { addresses: addresses.map((one) => one && { ...placed(one, this.by), isElement: one.isElement }) } : {}),
      ...this.setting(call),
    };
  }

  /** A type or a value: only its place among the parameters tells which. */
  private templateArgument(argument: Expression): Expression {
    const type = this.by.types.get(argument.text);
    return type === undefined ? renamed(argument, this.by) : { kind: 'name', name: type, text: type };
  }
}
