/** The step of the shown job taken apart, worked out here with the panel's own copy of the core. Pure. */
import { profileStep, type StepProfile } from '../../../server/src/core/profile/step-profile.ts';
import type { Refused } from '../../../server/src/core/schedules/simulate.ts';
import type { PanelJob } from '../../../server/src/protocol/panel.ts';

export function profileOf({ job, runsAs, cluster }: PanelJob): StepProfile | Refused {
  return profileStep(job, runsAs, cluster);
}
