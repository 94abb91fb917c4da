/**
 * How long the blocks of values that a kernel names are needed: from the statement that makes one to the last that reads it; over a whole
 * loop where it is made before the loop and read in it, or handed from one round to the next. Statements count in the order of the text.
 */
import type { Branch, LiveTile, Tile, TileKind } from '../../core/kernels/triton/facts.ts';
import type { Range } from '../../core/origin.ts';

interface Definition {
  /** Behind the whole statement, whose right side reads what was there before. */
  readonly at: number;
  /** Of the name itself. */
  readonly name: number;
  readonly tile: Tile | undefined;
  readonly kind: TileKind;
  readonly branches: readonly Branch[];
}

export class Lives {
  private readonly definitions = new Map<string, Definition[]>();
  private readonly uses = new Map<string, number[]>();
  private readonly loops: Range[] = [];
  private readonly pointers = new Set<string>();
  /** How often products read a name as it is. */
  private readonly operands = new Map<string, number>();

  define(name: string, own: Definition): void {
    const all = this.definitions.get(name) ?? [];
    all.push(own);
    this.definitions.set(name, all);
  }

  use(name: string, at: number): void {
    const all = this.uses.get(name) ?? [];
    all.push(at);
    this.uses.set(name, all);
  }

  loop(range: Range): void {
    this.loops.push(range);
  }

  /** A name that loads or stores go through. */
  pointer(name: string): void {
    this.pointers.add(name);
  }

  /** A name that a product reads as it is. */
  operand(name: string): void {
    this.operands.set(name, (this.operands.get(name) ?? 0) + 1);
  }

  kindOf(name: string): TileKind | undefined {
    return this.definitions.get(name)?.at(-1)?.kind;
  }

  /** Where the need of one definition ends, and whether a loop hands it on. */
  private endOf(name: string, own: Definition, next: Definition | undefined): { readonly to: number; readonly isCarried: boolean } {
    const made = new Set((this.definitions.get(name) ?? []).map((one) => one.name));
    const uses = (this.uses.get(name) ?? []).filter((at) => !made.has(at));
    const last = uses.findLast((at) => at > own.at && at <= (next?.at ?? Number.POSITIVE_INFINITY)) ?? own.at;
    let to = last;
    let isCarried = false;
    for (const { start, end } of this.loops) {
      const isInside = start < own.at && own.at <= end;
      // Read at the top of the loop before it is made anew: what the round before left.
      const earliest = Math.min(...(this.definitions.get(name) ?? []).flatMap(({ at }) => (at > start && at <= end ? [at] : [])));
      if (isInside && own.at >= earliest && uses.some((at) => at > start && at < earliest)) {
        isCarried = true;
        to = Math.max(to, end);
      }
      if (!isInside && own.at <= start && last > start && last <= end) to = Math.max(to, end);
    }
    return { to, isCarried };
  }

  /** Names of numbers whose shapes are not known. */
  unsized(): readonly string[] {
    const isNumber = ({ kind }: Definition): boolean => kind === 'value' || kind === 'load';
    return [...this.definitions].flatMap(([name, list]) => (list.some((own) => isNumber(own) && !own.tile) ? [name] : []));
  }

  found(): readonly LiveTile[] {
    const all: LiveTile[] = [];
    for (const [name, list] of this.definitions) {
      const made = new Set(list.map(({ name: at }) => at));
      for (const [index, own] of list.entries()) {
        if (!own.tile || own.tile.length === 0) continue;
        const { to, isCarried } = this.endOf(name, own, list[index + 1]);
        const isOperand = own.kind === 'load' && this.operands.get(name) === this.uses.get(name)?.filter((at) => !made.has(at)).length;
        const kind = this.pointers.has(name) ? 'pointer' : isOperand ? 'operand' : own.kind;
        all.push({ name, tile: own.tile, kind, from: own.at, to, isCarried, branches: own.branches });
      }
    }
    return all;
  }
}
