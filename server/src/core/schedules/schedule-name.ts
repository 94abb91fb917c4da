/** The schedules that a job can name; one file each beside this one. */
export type ScheduleName =
  | 'gpipe'
  | '1f1b'
  | 'interleaved-1f1b'
  | 'breadth-first'
  | 'looped-bfs'
  | 'zb-h1'
  | 'zb-h2'
  | 'zb-1p'
  | 'zb-2p'
  | 'interleaved-zero-bubble'
  | 'zb-v'
  | 'v-half'
  | 'v-min'
  | 'dualpipe'
  | 'dualpipe-v'
  | '1f1b-expert-overlap'
  /** The user's own order; `written-v` has its stages folded. */
  | 'written'
  | 'written-v';
