/**
 * The blocks of one engine's KV cache. Free blocks form a queue, the longest free first; a block that holds a piece of a prompt stays
 * usable until its turn comes, which is vLLM's least-recently-used eviction (vllm/v1/core/block_pool.py, free_block_queue). Runs of
 * blocks of one piece are one entry, so that a request costs as many operations as it has pieces, not blocks.
 */
import { grownInts, i32 } from './typed.ts';

const none = -1;

export class KvPool {
  used = 0;
  peak = 0;
  private readonly nodes = new Map<number, number>();
  private idOf: number[] = [];
  private cached = new Int32Array(64);
  private holders = new Int32Array(64);
  private entryOf = new Int32Array(64);
  private spareNodes: number[] = [];
  private nodeCount = 0;
  private count = new Int32Array(64);
  private nodeAt = new Int32Array(64);
  private before = new Int32Array(64);
  private after = new Int32Array(64);
  private spareEntries: number[] = [];
  private entryCount = 0;
  private head = none;
  private tail = none;

  /** `caches`: freed blocks keep their content until they are needed. */
  readonly blocks: number;
  readonly page: number;
  readonly caches: boolean;

  constructor(blocks: number, page: number, caches: boolean) {
    this.blocks = blocks;
    this.page = page;
    this.caches = caches;
    if (caches) this.append(none, blocks);
  }

  /** Blocks nobody holds; what they may still hold can be evicted. */
  get free(): number {
    return this.blocks - this.used;
  }

  blocksFor(tokens: number): number {
    return Math.ceil(tokens / this.page);
  }

  /** Takes free blocks; there must be enough. */
  take(blocks: number): void {
    this.used += blocks;
    if (this.used > this.peak) this.peak = this.used;
    if (!this.caches) return;
    for (let wanted = blocks; wanted > 0; ) {
      const entry = this.head;
      const size = i32(this.count, entry);
      const taken = Math.min(size, wanted);
      const node = i32(this.nodeAt, entry);
      if (node !== none) this.cached[node] = i32(this.cached, node) - taken;
      if (taken === size) {
        this.unlink(entry);
        if (node !== none) this.forget(node);
      } else this.count[entry] = size - taken;
      wanted -= taken;
    }
  }

  /** Gives back blocks whose content nobody can use. */
  give(blocks: number): void {
    if (blocks === 0) return;
    this.used -= blocks;
    if (!this.caches) return;
    if (this.tail !== none && i32(this.nodeAt, this.tail) === none) this.count[this.tail] = i32(this.count, this.tail) + blocks;
    else this.append(none, blocks);
  }

  /** Blocks of a piece that are there, held or free; 0 when it is unknown. */
  found(id: number): number {
    const node = this.nodes.get(id);
    return node === undefined ? 0 : i32(this.cached, node);
  }

  /** Whether nobody holds a piece that is there: taking it then takes free blocks. */
  isFree(id: number): boolean {
    const node = this.nodes.get(id);
    return node !== undefined && i32(this.holders, node) === 0;
  }

  /** One more holder of a piece that is there. */
  hold(id: number): void {
    const node = this.nodes.get(id) as number;
    if (i32(this.holders, node) === 0) {
      this.unlink(i32(this.entryOf, node));
      this.used += i32(this.cached, node);
      if (this.used > this.peak) this.peak = this.used;
    }
    this.holders[node] = i32(this.holders, node) + 1;
  }

  /** One holder less; a piece nobody holds joins the queue of free blocks. */
  release(id: number): void {
    const node = this.nodes.get(id) as number;
    const holders = i32(this.holders, node) - 1;
    this.holders[node] = holders;
    if (holders > 0) return;
    const size = i32(this.cached, node);
    this.used -= size;
    this.entryOf[node] = this.append(node, size);
  }

  /** Blocks that somebody holds become the piece `id`, or fill it up to `blocks`. Returns how many of them it took. */
  fill(id: number, blocks: number): number {
    const known = this.nodes.get(id);
    if (known !== undefined) {
      const taken = Math.max(0, blocks - i32(this.cached, known));
      this.cached[known] = i32(this.cached, known) + taken;
      return taken;
    }
    const node = this.addNode(id);
    this.cached[node] = blocks;
    this.holders[node] = 1;
    return blocks;
  }

  /** Blocks that were somebody's own stay behind as the piece `id`, free. */
  leave(id: number, blocks: number): void {
    if (blocks === 0) return;
    this.used -= blocks;
    const old = this.nodes.get(id);
    if (old !== undefined) {
      this.nodeAt[i32(this.entryOf, old)] = none;
      this.forget(old);
    }
    const node = this.addNode(id);
    this.cached[node] = blocks;
    this.entryOf[node] = this.append(node, blocks);
  }

  /** Takes back what `leave` left, as somebody's own. */
  takeBack(id: number): void {
    const node = this.nodes.get(id) as number;
    this.unlink(i32(this.entryOf, node));
    this.used += i32(this.cached, node);
    if (this.used > this.peak) this.peak = this.used;
    this.forget(node);
  }

  /** Free blocks by the queue's own count, for tests: equals `free` when content is kept. */
  queued(): number {
    let sum = 0;
    for (let entry = this.head; entry !== none; entry = i32(this.after, entry)) sum += i32(this.count, entry);
    return sum;
  }

  private addNode(id: number): number {
    const node = this.spareNodes.pop() ?? this.nodeCount++;
    if (node >= this.cached.length) {
      const size = this.cached.length * 2;
      this.cached = grownInts(this.cached, size);
      this.holders = grownInts(this.holders, size);
      this.entryOf = grownInts(this.entryOf, size);
    }
    this.nodes.set(id, node);
    this.idOf[node] = id;
    this.holders[node] = 0;
    return node;
  }

  private forget(node: number): void {
    this.nodes.delete(this.idOf[node] as number);
    this.spareNodes.push(node);
  }

  private append(node: number, blocks: number): number {
    const entry = this.spareEntries.pop() ?? this.entryCount++;
    if (entry >= this.count.length) {
      const size = this.count.length * 2;
      this.count = grownInts(this.count, size);
      this.nodeAt = grownInts(this.nodeAt, size);
      this.before = grownInts(this.before, size);
      this.after = grownInts(this.after, size);
    }
    this.count[entry] = blocks;
    this.nodeAt[entry] = node;
    this.before[entry] = this.tail;
    this.after[entry] = none;
    if (this.tail === none) this.head = entry;
    else this.after[this.tail] = entry;
    this.tail = entry;
    return entry;
  }

  private unlink(entry: number): void {
    const before = i32(this.before, entry);
    const after = i32(this.after, entry);
    if (before === none) this.head = after;
    else this.after[before] = after;
    if (after === none) this.tail = before;
    else this.before[after] = before;
    this.spareEntries.push(entry);
  }
}
