/** The keys of NeMo Automodel's YAML, for completion and hovers; arguments of a class the file names count as known. */
import { keyTable } from '../key-table.ts';

export const automodelKeys = keyTable(
  'nemo-automodel',
  'nemo_automodel/components/distributed/{config,mesh}.py, _peft/lora.py and training/step_scheduler.py at 36044ad3',
  `
  model.config | text | - | The model's configuration, by Hub name
  model.config.pretrained_model_name_or_path | text | - | The model's configuration, by Hub name
  slurm.nproc_per_node | integer | 8 | Processes on each node
  recipe | text | - | Class of the recipe
  model._target_ | text | - | How the model is made: from_pretrained or from_config of an Automodel class
  model.pretrained_model_name_or_path | path | - | The model, a name on the Hub or a folder
  model.torch_dtype | text | auto | Format the weights are kept in; auto takes that of the checkpoint
  model.attn_implementation | text | - | Attention kernel
  model.backend.attn | te,sdpa,flex | - | Attention kernel of Automodel's own models
  model.backend.dispatcher | deepep,hybridep,torch | - | How tokens reach their experts
  model.backend.experts | text | - | Kernel of the experts
  step_scheduler.global_batch_size | integer | - | Samples of one optimizer step over all GPUs
  step_scheduler.local_batch_size | integer | - | Samples of one forward pass on a GPU
  step_scheduler.max_steps | integer | - | Optimizer steps
  step_scheduler.num_epochs | integer | - | Passes over the data
  step_scheduler.ckpt_every_steps | integer | - | Optimizer steps between checkpoints
  step_scheduler.val_every_steps | integer | - | Optimizer steps between validations
  distributed.strategy | fsdp2,megatron_fsdp,ddp | fsdp2 | Who divides weights, gradients and states
  distributed.dp_size | integer | none | Data parallel ranks; none takes what the other sizes leave
  distributed.dp_replicate_size | integer | none | Copies of the divided model
  distributed.tp_size | integer | 1 | Tensor parallel size
  distributed.pp_size | integer | 1 | Pipeline stages
  distributed.cp_size | integer | 1 | GPUs that share one sequence
  distributed.ep_size | integer | 1 | GPUs that share the experts of a layer
  distributed.sequence_parallel | boolean | false | Norms are divided over TP as well
  distributed.activation_checkpointing | boolean | false | Computes layers again in the backward pass; full and selective too
  distributed.pipeline.pp_schedule | text | 1f1b | Order of micro batches in the pipeline
  distributed.pipeline.pp_schedule_csv | path | - | A schedule written out as a table; has the last word over pp_schedule
  distributed.pipeline.pp_microbatch_size | integer | 1 | Samples of one micro batch in the pipeline
  distributed.pipeline.layers_per_stage | integer | - | Layers of one stage
  dist_env.backend | text | nccl | Back end of torch.distributed
  peft.dim | integer | 8 | Rank of LoRA adapters
  peft.alpha | integer | 32 | Scale of the adapters' output
  peft.dropout | number | 0 | Dropout of the adapters
  peft.match_all_linear | boolean | false | Adapters on every linear layer
  peft.target_modules | list | - | Layers that carry an adapter
  peft.use_dora | boolean | false | DoRA in place of LoRA
  quantization.load_in_4bit | boolean | false | Frozen weights in four bits
  packed_sequence.packed_sequence_size | integer | 0 | Tokens of a pack of samples; 0 packs nothing
  dataset._target_ | text | - | Class of the training data
  dataset.seq_length | integer | - | Longest sample
  dataset.seq_len | integer | - | Length of made-up samples
  loss_fn._target_ | text | - | Class of the loss; FusedLinearCrossEntropy never writes the logits
  optimizer._target_ | text | - | Class of the optimizer
  optimizer.lr | number | - | Learning rate
  compile.enabled | boolean | false | Compiles the model
  checkpoint.enabled | boolean | true | Writes checkpoints
  benchmark.num_nodes | integer | - | Nodes of a benchmark
  slurm.nodes | integer | - | Nodes of the job that automodel submits
  slurm.ntasks_per_node | integer | - | Processes on each of these nodes
  `,
  {
    'step_scheduler.global_batch_size': 'batch.global',
    'step_scheduler.local_batch_size': 'batch.micro',
    'distributed.tp_size': 'parallel.tensor',
    'distributed.pp_size': 'parallel.pipeline',
    'distributed.cp_size': 'parallel.context',
    'distributed.ep_size': 'parallel.expert',
    'peft.dim': 'adapter.rank',
  },
);

/** Blocks; what stands in them are arguments of classes. */
const blocks =
  /^(?:recipe|model|step_scheduler|distributed|dist_env|rng|seed|peft|quantization|packed_sequence|dataset|validation_dataset|dataloader|validation_dataloader|loss_fn|optimizer|lr_scheduler|compile|checkpoint|benchmark|slurm|ci|wandb|mlflow|clip_grad_norm|fp8|nvtx|autopipeline|tokenizer|freeze_config|processor|teacher_model|kd_ratio|qat|launcher|logging|config)(?:\.|$)/;

export const isAutomodelKey = (name: string): boolean => blocks.test(name);
