/**
 * Which replica a request goes to. Prefix aware: the replica where most of its prompt is cached, unless it has a third more requests
 * than the least loaded one and at least 8 more, which is how routers keep one replica from being swamped.
 */
import type { Replica } from './replica.ts';
import type { RoutingName } from './simulation-options.ts';
import { i32 } from './typed.ts';

export type Router = (slot: number) => Replica;

export function makeRouter(name: RoutingName, replicas: readonly Replica[]): Router {
  const [only] = replicas;
  if (only && replicas.length === 1) return () => only;
  let turn = 0;
  const inTurn = () => replicas[turn++ % replicas.length] as Replica;
  if (name === 'round-robin') return inTurn;
  const least = () => {
    const start = turn++;
    let best = replicas[start % replicas.length] as Replica;
    for (let step = 1; step < replicas.length; step++) {
      const other = replicas[(start + step) % replicas.length] as Replica;
      if (other.present < best.present) best = other;
    }
    return best;
  };
  if (name === 'least-requests') return least;
  return (slot) => {
    const calm = least();
    let best = calm;
    let most = 0;
    for (const replica of replicas) {
      replica.prefix.match(slot, i32(replica.table.prompt, slot));
      if (replica.prefix.tokens > most && (replica.present < calm.present + 8 || replica.present * 3 < calm.present * 4)) {
        best = replica;
        most = replica.prefix.tokens;
      }
    }
    return best;
  };
}
