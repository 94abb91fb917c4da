/** A key that names a written order: the file brings the schedule, which is unknown until it is read. */
import type { Draft } from '../draft.ts';
import { setUnknown, unresolvedOrigin } from '../draft.ts';
import type { Setting } from '../setting.ts';
import { settingText } from '../setting.ts';

/** Links the order that the key names; without a pipeline nobody reads it. */
export function linkWrittenOrder(draft: Draft, setting: Setting | undefined): void {
  const file = settingText(setting);
  if (setting === undefined || file === undefined || file === '') return;
  setUnknown(draft, 'parallel.schedule', unresolvedOrigin(draft, setting, `the schedule stands in ${file}`));
  if (draft.job['parallel.pipeline'] === 1) return;
  draft.links.push({ range: setting.value, target: file, role: 'config', framework: 'torch-pipelining' });
}
