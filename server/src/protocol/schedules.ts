/** What the panel is told of a search among schedules. Plain data. */

/** One schedule; without figures it is out of the question, and says why. */
export interface ScheduleRow {
  /** The value of the field that stands for it. */
  readonly name: string;
  readonly label: string;
  readonly virtualStages: number;
  /** What the job runs, as the file and the tried values say. */
  readonly isCurrent: boolean;
  readonly figures?: {
    readonly step: string;
    /** Against what the job runs; absent for that itself. */
    readonly change?: string;
    readonly verdict?: 'better' | 'worse';
    readonly bubble: string;
    /** Of the fullest rank. */
    readonly memory: string;
    readonly rank: number;
    readonly fits: 'yes' | 'no' | 'close';
  };
  readonly rejected?: string;
}

/** The fastest that fits first; then what does not fit or cannot run. */
export interface SchedulesFound {
  readonly rows: readonly ScheduleRow[];
  /** What the figures take for granted; or why there are none. */
  readonly words: readonly string[];
}
