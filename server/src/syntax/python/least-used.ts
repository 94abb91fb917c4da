/** A cache that forgets what was not asked for longest when all it holds weighs too much. */
export class LeastUsed<T> {
  private readonly limit: number;
  private readonly items = new Map<string, { readonly item: T; readonly weight: number }>();
  private weight = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get(key: string): T | undefined {
    const known = this.items.get(key);
    if (known === undefined) return undefined;
    this.items.delete(key);
    this.items.set(key, known);
    return known.item;
  }

  set(key: string, item: T, weight: number): void {
    this.drop(key);
    this.items.set(key, { item, weight });
    this.weight += weight;
    for (const oldest of this.items.keys()) {
      if (this.weight <= this.limit) break;
      this.drop(oldest);
    }
  }

  clear(): void {
    this.items.clear();
    this.weight = 0;
  }

  private drop(key: string): void {
    this.weight -= this.items.get(key)?.weight ?? 0;
    this.items.delete(key);
  }
}
