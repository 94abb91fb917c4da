/** Slots by time, the earliest first; equal times in the order of their coming. */
export class TimeHeap {
  private readonly times: number[] = [];
  private readonly orders: number[] = [];
  private readonly slots: number[] = [];
  private coming = 0;

  get size(): number {
    return this.times.length;
  }

  /** The earliest time; the heap must not be empty. */
  get least(): number {
    return this.times[0] as number;
  }

  push(time: number, slot: number): void {
    let at = this.times.length;
    const order = this.coming++;
    this.set(at, time, order, slot);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): number {
    const slot = this.slots[0] as number;
    const last = this.times.length - 1;
    this.swap(0, last);
    this.times.length = last;
    this.orders.length = last;
    this.slots.length = last;
    for (let at = 0; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < last && this.before(child, least)) least = child;
      if (least === at) return slot;
      this.swap(at, least);
      at = least;
    }
  }

  private before(one: number, other: number): boolean {
    const [a, b] = [this.times[one] as number, this.times[other] as number];
    return a < b || (a === b && (this.orders[one] as number) < (this.orders[other] as number));
  }

  private set(at: number, time: number, order: number, slot: number): void {
    this.times[at] = time;
    this.orders[at] = order;
    this.slots[at] = slot;
  }

  private swap(one: number, other: number): void {
    const [time, order, slot] = [this.times[one] as number, this.orders[one] as number, this.slots[one] as number];
    this.set(one, this.times[other] as number, this.orders[other] as number, this.slots[other] as number);
    this.set(other, time, order, slot);
  }
}
