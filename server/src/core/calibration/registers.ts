/**
 * Registers of a thread from what its text asks for, fitted to nvcc's own counts of kernels of public repositories (docs/registers.md says
 * which, how, and how far off it is for a repository that the fit has not seen). `scripts/fit/registers.mjs` makes them.
 */
export const registerCalibration = {
  /** Indexes, addresses and what every kernel has. */
  base: 10.9,
  /** Of what the text declares, how much lives at one time. */
  arrays: 0.645,
  fragments: 0.679,
  values: 0.479,
  loads: 0.308,
  /** A loop whose rounds only the run knows: its counter and limit, pointers that move, and rounds that stand side by side. */
  openLoop: 9.03,
  /** The band: nvcc's count over the estimate at the 10th and the 90th percentile of kernels of repositories left out of the fit. */
  low: 0.675,
  high: 1.31,
} as const;
