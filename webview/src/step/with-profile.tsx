/** A view of the step taken apart, or why there is none. What is tried shows once the host has read the job with it. */
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
        {!followsSchedule && differsFromFile(props.state) && props.state.subject.value === props.state.job.value && (
          <p class="note" role="status">
            These are the figures of the file. What is tried above shows here as soon as the host has worked it out.
          </p>
        )}
        <View {...props} profile={profile} />
      </>
    );
  };
}
