/** The hardware a job runs on: settings over what the file says, resolved to data sheets. */
import type { Assumption } from '../core/estimate.ts';
import type { Cluster } from '../core/hardware.ts';
import type { JobField, PartialJob, PartialJobDraft } from '../core/job-fields.ts';
import type { SourcesDraft } from '../core/origin.ts';
import { findAccelerator, findNetwork } from '../data/index.ts';
import type { EngineSettings } from './analysis.ts';
import type { Layer } from './layers.ts';

/** Taken when neither the file nor the settings say how GPUs are packed; the usual size of an HGX or MI300 node. */
const usualGpusPerNode = 8;
/**
 * Taken when nothing names the network: one port per GPU of the InfiniBand generation that was current with the GPU, as in
 * the reference designs of DGX-1 and DGX-2 (EDR), DGX A100 (HDR) and DGX H100 (NDR).
 */
const networkOfGeneration: { readonly [architecture: string]: string } = {
  Volta: 'infiniband-edr-100',
  Turing: 'infiniband-edr-100',
  Ampere: 'infiniband-hdr-200',
};
const latestNetwork = 'infiniband-ndr-400';

/** Taken when no GPU is named anywhere, so that memory and shares can be seen at once; no verdict rests on it. */
const usualGpu = 'nvidia-h100-sxm-80gb';

/** Puts the user's cluster settings over what was read. A changed packing makes a written world size obsolete. */
export function applySettings(layer: Layer, settings: EngineSettings): Layer {
  const job: PartialJobDraft = { ...layer.job };
  const sources: SourcesDraft = { ...layer.sources };
  const set = <F extends JobField>(field: F, value: PartialJobDraft[F], name: string): void => {
    if (value === undefined) return;
    job[field] = value;
    sources[field] = { kind: 'setting', name: `rooflint.cluster.${name}` };
  };
  if (settings.nodes !== undefined || settings.gpusPerNode !== undefined) {
    delete job['cluster.gpus'];
    delete sources['cluster.gpus'];
  }
  set('cluster.gpu', settings.gpu, 'gpu');
  set('cluster.gpusPerNode', settings.gpusPerNode, 'gpusPerNode');
  set('cluster.nodes', settings.nodes, 'nodes');
  set('cluster.interconnect', settings.network, 'network');
  set('cluster.pricePerGpuHour', settings.pricePerGpuHour, 'pricePerGpuHour');
  return { job, sources };
}

export interface ResolvedCluster {
  readonly cluster: Cluster | undefined;
  /** True when no GPU is named: the estimate says so, and rules do not judge against it. */
  readonly gpuAssumed: boolean;
  readonly assumptions: readonly Assumption[];
  /** Why there is no cluster although a GPU is named. */
  readonly problem?: string;
}

/** The data sheets for a job whose cluster fields are merged and derived. */
export function clusterOf(job: PartialJob): ResolvedCluster {
  const written = job['cluster.gpu'];
  const gpuAssumed = written === undefined;
  const name = written ?? usualGpu;
  const accelerator = findAccelerator(name);
  if (!accelerator) return { cluster: undefined, gpuAssumed, assumptions: [], problem: `there is no data sheet for the GPU "${name}"` };
  const assumptions: Assumption[] = [];
  if (gpuAssumed) {
    const why = 'no GPU is named in the file or the settings: choose the cluster';
    assumptions.push({ field: 'cluster.gpu', value: accelerator.label, why });
  }
  const gpus = job['cluster.gpus'];
  const gpusPerNode = job['cluster.gpusPerNode'] ?? Math.min(usualGpusPerNode, gpus ?? usualGpusPerNode);
  if (job['cluster.gpusPerNode'] === undefined) {
    assumptions.push({ field: 'cluster.gpusPerNode', value: String(gpusPerNode), why: 'neither the file nor the settings say it' });
  }
  const nodes = job['cluster.nodes'] ?? Math.max(1, Math.ceil((gpus ?? gpusPerNode) / gpusPerNode));
  const named = job['cluster.interconnect'];
  const usualNetwork = networkOfGeneration[accelerator.architecture] ?? latestNetwork;
  const scaleOut = (named === undefined ? undefined : findNetwork(named)) ?? findNetwork(usualNetwork);
  if (!scaleOut)
    return { cluster: undefined, gpuAssumed, assumptions, problem: `there is no data sheet for the network "${named ?? usualNetwork}"` };
  if (nodes > 1 && scaleOut.id !== named) {
    assumptions.push({
      field: 'cluster.interconnect',
      value: scaleOut.label,
      why: `${named ? `"${named}" is not known` : 'no network is named'}; usual with ${accelerator.architecture} GPUs`,
    });
  }
  const price = job['cluster.pricePerGpuHour'];
  return {
    cluster: { accelerator, gpusPerNode, nodes, scaleOut, ...(price === undefined ? {} : { pricePerGpuHour: price }) },
    gpuAssumed,
    assumptions,
  };
}
