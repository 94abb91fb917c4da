/**
 * vLLM releases where a default that matters changed. A command does not say its release; a docker image tag may. The
 * newest one is taken otherwise, and every default is shown with its release. Source: vllm/config/cache.py at 002f10e0
 * (0.92) and vllm/engine/arg_utils.py at 001999d2 (0.90, prefix caching only with V1).
 */
export interface VllmRelease {
  readonly name: string;
  readonly gpuMemoryUtilization: number;
  readonly prefixCaching: boolean;
  readonly chunkedPrefill: boolean;
}

const newest: VllmRelease = { name: 'vLLM 2026 (002f10e0)', gpuMemoryUtilization: 0.92, prefixCaching: true, chunkedPrefill: true };
const first2025: VllmRelease = { name: 'vLLM 0.8 to 0.15', gpuMemoryUtilization: 0.9, prefixCaching: true, chunkedPrefill: true };
const before2025: VllmRelease = { name: 'vLLM before 0.8', gpuMemoryUtilization: 0.9, prefixCaching: false, chunkedPrefill: false };

/** The release a docker tag such as `v0.6.3` names, or the newest. */
export function vllmRelease(tag: string | undefined): VllmRelease {
  const minor = /^v?0\.(\d+)/.exec(tag ?? '')?.[1];
  if (minor === undefined) return newest;
  if (Number(minor) < 8) return { ...before2025, name: `vLLM ${tag ?? ''}` };
  return Number(minor) <= 15 ? { ...first2025, name: `vLLM ${tag ?? ''}` } : { ...newest, name: `vLLM ${tag ?? ''}` };
}
