/** What a run measured on the hardware of a job, put on its cluster; every estimate that rests on it says so among its assumptions. */
import { type CalibrationFile, calibrationPath, entryFor } from '../core/calibration/calibration-file.ts';
import type { MeasuredFactor, MeasuredSpeeds } from '../core/calibration/measured-speeds.ts';
import type { Assumption } from '../core/estimate.ts';
import type { ResolvedCluster } from './cluster.ts';
import { formatValue } from './format.ts';

/** The cluster with the workspace's calibration for its GPU under the software `runsAs`, if there is one that holds. */
export function calibrated(resolved: ResolvedCluster, file: CalibrationFile | undefined, runsAs: string): ResolvedCluster {
  const { cluster, assumptions } = resolved;
  if (!file || !cluster) return resolved;
  const problems = file.problems.map((problem) => unused(`${calibrationPath}: ${problem}`));
  const { entry, stale } = entryFor(file, cluster.accelerator, runsAs);
  const said = [...problems, ...(stale === undefined ? [] : [unused(stale)])];
  if (!entry) return said.length === 0 ? resolved : { ...resolved, assumptions: [...assumptions, ...said] };
  return { ...resolved, cluster: { ...cluster, measured: entry }, assumptions: [used(entry), ...assumptions, ...said] };
}

const unused = (why: string): Assumption => ({ value: 'no calibration', why });

function used(entry: MeasuredSpeeds): Assumption {
  return {
    value: `calibrated by ${entry.name}`,
    why: `${calibrationPath}: ${factorsOf(entry).join(', ')}; measured with ${entry.software} on this GPU, configuration ${entry.configuration}`,
  };
}

/** What was measured, in words. */
export function factorsOf({ gemm, attention, memoryBound, hostOperator, collectives }: MeasuredSpeeds): readonly string[] {
  const factor = (label: string, found: MeasuredFactor | undefined): readonly string[] =>
    found
      ? [`${label} take ${times(found.slowdown)} the modelled time (${found.samples} samples, spread ${Math.round(found.spread * 100)} %)`]
      : [];
  return [
    ...factor('matrix products', gemm),
    ...factor('attention kernels', attention),
    ...factor('memory-bound kernels', memoryBound),
    ...(hostOperator ? [`one operator takes the host ${formatValue(hostOperator.seconds, 's')} (${hostOperator.samples} launches)`] : []),
    ...collectives.map(
      ({ kind, level, rate, bandwidth, samples, spread }) =>
        `${kind} ${level === 'intra-node' ? 'inside a node' : 'between nodes'} takes ${times(rate)} the modelled time, ${formatValue(bandwidth, 'B/s')} on the bus (${samples} samples, spread ${Math.round(spread * 100)} %)`,
    ),
  ];
}

const times = (factor: number): string => `${factor.toFixed(2)} times`;
