/** What Megatron-LM refuses beside --overlap-moe-expert-parallel-comm. */
import { defineRule } from '../finding.ts';
import { reportClashes } from './shared/clashes.ts';
import { isOn, textIn } from './shared/keys.ts';
import { megatronCore, option } from './shared/megatron.ts';
import { isLeftOut } from './shared/origins.ts';

const dispatcher = 'megatron-lm/moe-token-dispatcher-type';
const sharedOverlap = 'megatron-lm/moe-shared-expert-overlap';

export const expertOverlapWithUnsupportedOption = defineRule({
  id: 'expert-overlap-with-unsupported-option',
  group: 'communication',
  severity: 'error',
  frameworks: megatronCore,
  reads: ['parallel.expertOverlap', 'parallel.expert', 'parallel.pipeline'],
  mayRead: [
    'recompute.granularity',
    'parallel.virtualStages',
    'parallel.layersPerVirtualStage',
    'parallel.pipelineLayout',
    'model.mixerPattern',
    'model.mtpLayers',
    'precision.compute',
  ],
  check({ job, framework, keys, sources, report }) {
    if (!job['parallel.expertOverlap']) return;
    const interleaving = [
      'parallel.virtualStages',
      'parallel.layersPerVirtualStage',
      'parallel.pipelineLayout',
      'model.mixerPattern',
    ] as const;
    // `None` takes virtual stages back, which reads as one chunk that nobody wrote.
    const isInterleaved = interleaving.some((field) => !isLeftOut(sources, field) && sources[field]?.kind !== 'derived');
    const why = 'the overlap runs the all-to-all of one micro batch beside the computation of another, and the start-up check fails';
    reportClashes(
      report,
      ['parallel.expertOverlap'],
      [
        {
          when: job['parallel.expert'] === 1,
          at: 'parallel.expertOverlap',
          what: 'Expert all-to-all overlap is on without expert parallelism',
          why: '"overlap_moe_expert_parallel_comm is only supported with expert model parallelism"',
          advice: 'set EP above 1, or take the overlap out',
          fixes: [{ title: 'Take the overlap out', changes: [{ kind: 'remove', field: 'parallel.expertOverlap' }] }],
        },
        {
          when: job['parallel.pipeline'] > 1 && !isInterleaved,
          at: 'parallel.expertOverlap',
          what: `Expert all-to-all overlap with PP ${job['parallel.pipeline']} needs virtual stages`,
          why: '"virtual_pipeline_model_parallel_size must be specified when pipeline_model_parallel_size > 1"',
          advice:
            framework === 'megatron-lm'
              ? 'add --num-virtual-stages-per-pipeline-rank or --num-layers-per-virtual-pipeline-stage'
              : 'set virtual_pipeline_model_parallel_size',
        },
        {
          when: job['recompute.granularity'] === 'full',
          at: 'recompute.granularity',
          what: 'Expert all-to-all overlap does not work with full recomputation',
          why: '"disable full recomputation when enabling overlap_moe_expert_parallel_comm"',
          advice: 'recompute selectively, or take the overlap out',
        },
        {
          when: textIn(keys, dispatcher) === 'allgather',
          at: dispatcher,
          what: 'Expert all-to-all overlap does not work with the allgather dispatcher',
          why: '"overlap_moe_expert_parallel_comm is supported with alltoall/flex token dispatcher"',
          advice: 'set --moe-token-dispatcher-type to alltoall or flex',
          fixes: [
            { title: 'Use the alltoall dispatcher', changes: [{ kind: 'set', field: dispatcher, value: 'alltoall' }], preferred: true },
          ],
        },
        {
          when: isOn(keys, sharedOverlap),
          at: sharedOverlap,
          what: 'Expert all-to-all overlap and shared-expert overlap exclude each other',
          why: '"disable moe_shared_expert_overlap when enabling overlap_moe_expert_parallel_comm"',
          advice: 'keep one of the two',
          fixes: [{ title: 'Take the shared-expert overlap out', changes: [{ kind: 'remove', field: sharedOverlap }] }],
        },
        {
          when: (job['model.mtpLayers'] ?? 0) > 1,
          at: 'model.mtpLayers',
          what: `Expert all-to-all overlap works with one MTP layer at most, not ${job['model.mtpLayers'] ?? ''}`,
          why: '"MTP supports at most one layer when enabling overlap_moe_expert_parallel_comm."',
          advice: `set ${option(framework, 'mtp-num-layers')} to 1, or take the overlap out`,
        },
        {
          when: job['precision.compute'] === 'fp32',
          at: 'parallel.expertOverlap',
          what: 'Expert all-to-all overlap needs bf16 or fp16',
          why,
          advice: framework === 'megatron-lm' ? 'add --bf16' : 'train in bf16 or fp16',
        },
      ],
    );
  },
});
