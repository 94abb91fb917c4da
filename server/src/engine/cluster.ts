/** The hardware a job runs on: settings over what the file says, resolved to data sheets. */
import type { Assumption } from '../core/estimate.ts';
import type { Cluster } from '../core/hardware.ts';
import type { JobField, PartialJob, PartialJobDraft } from '../core/job-fields.ts';
import type { SourcesDraft } from '../core/origin.ts';
import { findAccelerator, findInstance, findNetwork, findNode, learnedProducts, usualNode } from '../data/index.ts';
import type { EngineSettings } from './analysis.ts';
import type { Layer } from './layers.ts';

/** Taken when neither the file nor the settings nor a known system say how GPUs are packed. */
const usualGpusPerNode = 8;
/** One port per GPU of the InfiniBand generation most GPUs in use were sold with. */
const latestNetwork = 'infiniband-ndr-400';

/** Taken when no GPU is named anywhere, so that memory and shares can be seen at once; no verdict rests on it. */
const usualGpu = 'nvidia-h100-sxm-80gb';

/** Puts the user's settings of cluster, load and MFU over what was read. A changed packing makes a written world size obsolete. */
export function applySettings(layer: Layer, settings: EngineSettings): Layer {
  const job: PartialJobDraft = { ...layer.job };
  const sources: SourcesDraft = { ...layer.sources };
  const set = <F extends JobField>(field: F, value: PartialJobDraft[F], name: string): void => {
    if (value === undefined) return;
    job[field] = value;
    sources[field] = { kind: 'setting', name: `rooflint.${name}` };
  };
  if (settings.nodes !== undefined || settings.gpusPerNode !== undefined) {
    delete job['cluster.gpus'];
    delete sources['cluster.gpus'];
  }
  set('cluster.gpu', settings.gpu, 'cluster.gpu');
  set('cluster.gpusPerNode', settings.gpusPerNode, 'cluster.gpusPerNode');
  set('cluster.nodes', settings.nodes, 'cluster.nodes');
  set('cluster.interconnect', settings.network, 'cluster.network');
  set('cluster.pricePerGpuHour', settings.pricePerGpuHour, 'cluster.pricePerGpuHour');
  set('report.mfuConvention', settings.mfuConvention, 'mfuConvention');
  // On is the default and says nothing; off is a choice.
  set('report.learnedTimes', settings.learnedTimes === false ? false : undefined, 'learnedModels');
  const { load = {} } = settings;
  set('load.requestRate', load.requestRate, 'load.requestsPerSecond');
  set('load.inputTokens', load.inputTokens, 'load.inputTokens');
  set('load.outputTokens', load.outputTokens, 'load.outputTokens');
  set('load.firstTokenLimit', load.firstTokenLimit, 'load.ttftMilliseconds');
  set('load.perTokenLimit', load.perTokenLimit, 'load.tpotMilliseconds');
  return { job, sources };
}

export interface ResolvedCluster {
  readonly cluster: Cluster | undefined;
  /** True when no GPU is named or counted: the estimate says so, and rules do not judge against it. */
  readonly isAssumed: boolean;
  readonly assumptions: readonly Assumption[];
  /** Why there is no cluster although a GPU is named. */
  readonly problem?: string;
}

/** The data sheets for a job whose cluster fields are merged and derived. */
export function clusterOf(job: PartialJob): ResolvedCluster {
  const written = job['cluster.gpu'];
  const isAssumed = written === undefined;
  const name = written ?? usualGpu;
  const machine = findNode(name);
  const rented = machine ? undefined : findInstance(name);
  const accelerator = findAccelerator(machine?.accelerator ?? rented?.accelerator ?? name);
  if (!accelerator)
    return {
      cluster: undefined,
      isAssumed,
      assumptions: [],
      problem: `there is no data sheet for "${name}": estimates are for the GPUs and TPUs that have one`,
    };
  const assumptions: Assumption[] = [];
  if (isAssumed) {
    const why = 'no GPU is named in the file or the settings: choose the cluster';
    assumptions.push({ field: 'cluster.gpu', value: accelerator.label, why });
  }
  const node = machine ?? usualNode(accelerator);
  const size = rented?.gpus ?? node?.gpusPerNode.value ?? usualGpusPerNode;
  const gpus = job['cluster.gpus'];
  const gpusPerNode = job['cluster.gpusPerNode'] ?? Math.min(size, gpus ?? size);
  if (job['cluster.gpusPerNode'] === undefined) {
    const known = machine?.label ?? rented?.names[0];
    const why = known !== undefined ? `${known} has ${size}` : 'neither the file nor the settings say it';
    assumptions.push({ field: 'cluster.gpusPerNode', value: String(gpusPerNode), why });
  }
  const nodes = job['cluster.nodes'] ?? Math.max(1, Math.ceil((gpus ?? gpusPerNode) / gpusPerNode));
  const named = job['cluster.interconnect'];
  const usualNetwork = node?.network ?? latestNetwork;
  const scaleOut = (named === undefined ? undefined : findNetwork(named)) ?? findNetwork(usualNetwork);
  if (!scaleOut)
    return { cluster: undefined, isAssumed, assumptions, problem: `there is no data sheet for the network "${named ?? usualNetwork}"` };
  if (nodes > 1 && scaleOut.id !== named) {
    assumptions.push({
      field: 'cluster.interconnect',
      value: scaleOut.label,
      why: `${named ? `"${named}" is not known` : 'no network is named'}; ${machine ? `that of ${machine.label}` : `usual with ${accelerator.architecture} GPUs`}`,
    });
  }
  const price = job['cluster.pricePerGpuHour'];
  const learned = learnedProducts(accelerator);
  return {
    cluster: {
      accelerator,
      gpusPerNode,
      nodes,
      scaleOut,
      ...(price === undefined ? {} : { pricePerGpuHour: price }),
      ...(learned === undefined || job['report.learnedTimes'] === false ? {} : { learned }),
    },
    isAssumed,
    assumptions,
  };
}
