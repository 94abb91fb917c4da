/**
 * Values of Helm charts that start one server: charts with the model and its sizes under keys of their own (Google's GPU recipes:
 * inference/, src/helm-charts at 2e1fd5ef), and charts that hand image, command and arguments to a container as they are.
 */
import type { ConfigDocument } from '../../syntax/document.ts';
import { type Adapter, noContext, type ReadContext, type Reading } from '../adapter.ts';
import { startedDocument } from '../carriers/commands.ts';
import { childrenOf, nodeAt, rangeOf, type TreeNode, textOf, treesOf } from '../carriers/tree.ts';
import type { Deployment } from '../deployments/deployed.ts';
import { readDeployed } from '../deployments/deployed.ts';
import { acceleratorCount, countIn } from '../kubernetes/accelerators.ts';
import { containerEnvironment } from '../kubernetes/environment.ts';
import { countOf } from '../kubernetes/roles.ts';
import { helmKeys, isHelmKey } from './keys.ts';
import { isRecipe, readRecipe } from './recipes.ts';

/** Programs and images that serve models. */
const serves = /\b(?:vllm|sglang|text-generation-(?:inference|launcher)|trtllm-serve|lmdeploy|llama-server|llama\.cpp)\b/;

/** Names under which charts keep the arguments of the container. */
const argumentKeys = ['args', 'extraArgs', 'extraArguments', 'serverArgs', 'commandArgs'] as const;

interface Server {
  readonly block: TreeNode;
  readonly program: TreeNode | undefined;
  readonly arguments: TreeNode | undefined;
  readonly image: TreeNode | undefined;
}

/** A block that says which image is run and with what; the values themselves, or a block among them. */
function serverIn(block: TreeNode): Server | undefined {
  const image = nodeAt(block, 'image');
  const repository = nodeAt(image, 'repository') ?? (textOf(image) === undefined ? undefined : image);
  const program = nodeAt(image, 'command') ?? nodeAt(block, 'command');
  const args = argumentKeys
    .map((key) => nodeAt(block, key) ?? nodeAt(image, key))
    .find((one) => one !== undefined && childrenOf(one).length > 0);
  if (!repository || !(program ?? args)) return undefined;
  const words = [textOf(repository), ...childrenOf(program).map(textOf), textOf(program), ...childrenOf(args).slice(0, 3).map(textOf)];
  return serves.test(words.join(' ')) ? { block, program, arguments: args, image: withTag(repository, nodeAt(image, 'tag')) } : undefined;
}

function withTag(repository: TreeNode, tag: TreeNode | undefined): TreeNode {
  const [name, version] = [textOf(repository), textOf(tag)];
  if (!tag?.entry || name === undefined || version === undefined || name.includes(':')) return repository;
  return { ...tag, entry: { ...tag.entry, scalar: `${name}:${version}` } };
}

function serversOf(document: ConfigDocument): readonly Server[] {
  return treesOf(document).flatMap((tree) => {
    if (nodeAt(tree, 'apiVersion') !== undefined || nodeAt(tree, 'services') !== undefined) return [];
    const blocks = [tree, ...childrenOf(tree), ...childrenOf(tree).flatMap(childrenOf)];
    return blocks.flatMap((block) => serverIn(block) ?? []);
  });
}

function detect(document: ConfigDocument): number {
  if (document.format !== 'yaml') return 0;
  if (treesOf(document).some(isRecipe)) return 0.95;
  return serves.test(document.text) && serversOf(document).length > 0 ? 0.88 : 0;
}

function read(document: ConfigDocument, { readInner }: ReadContext = noContext): readonly Reading[] {
  const deployment: Deployment = { document, framework: 'helm-values', release: 'Helm 3', isKnown: isHelmKey, readInner };
  const recipes = treesOf(document).filter(isRecipe);
  if (recipes.length > 0) return recipes.flatMap((values) => readRecipe(deployment, values));
  return serversOf(document).flatMap((server) => readServer(deployment, server));
}

function readServer(deployment: Deployment, { block, program, arguments: args, image }: Server): readonly Reading[] {
  const { document } = deployment;
  const environment = containerEnvironment(block, new Map(), []);
  const inner = startedDocument(document, { program, arguments: args, image, environment, references: environment });
  return readDeployed(deployment, {
    launch: image?.entry?.key ?? rangeOf(block),
    inner: inner ? [inner] : [],
    replicas: countOf(nodeAt(block, 'replicaCount') ?? nodeAt(block, 'replicas')),
    nodes: { value: 1, how: 'a replica is one pod' },
    accelerators: acceleratorCount(block) ?? countIn(block),
    pod: block,
  });
}

export const adapter: Adapter = { id: 'helm-values', label: 'Helm values', detect, read, keys: helmKeys };
