/** `--cluster`, `--gpus`, `--gpus-per-node`, `--price`: the hardware from the command line, over what the file says; and `--mfu`. */
import { type Command, Option } from 'commander';
import { flopsConventions } from '../core/compute/flops-conventions.ts';
import type { FlopsConvention } from '../core/job-fields.ts';
import { accelerators, findAccelerator, findInstance, findNetwork, findNode } from '../data/index.ts';
import type { EngineSettings } from '../engine/analysis.ts';
import { UsageError } from './io.ts';
import { positive, whole } from './numbers.ts';

export interface ClusterOptions {
  readonly cluster?: string;
  readonly gpus?: number;
  readonly gpusPerNode?: number;
  readonly network?: string;
  readonly price?: number;
  readonly mfu?: FlopsConvention;
}

/** Adds the options to a command. */
export function withClusterOptions(command: Command): Command {
  return command
    .option(
      '--cluster <NAME>',
      'GPU or machine, by any usual name: h100, "A100 80GB PCIe", p4d.24xlarge; add a count of GPUs as in 8xh100 or h100x8',
    )
    .option('--gpus <N>', 'GPUs in all', whole('--gpus'))
    .option('--gpus-per-node <N>', 'GPUs per node', whole('--gpus-per-node'))
    .option('--network <NAME>', 'network between nodes, such as infiniband-ndr-400')
    .option('--price <USD>', 'price of one GPU for one hour', positive('--price'))
    .addOption(
      new Option('--mfu <CONVENTION>', "whose FLOPs MFU counts; the framework's own when absent").choices(Object.keys(flopsConventions)),
    );
}

/** A count stands in front of a name (8xh100) or behind one that is none with it (h100x8). */
function countedName(cluster: string | undefined): { readonly name: string | undefined; readonly count?: number } {
  const [, before, counted] = /^(\d+)\s*[x×]\s*(.+)$/i.exec(cluster ?? '') ?? [];
  if (before !== undefined && counted !== undefined) return { name: counted, count: Number(before) };
  const [, named, behind] = /^(.+?)\s*[x×]\s*(\d+)$/i.exec(cluster ?? '') ?? [];
  const isWhole = cluster === undefined || findNode(cluster) || findInstance(cluster) || findAccelerator(cluster);
  return !isWhole && named !== undefined && findAccelerator(named) ? { name: named, count: Number(behind) } : { name: cluster };
}

/** The options as engine settings. Throws `UsageError` for a name without a data sheet. */
export function settingsFrom({ cluster, gpus, gpusPerNode, network, price, mfu }: ClusterOptions): EngineSettings {
  const { name, count } = countedName(cluster);
  const machine = name === undefined ? undefined : findNode(name);
  const rented = name === undefined || machine ? undefined : findInstance(name);
  const accelerator = name === undefined ? undefined : findAccelerator(machine?.accelerator ?? rented?.accelerator ?? name);
  if (name !== undefined && !accelerator) {
    const known = accelerators.map(({ id }) => id).join(', ');
    throw new UsageError(`there is no data sheet for the GPU "${name}"; known are ${known}.`);
  }
  if (network !== undefined && !findNetwork(network)) throw new UsageError(`there is no data sheet for the network "${network}".`);
  const total = gpus ?? count;
  const perNode = gpusPerNode ?? (total === undefined ? undefined : Math.min(machine?.gpusPerNode.value ?? rented?.gpus ?? 8, total));
  if (total !== undefined && perNode !== undefined && total % perNode !== 0) {
    throw new UsageError(`${total} GPUs are not a whole number of nodes of ${perNode}; give --gpus-per-node to match.`);
  }
  return {
    ...(accelerator ? { gpu: machine?.id ?? accelerator.id } : {}),
    ...(perNode === undefined ? {} : { gpusPerNode: perNode }),
    ...(total === undefined || perNode === undefined ? {} : { nodes: total / perNode }),
    ...(network === undefined ? {} : { network }),
    ...(price === undefined ? {} : { pricePerGpuHour: price }),
    ...(mfu === undefined ? {} : { mfuConvention: mfu }),
  };
}
