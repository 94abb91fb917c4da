/** A view of the step taken apart, or why there is none. What is only tried in the controls changes the schedule, not these figures. */
import type { ComponentChild } from 'preact';
import type { StepProfile } from '../../../server/src/core/profile/step-profile.ts';
import { differsFromFile } from '../state.ts';
import type { ViewProps } from '../views/view.ts';

export interface ProfileProps extends ViewProps {
  readonly profile: StepProfile;
}

/** Makes the component of a view out of one that needs the step taken apart. */
export function withProfile(View: (props: ProfileProps) => ComponentChild, followsSchedule = false): (props: ViewProps) => ComponentChild {
  return (props) => {
    const profile = props.state.profile.value;
    if (!profile) return null;
    if ('refused' in profile) {
      return (
        <p class="why" role="status">
          {profile.refused}
        </p>
      );
    }
    return (
      <>
        {!followsSchedule && differsFromFile(props.state) && (
          <p class="note" role="status">
            These are the figures of the file. The schedule that is tried above changes the timeline and the memory over time.
          </p>
        )}
        <View {...props} profile={profile} />
      </>
    );
  };
}
