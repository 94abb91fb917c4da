/**
 * Megatron-LM releases where a default that matters changed, read in megatron/training/arguments.py (before core_v0.6
 * megatron/arguments.py) at each tag. A script does not say its release, so the newest one that still has all the
 * script's flags is taken, and every default is shown with that release.
 */
export interface MegatronRelease {
  readonly name: string;
  /** Canonical flags that exist in this release and in no later one of this table. */
  readonly lastWith: readonly string[];
  /** Transformer Engine's fused attention is used without any flag. */
  readonly transformerEngineByDefault: boolean;
  /** `--data-parallel-sharding-strategy` when the flag is absent. */
  readonly shardingStrategy: 'no_shard' | 'optim_grads_params';
  /** `--recompute-num-layers` (earlier `--checkpoint-num-layers`) when the flag is absent. */
  readonly recomputeLayers: number | undefined;
  /** `--num-query-groups` when only `--group-query-attention` is given; undefined means the number of heads. */
  readonly queryGroups: number | undefined;
  /** `--moe-router-topk` (in the fork `--topk`) when the flag is absent. */
  readonly routerTopk: number;
  /** Every how many layers the DeepSpeed fork has experts when `--expert-interval` is absent; other releases have no such flag. */
  readonly expertInterval: number | undefined;
}

/** Oldest first; the DeepSpeed fork, which stayed with the old defaults, before all. */
const olderReleases: readonly MegatronRelease[] = [
  {
    name: 'Megatron-DeepSpeed 4efb479d',
    lastWith: ['deepspeed', 'deepspeed-config', 'zero-stage', 'pp-partition-method', 'moe-expert-parallel-size', 'num-key-value-heads'],
    transformerEngineByDefault: false,
    shardingStrategy: 'no_shard',
    recomputeLayers: 1,
    queryGroups: 1,
    routerTopk: 1,
    expertInterval: 2,
  },
  {
    name: 'Megatron-LM v2.5',
    lastWith: ['checkpoint-activations', 'checkpoint-num-layers', 'distribute-checkpointed-activations'],
    transformerEngineByDefault: false,
    shardingStrategy: 'no_shard',
    recomputeLayers: 1,
    queryGroups: 1,
    routerTopk: 2,
    expertInterval: undefined,
  },
  {
    name: 'Megatron-LM v2.6',
    lastWith: ['activations-checkpoint-method', 'activations-checkpoint-num-layers', 'DDP-impl'],
    transformerEngineByDefault: false,
    shardingStrategy: 'no_shard',
    recomputeLayers: 1,
    queryGroups: 1,
    routerTopk: 2,
    expertInterval: undefined,
  },
  {
    name: 'Megatron-LM core_v0.5.0',
    lastWith: ['retro-workdir'],
    transformerEngineByDefault: false,
    shardingStrategy: 'no_shard',
    recomputeLayers: undefined,
    queryGroups: 1,
    routerTopk: 2,
    expertInterval: undefined,
  },
  {
    name: 'Megatron-LM core_v0.13.0',
    lastWith: ['use-custom-fsdp'],
    transformerEngineByDefault: true,
    shardingStrategy: 'no_shard',
    recomputeLayers: undefined,
    queryGroups: 1,
    routerTopk: 2,
    expertInterval: undefined,
  },
  {
    name: 'Megatron-LM core_v0.17.0',
    lastWith: ['use-legacy-models'],
    transformerEngineByDefault: true,
    shardingStrategy: 'no_shard',
    recomputeLayers: undefined,
    queryGroups: undefined,
    routerTopk: 2,
    expertInterval: undefined,
  },
];

/** What a script is read as when nothing in it points to an older release. */
const newestRelease: MegatronRelease = {
  name: 'Megatron-LM core_v0.19.0',
  lastWith: [],
  transformerEngineByDefault: true,
  shardingStrategy: 'optim_grads_params',
  recomputeLayers: undefined,
  queryGroups: undefined,
  routerTopk: 2,
  expertInterval: undefined,
};

/** The release a set of flags belongs to: the oldest one that alone still has one of them, else the newest. */
export function releaseFor(flags: ReadonlySet<string>): MegatronRelease {
  return olderReleases.find((release) => release.lastWith.some((flag) => flags.has(flag))) ?? newestRelease;
}
