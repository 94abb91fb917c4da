/** A function under `@triton.jit`: its parameters, its tiles, and what it is tuned over. */
import type { Expression } from '../../core/kernels/expression.ts';
import type { Arange, Autotune, Dot, MemoryOperation, Operand, TritonKernel, TritonParameter } from '../../core/kernels/triton/facts.ts';
import type { Range } from '../../core/origin.ts';
import { fieldOf, type Node, namedKids } from '../python/tree.ts';
import { configsOf, type Module } from './configs.ts';
import { stringOf, textOf, toExpression } from './expressions.ts';
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
}

class BodyReader {
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
      if (body) this.read(body, { loaded: this.loadedIn(body) });
      return;
    }
    if (node.type === 'call') this.call(node, place);
    for (const kid of node.kids) this.read(kid, place);
    if (node.type === 'assignment') this.assignment(node);
    if (node.type === 'augmented_assignment') this.forget(fieldOf(node, 'left'));
  }

  /** Names set by loads beneath a loop's body, directly or by way of a cast. */
  private loadedIn(body: Node): ReadonlySet<string> {
    const names = new Set<string>();
    const visit = (node: Node): void => {
      const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
      if (node.type === 'assignment' && left?.type === 'identifier' && right) {
        const text = textOf(right, this.source);
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
    if (left?.type !== 'identifier' || !right) return;
    const name = textOf(left, this.source);
    const value = toExpression(right, this.source);
    const before = this.found.constants.get(name);
    if (before && before.text !== value.text) this.found.twice.add(name);
    this.found.constants.set(name, value);
    this.tiles.set(name, this.tiles.of(right));
  }

  private forget(target: Node | undefined): void {
    if (target?.type === 'identifier') this.found.twice.add(textOf(target, this.source));
  }

  private call(node: Node, { loaded }: Place): void {
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
      const operand = (node: Node): Operand => {
        const text = textOf(node, this.source);
        const filled = [...loaded].find((known) => new RegExp(`\\b${known}\\b`).test(text));
        return { tile: this.tiles.of(node), ...(filled === undefined ? {} : { loaded: filled }) };
      };
      this.found.dots.push({ left: operand(first), right: operand(second), range });
    }
    const kind = /^(?:tl|triton\.language)\.(load|store)$/.exec(name)?.[1];
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
  };
}
