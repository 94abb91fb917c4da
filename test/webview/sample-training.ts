/** Training jobs as the server would send them, estimated by the model itself: GPT-3 175B on A100s, and a model with experts on H100s. */
import { estimateJob } from '../../server/src/core/estimate-job.ts';
import type { PartialJob } from '../../server/src/core/job-fields.ts';
import type { PanelJob } from '../../server/src/protocol/panel.ts';
import { cluster, gpt3OnThousand } from '../model/shapes.ts';

interface Sample {
  readonly title: string;
  readonly gpu: string;
  readonly nodes: number;
  readonly fields: PartialJob;
}

function panelJob({ title, gpu, nodes, fields }: Sample): PanelJob {
  const machine = cluster(gpu, nodes);
  const result = estimateJob(fields, 'megatron-lm', machine);
  if (!('estimate' in result) || result.estimate.kind !== 'training') throw new Error(JSON.stringify(result));
  const { estimate } = result;
  return {
    uri: `file:///workspace/${title}`,
    version: 1,
    title: `${title}, launch 1`,
    gpu: machine.accelerator.label,
    summary: [{ label: 'GPUs', text: String(estimate.gpus) }],
    assumptions: [],
    usableBytes: estimate.memory.usable.value,
    request: estimate.schedule,
    job: fields,
    runsAs: 'megatron-lm',
    cluster: machine,
  };
}

/** GPT-3 175B on 1,024 A100: TP 8, PP 8, DP 16. */
export const dense = (more: PartialJob = {}): PanelJob =>
  panelJob({ title: 'pretrain_gpt_175b.sh', gpu: 'a100-sxm-80gb', nodes: 128, fields: { ...gpt3OnThousand, ...more } });

/** A model in the manner of Mixtral 8x22B on 128 H100: TP 2, CP 2, PP 4 with two chunks, EP 8, fp8. */
export const withExperts = (more: PartialJob = {}): PanelJob =>
  panelJob({
    title: 'pretrain_moe_8x22b.sh',
    gpu: 'h100-sxm-80gb',
    nodes: 16,
    fields: {
      'model.layers': 56,
      'model.hidden': 6144,
      'model.heads': 48,
      'model.headDim': 128,
      'model.kvHeads': 8,
      'model.ffn': 16384,
      'model.vocab': 32768,
      'model.gatedMlp': true,
      'model.tiedEmbeddings': false,
      'model.normalization': 'rmsnorm',
      'model.positionEmbedding': 'rope',
      'model.experts': 8,
      'model.expertsPerToken': 2,
      'model.expertFfn': 16384,
      'parallel.tensor': 2,
      'parallel.sequence': true,
      'parallel.context': 2,
      'parallel.pipeline': 4,
      'parallel.virtualStages': 2,
      'parallel.expert': 8,
      'parallel.data': 8,
      'cluster.gpus': 128,
      'batch.micro': 1,
      'batch.global': 128,
      'batch.accumulation': 16,
      'sequence.length': 8192,
      'precision.compute': 'bf16',
      'precision.fp8': true,
      'recompute.granularity': 'selective',
      'attention.kernel': 'flash',
      'dropout.enabled': false,
      'zero.stage': 1,
      ...more,
    },
  });
