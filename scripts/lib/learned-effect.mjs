// What the learned times of products change: errors of the quantities that differ, with and without them.
import { percent, signed } from './accuracy.mjs';
import { markdownTable } from './generated-part.mjs';

const cells = ({ rows, median, p90, bias }) => (rows === 0 ? ['', '', ''] : [percent(median), percent(p90), signed(bias)]);

/** One row per quantity and part of the sources that is not the same in both. */
export function learnedEffect({ figures, withoutLearned, kinds, holdOut }) {
  const rows = kinds.flatMap(({ id, title }) => {
    const [now, before] = [figures, withoutLearned].map((all) => holdOut(all.filter(({ kind }) => kind === id)));
    return ['fitted', 'heldOut'].flatMap((part) => {
      const [without, withThem] = [cells(before[part]), cells(now[part])];
      if (without.join() === withThem.join()) return [];
      return [[title, part === 'fitted' ? 'open' : 'held out', String(now[part].rows), ...without, ...withThem]];
    });
  });
  const heads = ['', 'Sources', 'Compared', 'Without: median', 'p90', 'Bias', 'With: median', 'p90', 'Bias'];
  return markdownTable(heads, rows);
}
