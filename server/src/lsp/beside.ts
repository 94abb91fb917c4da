/** rooflint/beside: another job next to the one of the panel, as it is or as it was at another time. */
import type { Analysis } from '../engine/analysis.ts';
import type { BesideParams, BesideResult } from '../protocol/requests.ts';
import { differencesOf } from './differences.ts';
import { panelOf } from './panel.ts';
import type { Session } from './session.ts';

/** What the panel shows of `other` beside `own`. */
export function besideOf(own: Analysis | undefined, job: number, other: Analysis | undefined, otherJob: number): BesideResult {
  const [left, right] = [own?.jobs[job], other?.jobs[otherJob] ?? other?.jobs[0]];
  return {
    shown: panelOf(other, otherJob),
    rows: left && right ? differencesOf(right, left) : [],
    restsOn: other?.dependsOn ?? [],
  };
}

export async function beside(session: Session, { uri, job = 0, other }: BesideParams): Promise<BesideResult> {
  const [own, now] = [await session.analysisOf(uri), await session.analysisOf(other.uri)];
  const texts = new Map(Object.entries(other.texts ?? {}));
  const then = now && texts.size > 0 ? session.engine.analyseAs(now, { texts }) : now;
  return besideOf(own, job, then, other.job ?? 0);
}
