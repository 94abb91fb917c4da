/** The waiting requests of an engine, first come first served; a preempted one may go back to the front. */
import { i32 } from './typed.ts';

export class SlotQueue {
  private ring = new Int32Array(64);
  private head = 0;
  length = 0;

  /** The slot that waits longest; the queue must not be empty. */
  get first(): number {
    return i32(this.ring, this.head);
  }

  pushBack(slot: number): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.head + this.length) & (this.ring.length - 1)] = slot;
    this.length++;
  }

  pushFront(slot: number): void {
    if (this.length === this.ring.length) this.grow();
    this.head = (this.head - 1) & (this.ring.length - 1);
    this.ring[this.head] = slot;
    this.length++;
  }

  shift(): number {
    const slot = this.first;
    this.head = (this.head + 1) & (this.ring.length - 1);
    this.length--;
    return slot;
  }

  private grow(): void {
    const wider = new Int32Array(this.ring.length * 2);
    for (let index = 0; index < this.length; index++) wider[index] = i32(this.ring, (this.head + index) & (this.ring.length - 1));
    this.ring = wider;
    this.head = 0;
  }
}
