/** Bands of the quantities shown, from the residuals over published measurements. */

/** The half-width of a band as a share of the value, and what it rests on. */
export interface BandBasis {
  readonly share: number;
  readonly basis: string;
}

/** Training peaks: narrow where many published ones were predicted, wide where few or worse ones were. */
export function memoryBand(framework: string, implementation: string): BandBasis {
  if (framework === 'megatron-lm' && implementation !== 'deepspeed') {
    return { share: 0.12, basis: 'about the p90 error over 160 published Megatron-LM figures (docs/accuracy.md)' };
  }
  if (framework === 'torchtitan')
    return { share: 0.12, basis: 'about the p90 error over 18 published torchtitan peaks (docs/accuracy.md)' };
  return {
    share: 0.3,
    basis: 'published DeepSpeed and single-GPU peaks are predicted with a p90 error of 25 % and more (docs/accuracy.md)',
  };
}

/** Step times: narrow for 16-bit training on the generations the model was fitted on. */
export function timeBand(architecture: string, fp8: boolean, implementation: string, stage: number): BandBasis {
  if (implementation === 'deepspeed' && stage === 3) {
    return { share: 0.6, basis: 'published ZeRO-3 runs over many nodes took up to four times as long (docs/accuracy.md)' };
  }
  const fitted = /^(ampere|hopper)/i.test(architecture);
  if (fitted && !fp8) return { share: 0.2, basis: 'about the p90 error over published 16-bit steps on A100 and H100 (docs/accuracy.md)' };
  return { share: 0.4, basis: fp8 ? 'few published fp8 steps, p90 error near 35 %' : `steps on ${architecture} were not fitted` };
}

/** Bands of the rest. */
export const bands = {
  weights: { share: 0.02, basis: 'published checkpoint sizes as engines report them' },
  servingTotal: { share: 0.05, basis: 'the engine fills its budget; what is outside it varies' },
  servingOverhead: { share: 0.5, basis: 'profile runs differ widely between engine releases' },
  roofline: { share: 0.35, basis: 'a roofline without queueing or scheduling, not yet held against measurements' },
  serving: { share: 0.12, basis: 'about the p90 error over published engine logs' },
  communication: { share: 0.5, basis: 'large messages; published small collectives are off by up to 80 % (docs/accuracy.md)' },
} as const;
