/** A function under `@triton.jit`: its parameters, its tiles, and what it is tuned over. */
import type { Expression } from '../../core/kernels/expression.ts';
import type {
  Arange,
  Autotune,
  Bounds,
  Branch,
  Dot,
  MemoryOperation,
  Operand,
  TileKind,
  TritonKernel,
  TritonParameter,
} from '../../core/kernels/triton/facts.ts';
import type { Range } from '../../core/origin.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { configsOf, type Module } from './configs.ts';
import { stringOf, textOf, toExpression } from './expressions.ts';
import { Lives } from './lives.ts';
import { Tiles } from './tiles.ts';

const rangeOf = ({ start, end }: Node): Range => ({ start, end });

/** `@triton.jit`, `@jit`, `@triton.jit(...)`, and the experimental `@gluon.jit`. */
const jit = /^@\s*(?:(?:triton|gluon)\.)?jit\b/;

export function isTritonKernel(decorated: Node, source: string): boolean {
  return decorated.kids.some((kid) => kid.type === 'decorator' && jit.test(textOf(kid, source)));
}

function parametersOf(definition: Node, source: string): readonly TritonParameter[] {
  const list = fieldOf(definition, 'parameters');
  return (list ? namedKids(list) : []).flatMap((node) => {
    const name = node.type === 'identifier' ? node : (fieldOf(node, 'name') ?? namedKids(node).find(({ type }) => type === 'identifier'));
    if (!name) return [];
    const type = fieldOf(node, 'type');
    const fallback = fieldOf(node, 'value');
    const isConstexpr = type !== undefined && /\bconstexpr\b/.test(textOf(type, source));
    return [
      { name: textOf(name, source), isConstexpr, ...(fallback ? { fallback: toExpression(fallback, source) } : {}), range: rangeOf(node) },
    ];
  });
}

interface Collected {
  readonly dots: Dot[];
  readonly aranges: Arange[];
  readonly memory: MemoryOperation[];
  readonly constants: Map<string, Expression>;
  readonly twice: Set<string>;
}

interface Place {
  /** Names that loads of the loop around fill. */
  readonly loaded: ReadonlySet<string>;
  readonly loop?: Bounds;
}

/** Calls whose result is a block of numbers that are computed with. */
const computing = /(?:^|\.)(?:zeros|zeros_like|full|dot|dot_scaled|exp2?|log2?|sqrt|rsqrt|sigmoid|tanh|rand|softmax|maximum|sum)$/;
const loading = /(?:^|\.)load$/;

/** `p` of `p + x`, `tl.trans(p)`, `p.to(...)`, `p[:, None]`. */
function leftmostName(node: Node, source: string): Node | undefined {
  if (node.type === 'identifier') return node;
  if (node.type === 'call') {
    const callee = fieldOf(node, 'function');
    const owner = callee?.type === 'attribute' ? fieldOf(callee, 'object') : undefined;
    const [argument] = namedKids(fieldOf(node, 'arguments') ?? node);
    // `tl.trans(p)` is of the module, `p.to(...)` of the block.
    const isMethod = owner !== undefined && !/^(?:tl|triton\b.*)$/.test(textOf(owner, source));
    return isMethod ? leftmostName(owner, source) : argument && leftmostName(argument, source);
  }
  const inside = fieldOf(node, 'left') ?? fieldOf(node, 'value') ?? fieldOf(node, 'object') ?? namedKids(node)[0];
  return inside && leftmostName(inside, source);
}

const zero: Expression = { kind: 'number', value: 0, text: '0' };
const one: Expression = { kind: 'number', value: 1, text: '1' };

function boundsOf(iterable: Node | undefined, source: string): Bounds | undefined {
  const [callee, list] = iterable?.type === 'call' ? [fieldOf(iterable, 'function'), fieldOf(iterable, 'arguments')] : [];
  if (!callee || !list || !/(?:^|\.)(?:static_)?range$/.test(textOf(callee, source))) return undefined;
  const values = namedKids(list).flatMap((value) => (value.type === 'keyword_argument' ? [] : [toExpression(value, source)]));
  const [first, second, third] = values;
  if (!first) return undefined;
  return second ? { start: first, limit: second, step: third ?? one } : { start: zero, limit: first, step: one };
}

class BodyReader {
  readonly lives = new Lives();
  readonly loops: Range[] = [];
  private branches: readonly Branch[] = [];
  readonly found: Collected = { dots: [], aranges: [], memory: [], constants: new Map(), twice: new Set() };
  private readonly tiles: Tiles;
  private readonly source: string;

  constructor(source: string, scalars: readonly string[]) {
    this.source = source;
    this.tiles = new Tiles(source, scalars);
  }

  read(node: Node, place: Place): void {
    if (node.type === 'function_definition' || node.type === 'lambda') return;
    if (node.type === 'for_statement' || node.type === 'while_statement') {
      const body = fieldOf(node, 'body');
      const variable = fieldOf(node, 'left');
      if (variable?.type === 'identifier') this.tiles.set(textOf(variable, this.source), []);
      for (const kid of node.kids) if (kid !== body) this.read(kid, place);
      this.lives.loop(rangeOf(node));
      this.loops.push(rangeOf(node));
      const loop = node.type === 'for_statement' ? boundsOf(fieldOf(node, 'right'), this.source) : undefined;
      if (body) this.read(body, { loaded: this.loadedIn(body), ...(loop ? { loop } : {}) });
      return;
    }
    if (node.type === 'if_statement') {
      this.branch(node, place);
      return;
    }
    if (node.type === 'call') this.call(node, place);
    // The type of a block needs no registers.
    if (node.type === 'attribute' && /\.(?:dtype|type)\b/.test(textOf(node, this.source))) return;
    if (node.type === 'identifier') this.lives.use(textOf(node, this.source), node.start);
    for (const kid of node.kids) this.read(kid, place);
    if (node.type === 'assignment') this.assignment(node);
    if (node.type === 'augmented_assignment') this.augmented(node);
  }

  /** The sides of an `if` one after the other, each under what must hold for it. */
  private branch(node: Node, place: Place): void {
    const before = this.branches;
    const test = fieldOf(node, 'condition');
    for (const kid of node.kids) {
      if (kid.field === 'consequence' && test) {
        this.branches = [...this.branches, { test: toExpression(test, this.source), isTaken: true }];
        this.read(kid, place);
        this.branches = [...this.branches.slice(0, -1), { test: toExpression(test, this.source), isTaken: false }];
      } else if (kid.type === 'elif_clause') {
        const own = fieldOf(kid, 'condition');
        const outside = this.branches;
        if (own) this.branches = [...outside, { test: toExpression(own, this.source), isTaken: true }];
        this.read(kid, place);
        this.branches = own ? [...outside, { test: toExpression(own, this.source), isTaken: false }] : outside;
      } else this.read(kid, place);
    }
    this.branches = before;
  }

  /** Names set by loads beneath a loop's body, directly or by way of a cast. */
  private loadedIn(body: Node): ReadonlySet<string> {
    const names = new Set<string>();
    const visit = (node: Node): void => {
      // Only the innermost loop is run ahead.
      if (node !== body && (node.type === 'for_statement' || node.type === 'while_statement')) return;
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      if (node.type === 'assignment' && left?.type === 'identifier' && right) {
        const text = textOf(right, this.source).replace(/\b\w+\.(?:dtype|type)\b(?:\.element_ty)?/g, '');
        const uses = [...names].some((name) => new RegExp(`\\b${name}\\b`).test(text));
        if (/\bload\(|_descriptor_load\(/.test(text) || (uses && /^\w+\.(?:to|T\b)|^tl\.trans\(/.test(text)))
          names.add(textOf(left, this.source));
      }
      for (const kid of node.kids) visit(kid);
    };
    visit(body);
    return names;
  }

  private assignment(node: Node): void {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    if (left?.type === 'pattern_list' || left?.type === 'tuple_pattern') {
      const values = right && (right.type === 'expression_list' || right.type === 'tuple') ? namedKids(right) : [];
      for (const [at, part] of namedKids(left).entries()) {
        if (part.type !== 'identifier') continue;
        this.forget(part);
        const value = values[at];
        if (value) this.assigned(part, value, node.end);
      }
      return;
    }
    if (left?.type !== 'identifier' || !right) return;
    const name = textOf(left, this.source);
    const value = toExpression(right, this.source);
    const before = this.found.constants.get(name);
    if (before && before.text !== value.text) this.found.twice.add(name);
    this.found.constants.set(name, value);
    this.assigned(left, right, node.end);
  }

  private assigned(left: Node, right: Node, at: number): void {
    const name = textOf(left, this.source);
    const tile = this.tiles.of(right);
    this.tiles.set(name, tile);
    this.lives.define(name, { at, name: left.start, tile, kind: this.kindOf(right), branches: this.branches });
  }

  /** What a block is made of: numbers, loads not yet touched, truth values, or places. */
  private kindOf(node: Node): TileKind {
    if (node.type === 'comparison_operator' || node.type === 'boolean_operator' || node.type === 'not_operator') return 'mask';
    if (node.type === 'float') return 'value';
    if (node.type === 'identifier') return this.lives.kindOf(textOf(node, this.source)) ?? 'offset';
    if (node.type === 'call') {
      const callee = fieldOf(node, 'function');
      const written = callee ? textOf(callee, this.source) : '';
      if (loading.test(written)) return 'load';
      if (computing.test(written)) return 'value';
    }
    const kinds = new Set(node.kids.map((kid) => this.kindOf(kid)));
    if (kinds.has('value')) return 'value';
    if (kinds.has('load')) return node.type === 'call' || node.type === 'argument_list' || node.type === 'attribute' ? 'load' : 'value';
    return kinds.has('mask') ? 'mask' : 'offset';
  }

  private augmented(node: Node): void {
    const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
    this.forget(left);
    if (left?.type !== 'identifier' || !right) return;
    const name = textOf(left, this.source);
    const kinds = [this.lives.kindOf(name), this.kindOf(right)];
    // It reads what was there before: the name at its own place is a use.
    const kind = kinds.includes('value') ? 'value' : (kinds[0] ?? 'offset');
    this.lives.define(name, { at: node.end, name: -1, tile: this.tiles.of(left), kind, branches: this.branches });
  }

  private forget(target: Node | undefined): void {
    if (target?.type === 'identifier') this.found.twice.add(textOf(target, this.source));
  }

  private call(node: Node, { loaded, loop }: Place): void {
    const callee = fieldOf(node, 'function');
    const list = fieldOf(node, 'arguments');
    if (!callee || !list) return;
    const name = textOf(callee, this.source);
    const all = namedKids(list);
    const values = all.filter(({ type }) => type !== 'keyword_argument');
    const range = rangeOf(node);
    const has = (argument: string): boolean =>
      all.some((one) => one.type === 'keyword_argument' && textOf(fieldOf(one, 'name') ?? one, this.source) === argument);
    const [first, second] = values;
    if (/^(?:tl|triton\.language)\.arange$/.test(name) && first && second) {
      this.found.aranges.push({ start: toExpression(first, this.source), end: toExpression(second, this.source), range });
    }
    if (/^(?:tl|triton\.language)\.dot$/.test(name) && first && second) {
      for (const side of [first, second]) {
        const read = /^[\w.]+(?:\.T|\.to\(.*\))?$|^tl\.trans\(/s.test(textOf(side, this.source))
          ? leftmostName(side, this.source)
          : undefined;
        if (read) this.lives.operand(textOf(read, this.source));
      }
      const operand = (node: Node): Operand => {
        // `x.to(y.dtype)` is no use of y.
        const text = textOf(node, this.source).replace(/\b\w+\.(?:dtype|type)\b(?:\.element_ty)?/g, '');
        const filled = [...loaded].find((known) => new RegExp(`\\b${known}\\b`).test(text));
        const isPlain = filled !== undefined && /^(?:\w+(?:\.T)?|tl\.trans\(\w+\))$/.test(text) && this.lives.kindOf(filled) === 'load';
        return { tile: this.tiles.of(node), isPlain, ...(filled === undefined ? {} : { loaded: filled }) };
      };
      this.found.dots.push({ left: operand(first), right: operand(second), branches: this.branches, ...(loop ? { loop } : {}), range });
    }
    const kind = /^(?:tl|triton\.language)\.(load|store)$/.exec(name)?.[1];
    const through = first && leftmostName(first, this.source);
    if (kind !== undefined && through) this.lives.pointer(textOf(through, this.source));
    if ((kind === 'load' || kind === 'store') && first) {
      const meant = textOf(first, this.source);
      const isBlock = has('boundary_check') || /block_ptr|desc/i.test(meant);
      const hasMask = has('mask') || values.length > (kind === 'load' ? 1 : 2);
      this.found.memory.push({ kind, tile: this.tiles.of(first), hasMask, isBlock, range });
    }
  }
}

function decoratorCall(decorated: Node, name: RegExp, source: string): Node | undefined {
  const decorator = decorated.kids.find((kid) => kid.type === 'decorator' && name.test(textOf(kid, source)));
  return decorator && namedKids(decorator).find(({ type }) => type === 'call');
}

function argumentOf(call: Node, name: string, position: number, source: string): Node | undefined {
  const list = fieldOf(call, 'arguments');
  const all = list ? namedKids(list) : [];
  const named = all.find((one) => one.type === 'keyword_argument' && textOf(fieldOf(one, 'name') ?? one, source) === name);
  return named ? fieldOf(named, 'value') : all.filter(({ type }) => type !== 'keyword_argument')[position];
}

function autotuneOf(decorated: Node, module: Module): Autotune | undefined {
  const call = decoratorCall(decorated, /^@\s*(?:triton\.)?autotune\b/, module.source);
  if (!call) return undefined;
  const configs = argumentOf(call, 'configs', 0, module.source);
  const key = argumentOf(call, 'key', 1, module.source);
  const names =
    key?.type === 'list' || key?.type === 'tuple' ? namedKids(key).flatMap((one) => stringOf(one, module.source) ?? []) : undefined;
  return {
    ...(configs ? configsOf(configs, module) : { configs: [], isComplete: false }),
    ...(names ? { key: names } : {}),
    range: rangeOf(call),
  };
}

export function tritonKernelOf(decorated: Node, module: Module): TritonKernel | undefined {
  const definition = fieldOf(decorated, 'definition');
  const name = definition && fieldOf(definition, 'name');
  const body = definition && fieldOf(definition, 'body');
  if (!definition || !name || !body) return undefined;
  const parameters = parametersOf(definition, module.source);
  const reader = new BodyReader(
    module.source,
    parameters.map((parameter) => parameter.name),
  );
  reader.read(body, { loaded: new Set() });
  const { constants, twice, ...found } = reader.found;
  for (const changed of twice) constants.delete(changed);
  const autotune = autotuneOf(decorated, module);
  return {
    name: textOf(name, module.source),
    nameRange: rangeOf(name),
    range: rangeOf(decorated),
    parameters,
    constants,
    ...(autotune ? { autotune } : {}),
    ...found,
    lives: reader.lives.found(),
    unsized: reader.lives.unsized(),
    loops: reader.loops,
  };
}
