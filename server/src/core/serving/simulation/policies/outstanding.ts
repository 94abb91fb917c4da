/** What policies that plan to the end have promised. */
import type { Replica } from '../replica.ts';
import { phase } from '../request-table.ts';
import { f64, i32 } from '../typed.ts';

/** Blocks the running requests may still ask for; those of the step at hand they have. */
export function outstanding({ lanes, pool, table, drafted }: Replica): number {
  let sum = 0;
  for (const lane of lanes) {
    for (let slot = lane.head; slot !== -1; slot = i32(table.next, slot)) {
      const decoding = i32(table.phase, slot) === phase.decode;
      const held = decoding
        ? lane.growth.blocks(i32(table.computed, slot), f64(table.rate, slot), lane.step - i32(table.begun, slot) + (lane.decodes ? 1 : 0))
        : i32(table.own, slot) + i32(table.shared, slot);
      sum += Math.max(0, pool.blocksFor(i32(table.prompt, slot) + i32(table.limit, slot) + drafted) - held);
    }
  }
  return sum;
}
