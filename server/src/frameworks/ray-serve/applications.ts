/**
 * Applications of a Ray Serve configuration: those of Ray Serve LLM list their models, or hold one each for prefill and decode; the
 * widespread example of vLLM takes its sizes from the environment.
 */
import type { ServingRole } from '../../core/job-fields.ts';
import type { ConfigDocument } from '../../syntax/document.ts';
import type { ReadInner, Reading } from '../adapter.ts';
import { childrenOf, nodeAt, rangeOf, settingOf, type TreeNode, treesOf } from '../carriers/tree.ts';
import { joinRoles } from '../deployments/roles.ts';
import type { Setting } from '../setting.ts';
import { type RayModel, type RayNode, readModel, settingsOf } from './models.ts';

const sides: readonly (readonly [string, ServingRole])[] = [
  ['prefill_config', 'prefill'],
  ['decode_config', 'decode'],
];

/** The names under which examples hand sizes to their own code. */
const variables: { readonly [name: string]: string } = {
  MODEL_ID: 'model_loading_config.model_id',
  TENSOR_PARALLELISM: 'engine_kwargs.tensor_parallel_size',
  PIPELINE_PARALLELISM: 'engine_kwargs.pipeline_parallel_size',
  MAX_MODEL_LEN: 'engine_kwargs.max_model_len',
  MAX_NUM_SEQ: 'engine_kwargs.max_num_seqs',
  MAX_NUM_SEQS: 'engine_kwargs.max_num_seqs',
  MAX_NUM_BATCHED_TOKENS: 'engine_kwargs.max_num_batched_tokens',
  GPU_MEMORY_UTILIZATION: 'engine_kwargs.gpu_memory_utilization',
};

const modelOf = (node: TreeNode, role?: ServingRole): RayModel => ({
  launch: node.entry?.key ?? rangeOf(node),
  settings: settingsOf(node),
  role,
});

/** The models of a file, each of its applications after the other. */
export function modelsOf(document: ConfigDocument): readonly (readonly RayModel[])[] {
  return treesOf(document).flatMap((tree) => {
    const applications = childrenOf(nodeAt(tree, 'applications')).map(ofApplication);
    const loose = nodeAt(tree, 'model_loading_config') ? [[modelOf(tree)]] : [];
    return [...applications, ofArguments(tree), ...loose].filter((models) => models.length > 0);
  });
}

function ofApplication(application: TreeNode): readonly RayModel[] {
  const found = ofArguments(nodeAt(application, 'args'));
  return found.length > 0 ? found : ofEnvironment(application);
}

function ofArguments(block: TreeNode | undefined): readonly RayModel[] {
  const listed = childrenOf(nodeAt(block, 'llm_configs')).filter((one) => childrenOf(one).length > 0);
  const split = sides.flatMap(([key, role]) => {
    const node = nodeAt(block, key);
    return node && childrenOf(node).length > 0 ? [modelOf(node, role)] : [];
  });
  return [...listed.map((node) => modelOf(node)), ...split];
}

function ofEnvironment(application: TreeNode): readonly RayModel[] {
  const block = nodeAt(application, 'runtime_env', 'env_vars');
  const names = childrenOf(block).map(({ name }) => String(name));
  if (!names.includes('MODEL_ID') || names.filter((name) => Object.hasOwn(variables, name)).length < 2) return [];
  const settings = childrenOf(block).flatMap((node): readonly Setting[] => {
    const name = Object.hasOwn(variables, String(node.name)) ? variables[String(node.name)] : undefined;
    return name === undefined ? [] : [settingOf(node, name) ?? []].flat();
  });
  const deployment = childrenOf(nodeAt(application, 'deployments'))[0];
  const number = nodeAt(deployment, 'num_replicas') ?? nodeAt(deployment, 'autoscaling_config', 'min_replicas');
  const copies = settingOf(number, 'deployment_config.num_replicas');
  return [
    {
      launch: rangeOf(nodeAt(application, 'import_path') ?? application),
      settings: copies ? [...settings, copies] : settings,
      isOwnCode: true,
    },
  ];
}

/** The jobs of a configuration. */
export function readApplications(document: ConfigDocument, readInner: ReadInner, node?: RayNode): readonly Reading[] {
  return modelsOf(document).flatMap((models) =>
    joinRoles(
      document,
      models.flatMap((model) => readModel(document, model, readInner, node)),
    ),
  );
}
