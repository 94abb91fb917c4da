/**
 * Rows that no learned model speaks about, answered by the formulas of the core: collectives over more GPUs than a measured
 * node has, collectives of other kinds, and products on accelerators that are no GPU. Their bands are those of anything unmeasured.
 */
import { computeCalibration } from '../core/calibration/compute.ts';
import { allToAllTime } from '../core/comms/all-to-all.ts';
import { allGatherTime, allReduceTime, broadcastTime, reduceScatterTime, sendTime } from '../core/comms/collectives.ts';
import { place } from '../core/comms/network.ts';
import { batchedGemmTime, describeDevice } from '../core/compute/gemm.ts';
import type { Accelerator, Network } from '../core/hardware.ts';
import type { NumberFormat } from '../core/job-fields.ts';
import { findNetwork, usualNode } from '../data/index.ts';
import { mostGpus, readWrittenAllReduce, readWrittenNccl, type WrittenCollective } from './cases/collective.ts';
import { readGemm } from './cases/gemm.ts';
import type { Row } from './cases/row.ts';
import type { FamilyName } from './families.ts';
import type { WrittenFormat } from './inputs/gemm-formats.ts';
import type { Parts } from './inputs/inputs.ts';

export interface AnalyticAnswer {
  readonly seconds: number;
  readonly model: string;
  readonly parts: Parts;
}

const usualNodeSize = 8;
const usualNetwork = 'infiniband-ndr-400';

function clusterOf(accelerator: Accelerator, gpus: number) {
  const node = usualNode(accelerator);
  const gpusPerNode = Math.min(gpus, node?.gpusPerNode.value ?? usualNodeSize);
  const scaleOut = findNetwork(node?.network ?? usualNetwork) ?? findNetwork(usualNetwork);
  return { accelerator, gpusPerNode, nodes: Math.ceil(gpus / gpusPerNode), scaleOut: scaleOut as Network };
}

/** Seconds of a collective of `bytes` in all between `gpus` ranks laid out one beside the other. */
function exchangeTime(accelerator: Accelerator, { collective, gpus, bytes }: WrittenCollective): number {
  const placement = place(clusterOf(accelerator, gpus), { size: gpus, stride: 1 });
  switch (collective) {
    case 'all_reduce':
      return allReduceTime(placement, gpus, bytes);
    case 'all_gather':
      return allGatherTime(placement, gpus, bytes);
    case 'reduce_scatter':
      return reduceScatterTime(placement, gpus, bytes);
    case 'alltoall':
      return allToAllTime(placement, gpus, bytes);
    // NCCL runs a reduction down the chain that a broadcast runs up.
    case 'broadcast':
    case 'reduce':
      return broadcastTime(placement, gpus, bytes);
    case 'send_recv':
      return sendTime(placement, bytes);
  }
}

function exchangeAnswer(accelerator: Accelerator, row: WrittenCollective): AnalyticAnswer | undefined {
  const memory = row.bytes / accelerator.memory.bandwidth.value;
  if (row.gpus === 1) return { seconds: 0, model: 'none: one GPU has nothing to exchange', parts: { work: 0, memory: 0 } };
  const learned = row.collective !== 'broadcast' && row.collective !== 'reduce' && row.collective !== 'send_recv';
  if (learned && row.gpus <= mostGpus) return undefined;
  const across = clusterOf(accelerator, row.gpus);
  const where = row.gpus <= mostGpus ? 'inside a node' : `over ${across.nodes} nodes with ${across.scaleOut.label}`;
  return {
    seconds: exchangeTime(accelerator, row),
    model: `analytic, ${row.collective} of ${row.gpus} GPUs ${where}, not learned`,
    parts: { work: 0, memory },
  };
}

/** Formats of the core by those of a row, where they are the same. */
const coreFormats: Readonly<Partial<Record<WrittenFormat, NumberFormat>>> = {
  bfloat16: 'bf16',
  fp8: 'fp8',
  fp8_block: 'fp8',
  nvfp4: 'fp4',
  mxfp4: 'fp4',
  mxfp8: 'fp8',
  sq: 'int8',
  float32: 'fp32',
  tf32: 'tf32',
};

function productAnswer(accelerator: Accelerator, row: Row): AnalyticAnswer | undefined {
  const { format, batch, m, n, k } = readGemm(row);
  const known = coreFormats[format];
  const device = known && describeDevice(accelerator, known, computeCalibration(accelerator.architecture));
  if (!device) return undefined;
  const bytes = batch * device.elementBytes * (m * k + n * k) + 2 * batch * m * n;
  return {
    seconds: batchedGemmTime(device, batch, m, n, k, false),
    model: `analytic, ${device.calibration.basis}, not learned`,
    parts: { work: (2 * batch * m * n * k) / device.peak, memory: bytes / device.bandwidth },
  };
}

/** `isGpu`: whether the learned models can speak about the device. Undefined where they are to answer, or nobody can. */
export function analyticAnswer(family: FamilyName, row: Row, accelerator: Accelerator, isGpu: boolean): AnalyticAnswer | undefined {
  if (family === 'nccl') return exchangeAnswer(accelerator, readWrittenNccl(row));
  if (family === 'custom_allreduce') return exchangeAnswer(accelerator, readWrittenAllReduce(row));
  return family === 'gemm' && !isGpu ? productAnswer(accelerator, row) : undefined;
}
