/**
 * Registers of a thread of a Triton kernel from what its text asks for, fitted to what Triton 3.9 and its compilers made of kernels of
 * public repositories (docs/registers.md says which, how, and how far off it is for a repository that the fit has not seen).
 * `scripts/fit/triton-registers.mjs` makes them. AMD's compiler keeps more at a time: its loads go through registers, and its file is larger.
 */
export const tritonRegisterCalibration = {
  NVIDIA: { base: 16.9, values: 1.03, operands: 1.03, loop: 5, low: 0.7, high: 1.49 },
  AMD: { base: 9.43, values: 1.57, operands: 3.21, loop: 4.85, low: 0.591, high: 2.14 },
} as const;
