/** HIP code for AMD GPUs whose wavefronts have 32 lanes: RDNA and gfx1250. */

const namesThem = /\bgfx1[0-2]\w*|__builtin_amdgcn_wmma|\bwave32\b|_wave32\b|__GFX1[0-2]/i;

/** True where the text names such a GPU: what is said of wavefronts of 64 does not hold for all of it. */
export const mayRunInWavesOf32 = (text: string): boolean => namesThem.test(text);
