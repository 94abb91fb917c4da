/**
 * What a request finds in the cache and what it leaves there. Whole blocks only, from the first token on; the last token of a prompt
 * is always computed, since its output is needed (vllm/v1/core/kv_cache_manager.py get_computed_blocks). A piece becomes shared once
 * it is computed; two requests that compute it at once keep one copy from then on. A preempted request leaves its own blocks behind
 * and finds them again unless they were needed meanwhile.
 */
import type { KvPool } from './kv-pool.ts';
import type { RequestTable } from './request-table.ts';
import { f64, i32 } from './typed.ts';

export class PrefixCache {
  /** Of the latest `match`: cached tokens, the blocks they fill, those of them that are free now, whole pieces, blocks of the next one. */
  tokens = 0;
  blocks = 0;
  freeBlocks = 0;
  private pieces = 0;
  private part = 0;
  private resumes = false;

  private readonly table: RequestTable;
  private readonly pool: KvPool;

  constructor(table: RequestTable, pool: KvPool) {
    this.table = table;
    this.pool = pool;
  }

  /** Forgets the latest `match`. */
  clear(): void {
    this.tokens = 0;
    this.blocks = 0;
    this.freeBlocks = 0;
    this.pieces = 0;
    this.part = 0;
    this.resumes = false;
  }

  /** Looks up the longest cached beginning of a waiting request's `tokens`. */
  match(slot: number, tokens: number): void {
    this.clear();
    if (!this.pool.caches) return;
    const { pool } = this;
    const { page } = pool;
    const most = Math.floor((tokens - 1) / page) * page;
    const prefix = this.table.prefix[slot];
    if (prefix) {
      let end = 0;
      for (let piece = 0; piece < prefix.ids.length; piece++) {
        end += prefix.tokens[piece] as number;
        // A piece that runs into the answer is this request's own, even if a later question quotes it already.
        if (end > tokens) break;
        const size = Math.floor(end / page) - this.blocks;
        const found = size === 0 ? 0 : pool.found(prefix.ids[piece] as number);
        // An id that stood for a longer piece elsewhere is not the same text.
        if (found > size) break;
        if (found > 0 && pool.isFree(prefix.ids[piece] as number)) this.freeBlocks += found;
        this.blocks += found;
        if (found < size) {
          this.part = found;
          break;
        }
        this.pieces++;
        if (end >= most) break;
      }
    }
    const own = i32(this.table.preempted, slot) === 0 ? 0 : pool.found(-1 - f64(this.table.serial, slot));
    if (own > 0 && this.part === 0 && this.blocks === i32(this.table.left, slot)) {
      this.resumes = true;
      this.freeBlocks += own;
      this.blocks += own;
    }
    this.tokens = Math.min(this.blocks * page, most);
  }

  /** Takes what `match` found; the request holds it from now on. */
  hold(slot: number): void {
    const { table, pool } = this;
    const prefix = table.prefix[slot];
    let shared = 0;
    if (prefix) {
      let end = 0;
      for (let piece = 0; piece < this.pieces; piece++) {
        end += prefix.tokens[piece] as number;
        const size = Math.floor(end / pool.page) - shared;
        if (size > 0) pool.hold(prefix.ids[piece] as number);
        shared += size;
      }
      if (this.part > 0) pool.hold(prefix.ids[this.pieces] as number);
    }
    table.held[slot] = this.pieces;
    table.part[slot] = this.part;
    table.shared[slot] = shared + this.part;
    let own = 0;
    if (this.resumes) {
      pool.takeBack(-1 - f64(table.serial, slot));
      own = this.blocks - shared - this.part;
    }
    table.own[slot] = own;
  }

  /** Pieces that are computed by now become shared. */
  commit(slot: number, computed: number): void {
    const { table, pool } = this;
    const prefix = table.prefix[slot];
    if (!prefix || !pool.caches) return;
    let held = i32(table.held, slot);
    if (held === prefix.ids.length) return;
    let start = 0;
    for (let piece = 0; piece < held; piece++) start += prefix.tokens[piece] as number;
    for (; held < prefix.ids.length; held++) {
      const end = start + (prefix.tokens[held] as number);
      const size = Math.floor(end / pool.page) - Math.floor(start / pool.page);
      if (end > computed || pool.found(prefix.ids[held] as number) > size) break;
      if (size > 0) this.share(slot, prefix.ids[held] as number, size);
      table.part[slot] = 0;
      start = end;
    }
    table.held[slot] = held;
  }

  private share(slot: number, id: number, size: number): void {
    const { table, pool } = this;
    const part = i32(table.part, slot);
    const known = pool.found(id);
    // Of its own blocks some become the piece, and those the piece already has are freed.
    const mine = size - part;
    if (known > 0 && part === 0) pool.hold(id);
    const taken = pool.fill(id, size);
    pool.give(mine - taken);
    table.own[slot] = i32(table.own, slot) - mine;
    table.shared[slot] = i32(table.shared, slot) + mine;
  }

  /** Gives back everything a request holds, its last blocks first. `keep`: whole blocks of its own stay for when it comes again. */
  release(slot: number, own: number, keep: boolean, computed: number): void {
    const { table, pool } = this;
    const shared = i32(table.shared, slot);
    const kept = keep && pool.caches ? Math.max(0, Math.min(own, Math.floor(computed / pool.page) - shared)) : 0;
    pool.give(own - kept);
    pool.leave(-1 - f64(table.serial, slot), kept);
    table.left[slot] = shared;
    const prefix = table.prefix[slot];
    if (prefix && shared > 0) {
      const held = i32(table.held, slot);
      if (i32(table.part, slot) > 0) pool.release(prefix.ids[held] as number);
      let end = 0;
      for (let piece = 0; piece < held; piece++) end += prefix.tokens[piece] as number;
      for (let piece = held - 1; piece >= 0; piece--) {
        const start = end - (prefix.tokens[piece] as number);
        if (Math.floor(end / pool.page) > Math.floor(start / pool.page)) pool.release(prefix.ids[piece] as number);
        end = start;
      }
    }
    table.own[slot] = 0;
    table.shared[slot] = 0;
    table.held[slot] = 0;
    table.part[slot] = 0;
  }
}
