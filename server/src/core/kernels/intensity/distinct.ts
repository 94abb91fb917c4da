/**
 * How many different elements of an array a statement touches: the product of the ranges of what its index rests on
 * (places in the grid, variables of loops, turns that move the pointer). `t / 8` takes an eighth of the values of t, `t % 8`
 * takes 8, both together all of them. Assumed: different values of these lead to different elements, as in every plain
 * row-major index.
 */
import type { Access, Loop, Operation } from '../body.ts';
import { type Expression, partsOf } from '../expression.ts';
import { constant, numberIn, one, type Polynomial, product, quotient } from './polynomial.ts';
import { type Axis, axes, type Counting, isPlace, threadsUnder, turnsOf } from './setting.ts';
import { countOf } from './symbolic.ts';

/** Ranges by what they are of. */
type Atoms = Map<string, Polynomial>;

interface Looking {
  readonly counting: Counting;
  readonly loops: readonly Loop[];
  readonly depth: number;
  /** Whether blocks are looked at one by one: their places then are one each. */
  readonly isOfBlock: boolean;
}

const rangeOf = (atoms: Atoms): Polynomial => product(...atoms.values());

function divided(atoms: Atoms, by: Polynomial, label: string): Atoms {
  const part = atoms.size === 0 ? undefined : quotient(rangeOf(atoms), by);
  return part ? new Map([[`${[...atoms.keys()].join('*')}${label}`, part]]) : atoms;
}

function remainder(atoms: Atoms, by: Polynomial, label: string): Atoms {
  if (atoms.size === 0) return atoms;
  const [all, few] = [numberIn(rangeOf(atoms)), numberIn(by)];
  return all !== undefined && few !== undefined && all <= few ? atoms : new Map([[`${[...atoms.keys()].join('*')}${label}`, by]]);
}

function atomsOfName(name: string, looking: Looking): Atoms {
  const { counting, loops, depth } = looking;
  if (isPlace(name)) {
    const axis = name.at(-1) as Axis;
    if (looking.isOfBlock && name.startsWith('block')) return new Map();
    return new Map([[name, (name.startsWith('thread') ? counting.block : counting.grid)[axis]]]);
  }
  const loop = loops.find(({ variable }) => variable === name);
  if (loop) {
    const turns = turnsOf(loop, counting);
    const start = loop.start ? atomsIn(loop.start, { ...looking, depth: depth + 1 }) : new Map<string, Polynomial>();
    return new Map([...start, [name, turns ?? one]]);
  }
  const value = counting.symbols.scope.lookUp(name) ?? counting.arithmetic.initial.get(name);
  return typeof value === 'object' ? atomsIn(value, { ...looking, depth: depth + 1 }) : new Map();
}

function atomsIn(expression: Expression, looking: Looking): Atoms {
  if (looking.depth > 16) return new Map();
  const inner = (part: Expression): Atoms => atomsIn(part, { ...looking, depth: looking.depth + 1 });
  if (expression.kind === 'name') return atomsOfName(expression.name, looking);
  if (expression.kind === 'binary') {
    const { operator, left, right } = expression;
    const label = ` ${operator} ${right.text}`;
    const by = /^[/%]$|^>>$|^&$/.test(operator) ? countOf(right, looking.counting.symbols) : undefined;
    const value = by && numberIn(by);
    if (by && operator === '/') return divided(inner(left), by, label);
    if (by && operator === '%') return remainder(inner(left), by, label);
    if (operator === '>>' && value !== undefined) return divided(inner(left), constant(2 ** value), label);
    if (operator === '&' && value !== undefined) return remainder(inner(left), constant(value + 1), label);
  }
  if (expression.kind === 'call') {
    const own = looking.counting.symbols.scope.functionOf(expression.callee);
    if (own && own.parameters.length === 0) return inner(own.body);
  }
  return new Map(partsOf(expression).flatMap((part) => [...inner(part)]));
}

/** Values that both a name and parts of it give count once. */
function withoutParts(atoms: Atoms): Atoms {
  const whole = [...atoms.keys()].filter((name) => isPlace(name));
  return new Map([...atoms].filter(([key]) => isPlace(key) || !whole.some((name) => key.startsWith(`${name} `))));
}

/** What is added to a pointer: where it starts, or in the loops around a statement that moves it. */
interface Move {
  readonly by: Expression;
  readonly loops: readonly Loop[] | undefined;
}

/** What moves a pointer before or around the statement: `A += BK` in a loop, `A += row * K`, `float *a = A + ...`. */
function movesOf(array: string, counting: Counting, depth = 0): readonly Move[] {
  const { arithmetic } = counting;
  const moved = arithmetic.operations.filter(
    ({ operator, left }: Operation) => operator === '+=' && left.kind === 'name' && left.name === array,
  );
  const start = depth > 6 || !arithmetic.types.get(array)?.includes('*') ? undefined : arithmetic.initial.get(array);
  // A pointer made from another one is moved with it.
  const before = start ? namesIn(start).filter((name) => name !== array && arithmetic.types.get(name)?.includes('*')) : [];
  return [
    ...moved.map(({ right, loops }) => ({ by: right, loops })),
    ...(start ? [{ by: start, loops: undefined }] : []),
    ...before.flatMap((name) => movesOf(name, counting, depth + 1)),
  ];
}

/** The array a pointer points into: itself if it is a parameter, else the one it is made from. */
export function baseOf(array: string, counting: Counting, depth = 0): string | undefined {
  const { kernel } = counting.configuration;
  if (kernel.parameters.some(({ name, isPointer }) => name === array && isPointer)) return array;
  const start = counting.arithmetic.initial.get(array);
  if (!start || depth > 6 || !counting.arithmetic.types.get(array)?.includes('*')) return undefined;
  const names = [start, ...partsOf(start)].flatMap((part) =>
    part.kind === 'name'
      ? [part.name]
      : part.kind === 'other'
        ? [...part.text.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word)
        : leftmost(part),
  );
  for (const name of names) {
    const base = name === array ? undefined : baseOf(name, counting, depth + 1);
    if (base !== undefined) return base;
  }
  return undefined;
}

const namesIn = (expression: Expression): string[] =>
  expression.kind === 'name'
    ? [expression.name]
    : expression.kind === 'other'
      ? [...expression.text.matchAll(/[A-Za-z_]\w*/g)].map(([word]) => word)
      : partsOf(expression).flatMap(namesIn);

const leftmost = (expression: Expression): string[] =>
  expression.kind === 'name' ? [expression.name] : partsOf(expression).slice(0, 1).flatMap(leftmost);

export interface Distinct {
  /** Of the whole launch. */
  readonly elements: Polynomial;
  /** Of each block, summed over the blocks: what caches of a multiprocessor cannot share. */
  readonly byBlocks: Polynomial;
}

type Place = Pick<Access, 'array' | 'indexes' | 'loops' | 'conditions'>;

/** What the place of an access rests on: its index, and what moves its pointer. */
function atomsOf(access: Place, counting: Counting, isOfBlock: boolean): Atoms {
  const own = access.indexes.flatMap((index) => [...atomsIn(index, { counting, loops: access.loops, depth: 0, isOfBlock })]);
  const moved = movesOf(access.array, counting).flatMap(({ by, loops }, index) => {
    if (!loops) return [...atomsIn(by, { counting, loops: access.loops, depth: 0, isOfBlock })];
    // A pointer that walks on in a loop is at another place in each of its turns.
    const shared = loops.filter((loop) => access.loops.includes(loop));
    const walked = shared
      .map(
        (loop, at) => [`turn ${index}.${at} of ${loop.variable ?? access.array}`, turnsOf(loop, counting) ?? one, loop.variable] as const,
      )
      .filter(([, , variable]) => !own.some(([key]) => key === variable))
      .map(([key, count]) => [key, count] as const);
    const variables = new Set(loops.flatMap(({ variable }) => variable ?? []));
    return [...walked, ...[...atomsIn(by, { counting, loops, depth: 0, isOfBlock })].filter(([key]) => !variables.has(key))];
  });
  return withoutParts(new Map([...own, ...sameWalks(moved)]));
}

/** Different elements a statement touches. */
export function distinctOf(access: Place, counting: Counting): Distinct {
  const { grid, block } = counting;
  const atoms = atomsOf(access, counting, false);
  const threads = threadsUnder(access, counting);
  let elements = one;
  const done = new Set<string>();
  for (const axis of axes) {
    const [thread, cell] = [`threadIdx.${axis}`, `blockIdx.${axis}`];
    if (!atoms.has(thread) || !atoms.has(cell)) continue;
    elements = product(elements, threads[axis]);
    done.add(thread).add(cell);
  }
  for (const [name, range] of atoms) {
    if (done.has(name)) continue;
    // Blocks that a condition leaves out touch nothing: with as many blocks as rows, the rows are what counts.
    const axis = /^blockIdx\.[xyz]$/.test(name) ? (name.at(-1) as Axis) : undefined;
    elements = product(elements, (axis && quotient(threads[axis], block[axis])) ?? range);
  }
  const blocks = product(...axes.map((axis) => quotient(threads[axis], block[axis]) ?? grid[axis]));
  return { elements, byBlocks: product(rangeOf(atomsOf(access, counting, true)), blocks) };
}

/** Two statements that move the same pointer in the same loop are one walk. */
function sameWalks(moved: readonly (readonly [string, Polynomial])[]): readonly (readonly [string, Polynomial])[] {
  const seen = new Set<string>();
  return moved.filter(([key]) => {
    const walk = key.replace(/^turn \d+\.\d+ /, 'turn ');
    if (key.startsWith('turn ') && seen.has(walk)) return false;
    seen.add(walk);
    return true;
  });
}
